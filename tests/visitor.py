"""What a visitor of ``make demo`` and ``make grants`` does: run it, and read what it leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
Done = subprocess.CompletedProcess[str]


def run(folder: Path, *module: str, timeout: float) -> Done:
    """A module of the sandbox with its words, in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", *module],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


def summary(folder: Path) -> dict[str, Any]:
    """What it says of itself at the end."""
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text("utf-8"))
    return found


def check_ending(done: Done, *words: str) -> None:
    """It ended well, and said so in these words."""
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(each in done.stdout for each in words), done.stdout
    assert "Traceback" not in done.stdout + done.stderr
