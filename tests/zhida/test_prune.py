"""Pruning: old logs and rows go, what is young or the last of its kind stays; a real Airflow's database."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exchange.errors import Fatal
from exchange.ports import utc_now
from zhida import airflow_settings, prune
from zhida.cli import app

DAY = 86_400


def log(folder: Path, name: str, days: float) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x" * 10)
    at = time.time() - days * DAY
    os.utime(path, (at, at))
    return path


def settings(folder: Path) -> airflow_settings.Settings:
    return airflow_settings.Settings(
        {"AIRFLOW_HOME": str(folder), "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(folder / "logs")}, {}
    )


@pytest.fixture
def cleaned(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Airflow's part is not run."""
    told: list[bool] = []
    monkeypatch.setattr(prune, "_clean", lambda _, dry: told.append(dry) or "")
    yield told


def test_old_logs_go_with_their_folders_and_young_ones_stay(
    tmp_path: Path, cleaned: list[bool]
) -> None:
    logs = tmp_path / "logs"
    old = [log(logs, f"dag_id=m/run_id={n}/task_id=t/attempt=1.log", 31) for n in range(3)]
    young = log(logs, "dag_id=m/run_id=9/task_id=t/attempt=1.log", 29)
    other = log(logs, "dag_id=m/run_id=8/notes.txt", 90)
    outside = log(tmp_path, "elsewhere/old.log", 90)
    (logs / "link.log").symlink_to(outside)
    told = prune.run(settings(tmp_path), utc_now(), 30, dry=True)
    assert (told.files, told.size) == (3, 30)
    assert all(path.exists() for path in old)
    told = prune.run(settings(tmp_path), utc_now(), 30, dry=False)
    assert told.files == 3
    assert not any(path.parent.parent.exists() for path in old)
    assert young.exists()
    assert other.exists()
    assert outside.exists()
    assert logs.is_dir()
    assert cleaned == [True, False]


def test_without_logs_or_airflow(
    tmp_path: Path, cleaned: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prune.run(settings(tmp_path), utc_now(), 7, dry=False).files == 0
    for name in [each for each in os.environ if each.startswith("AIRFLOW")]:
        monkeypatch.delenv(name)
    done = CliRunner().invoke(app, ["prune"])
    assert isinstance(done.exception, Fatal)
    assert done.exception.code == "prune.no-airflow"


def test_a_week_is_the_least(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    assert CliRunner().invoke(app, ["prune", "--days", "1"]).exit_code == 2


def test_airflow_that_fails_is_told_and_the_logs_are_pruned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = log(tmp_path / "logs", "a.log", 31)
    monkeypatch.setattr(prune.sys, "executable", "/bin/false")
    with pytest.raises(Fatal, match="prune.failed"):
        prune.run(settings(tmp_path), utc_now(), 30, dry=False)
    assert not old.exists()


ADD = """INSERT INTO dag_run (id, dag_id, run_id, state, run_type, run_after, start_date, queued_at,
 clear_number, triggered_by, updated_at)
 VALUES (?, ?, ?, 'success', 'scheduled', ?, ?, ?, 0, 'TIMETABLE', ?)"""
AGES = {1: ("newborn", 90), 2: ("newborn", 60), 3: ("newborn", 3), 4: ("seldom", 90)}


@pytest.mark.airflow
@pytest.mark.peer("airflow")
def test_airflows_own_rows_go_and_the_last_run_of_a_dag_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in os.environ if each.startswith("AIRFLOW")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
    migrate = [sys.executable, "-m", "airflow", "db", "migrate"]
    subprocess.run(migrate, check=True, capture_output=True)
    books = sqlite3.connect(tmp_path / "airflow.db")
    for number, (dag, days) in AGES.items():
        at = f"{utc_now() - timedelta(days=days):%Y-%m-%d %H:%M:%S.%f}"
        books.execute(ADD, (number, dag, f"r{number}", at, at, at, at))
    books.commit()
    done = CliRunner().invoke(app, ["prune", "--json"])
    assert done.exit_code == 0, done.exception
    assert json.loads(done.stdout)["dry_run"] is False
    kept = [row[0] for row in books.execute("SELECT id FROM dag_run ORDER BY id")]
    books.close()
    assert kept == [3, 4], "the last run of a dag stays, however old"
