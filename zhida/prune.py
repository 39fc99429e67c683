"""Airflow's rows and logs that nobody needs any more: they say how tasks ran, never what came of a case.

What happened to a case is in our store and on our ledger, which is never pruned here. A task of
Airflow 3 may not touch Airflow's database, so this is a command for a timer and no dag.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from exchange.errors import Fatal
from zhida.airflow_settings import Settings

TABLES = (
    *("dag_run", "task_instance", "task_instance_history", "task_reschedule", "xcom"),
    *("log", "job", "trigger", "deadline", "callback", "asset_event", "import_error"),
)
"""Of Airflow's that grow with every sweep. It keeps the last run of each dag whatever its age."""
LEAST = 7
"""Days: who looks into a sick leg on Monday wants last week."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went, or (``dry``) would go: log files and their bytes. Airflow counts its rows itself."""

    before: datetime
    files: int
    size: int
    said: str
    """The end of what ``airflow db clean`` said."""


def run(found: Settings, now: datetime, days: int, *, dry: bool) -> Pruned:
    """``Fatal prune.failed`` if Airflow could not do its part; the logs are pruned all the same."""
    before = now - timedelta(days=days)
    told = found.get("logging", "base_log_folder", str(found.home / "logs"))
    logs = list(old_files(Path(told), before.timestamp())) if told else []
    size = sum(path.stat().st_size for path in logs)
    if not dry:
        _remove(logs, Path(told or ""))
    return Pruned(before, len(logs), size, _clean(before, dry=dry))


def old_files(folder: Path, before: float) -> Iterator[Path]:
    """Files of a folder of logs, at any depth, that nobody has written to since (Unix time).

    A link is not followed: what it leads to is no log of this folder.
    """
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            if name.endswith(".log") and not path.is_symlink() and path.stat().st_mtime < before:
                yield path


def _remove(files: list[Path], top: Path) -> None:
    """And the folders that are empty then, up to the top: whoever needs one makes it again."""
    for path in files:
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in files}:
        place = folder
        while place != top and place.is_dir() and not any(place.iterdir()):
            with suppress(OSError):  # somebody has just put a log into it
                place.rmdir()
            place = place.parent


def _clean(before: datetime, *, dry: bool) -> str:
    words = [sys.executable, "-m", "airflow", "db", "clean", "--yes", "--skip-archive"]
    words += ["--error-on-cleanup-failure", "--tables", ",".join(TABLES)]
    words += ["--clean-before-timestamp", before.isoformat(), *(["--dry-run"] if dry else [])]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-3:])
    if done.returncode:
        raise Fatal("prune.failed", status=done.returncode)
    return said
