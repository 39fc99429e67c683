"""``make up`` in a folder of each module's own; what a shell, an operator and the books then tell."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.process import ROOT
from sandbox.running import Running


def command(action: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    told = [sys.executable, "-m", "sandbox.production", action, *words, "--dir", str(folder)]
    return subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=False)


def environment(folder: Path) -> dict[str, str]:
    """What a shell has that has read ``env.sh``."""
    lines = shlex.split((folder / "env.sh").read_text("utf-8").replace("export ", ""))
    return os.environ | dict(line.split("=", 1) for line in lines)


def cases(folder: Path) -> list[dict[str, Any]]:
    words = [sys.executable, "-m", "zhida", "case", "list", "--json"]
    done = subprocess.run(
        words, cwd=ROOT, env=environment(folder), check=True, capture_output=True, text=True
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def wait_until_done(folder: Path, count: int) -> list[dict[str, Any]]:
    end = time.monotonic() + 240
    while time.monotonic() < end:
        found = cases(folder)
        if len(found) == count and all(case["state"] == "done" for case in found):
            return found
        time.sleep(1)
    raise AssertionError(found)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("production")
    running = Running(place)
    try:
        up = command("up", place)
        assert up.returncode == 0, up.stderr
        yield place
        processes = [each.process for each in running.read()]
    finally:
        down = command("down", place)
    assert down.returncode == 0
    assert not any(process.is_alive() for process in processes)
    assert command("status", place).returncode == 1
