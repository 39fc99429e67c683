"""The whole hub as ``make up`` starts it, in a temporary folder, for a benchmark.

Everything is ended by its process id, and PostgreSQL's data, which lie elsewhere when root starts
it, are erased.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, TextClause, create_engine, text

from benchmarks import cpu_time, dag_runs
from benchmarks.dag_runs import Run
from exchange import times
from sandbox.births import Birth
from sandbox.postgres import Postgres
from sandbox.production import Production

MATTER = "newborn-bedside"
_LOOK = 0.25
_ENDED = text(
    "SELECT state, count(*), min(opened_at), max(opened_at), max(closed_at) FROM matter_case"
    " WHERE matter = :matter AND opened_at >= :since GROUP BY state"
)


@dataclass(frozen=True, slots=True)
class Wave:
    """Declarations that were published at once, until the last of their cases was done."""

    size: int
    began: datetime
    published: datetime
    opened: datetime
    """When the last case was opened."""
    done: datetime
    runs: list[Run]
    cpu: dict[str, float]
    """Seconds, by part."""

    @property
    def wall(self) -> float:
        """Seconds from the first declaration to the last case."""
        return (self.done - self.began).total_seconds()


class WholeHub:
    """One that runs."""

    def __init__(self, stack: Production) -> None:
        self.stack = stack
        self._leaders = {e.process.pid: e.process.name for e in stack.running.noted}
        self._store = create_engine(stack.environment["ZHIDA_STORE_URL"])
        database = stack.airflow.environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
        self._airflow: Engine = create_engine(database)

    def wave(self, births: Sequence[Birth]) -> Wave:
        """Publish the declarations of ``births`` and wait until each case is done."""
        self.wait(self._is_quiet, 120)
        before, began = self._cpu(), datetime.now(UTC)
        self.stack.broker.declare(*(each.form for each in births))
        published = datetime.now(UTC)
        self.wait(lambda: self._is_done(began, len(births)), 120 + len(births))
        self.wait(self._is_quiet, 120)
        (_, _, _, opened, done), *_ = self._ended(began)
        runs = [r for r in dag_runs.since(self._airflow, MATTER, began) if r.woken < _at(done)]
        return Wave(
            size=len(births),
            began=began,
            published=published,
            opened=_at(opened),
            done=_at(done),
            runs=runs,
            cpu={name: after - before[name] for name, after in self._cpu().items()},
        )

    def ask(self, question: TextClause, about: Mapping[str, str]) -> Sequence[Any]:
        """What our store says."""
        with self._store.connect() as connection:
            return connection.execute(question, about).fetchall()

    def close(self) -> None:
        """Leave the databases."""
        self._store.dispose()
        self._airflow.dispose()

    def _is_quiet(self) -> bool:
        return dag_runs.is_quiet(self._airflow, MATTER)

    def _is_done(self, since: datetime, size: int) -> bool:
        counts = {state: count for state, count, *_ in self._ended(since)}
        if counts.keys() - {"open", "done"}:
            raise RuntimeError(f"not every case was done: {counts}")
        return counts.get("done", 0) == size

    def _ended(self, since: datetime) -> list[tuple[str, int, str, str, str]]:
        told = {"matter": MATTER, "since": times.stamp(since)}
        return [tuple(row) for row in self.ask(_ENDED, told)]

    def _cpu(self) -> dict[str, float]:
        return cpu_time.by_session(self._leaders)

    def wait(self, is_so: Callable[[], bool], seconds: float) -> None:
        """Until it is so. ``TimeoutError`` if that takes longer."""
        end = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > end:
                raise TimeoutError(f"not within {seconds:.0f} s")
            time.sleep(_LOOK)


def _at(stamp: str) -> datetime:
    return times.instant(stamp)


@contextmanager
def whole_hub() -> Iterator[WholeHub]:
    """Started, and ended whatever happens."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as name:
        stack = Production(Path(name) / "hub")
        try:
            stack.start()
            hub = WholeHub(stack)
            yield hub
            hub.close()
        finally:
            stack.running.stop()
            if (stack.folder / "postgres").exists():
                Postgres(stack.folder / "postgres").destroy()
