"""A bank's request under a real scheduler, on PostgreSQL: asked at the endpoint, gone on with by Airflow, whole in the end."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.process import ROOT
from tests.production.conftest import command, environment

LONGEST = 600.0
pytestmark = [pytest.mark.airflow, pytest.mark.peer("production"), pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("finance")
    try:
        up = command("up", place, "--district", "finance")
        assert up.returncode == 0, up.stderr
        yield place.resolve()
    finally:
        assert command("down", place).returncode == 0


def shown(folder: Path) -> dict[str, Any]:
    words = [sys.executable, "-m", "zhida", "finance", "show", "SQ-0001", "--json"]
    done = subprocess.run(
        words, cwd=ROOT, env=environment(folder), check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_what_was_asked_at_the_endpoint_is_whole_once_airflow_and_people_have_done_theirs(
    folder: Path,
) -> None:
    asked = command("borrow", folder, "1")
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert asked.stdout.split()[0] == "SQ-0001"
    end = time.monotonic() + LONGEST
    while lacking := [row for row in shown(folder)["checks"] if row["state"] == "unknown"]:
        assert time.monotonic() < end, lacking
        command("people", folder, "--district", "finance")
        time.sleep(3)
    found = shown(folder)
    assert {each["state"] for each in found["checks"]} <= {"pass", "not-due"}
    assert {each["state"] for each in found["items"]} <= {"applied", "skipped"}
