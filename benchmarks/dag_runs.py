"""What Airflow did, as its metadata tells it: the runs of a dag, and each task's time in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from sqlalchemy import Engine, text

WAIT = "wait_for_work"
_TASKS = text(
    "SELECT run_id, task_id, start_date, end_date FROM task_instance"
    " WHERE dag_id = :dag AND state IN ('success', 'failed') AND end_date >= :since"
    " ORDER BY end_date"
)
_QUIET = text(
    "SELECT count(*) FROM task_instance"
    " WHERE dag_id = :dag AND task_id = :wait AND state = 'deferred'"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One task of one run: seconds since the task before it had ended, seconds of its own."""

    task: str
    before: float
    own: float


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the dag: a sweep. ``woken``: when its wait had ended."""

    woken: datetime
    steps: list[Step]


def is_quiet(database: Engine, dag: str) -> bool:
    """Does the dag wait for work, in the triggerer?"""
    with database.connect() as connection:
        return bool(connection.execute(_QUIET, {"dag": dag, "wait": WAIT}).scalar())


def since(database: Engine, dag: str, moment: datetime) -> list[Run]:
    """Every run that was woken after ``moment``, oldest first."""
    with database.connect() as connection:
        rows = [tuple(row) for row in connection.execute(_TASKS, {"dag": dag, "since": moment})]
    in_run = sorted(rows, key=lambda row: str(row[0]))  # stable: by their ends within a run
    found = [_run([row[1:] for row in rows]) for _, rows in groupby(in_run, lambda row: row[0])]
    return sorted((run for run in found if run is not None), key=lambda run: run.woken)


Row = tuple[str, datetime, datetime]


def _run(rows: list[Row]) -> Run | None:
    if rows[0][0] != WAIT:
        return None
    return Run(rows[0][2], list(_steps(rows)))


def _steps(rows: list[Row]) -> Iterator[Step]:
    for (_, _, before), (task, start, end) in pairwise(rows):
        yield Step(task, (start - before).total_seconds(), (end - start).total_seconds())
