"""Airflow's scheduler, killed and started anew: one at a time."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from sandbox.airflow import Airflow
from sandbox.handle import wait_for
from sandbox.process import Process
from sandbox.running import Running
from tests.production.conftest import environment

QUICK = {
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "2",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "8",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "2",
}
"""A dead scheduler's tasks are started anew sooner than in production: rounds are short. On a machine that
is busy for minutes one that lives is late for these, and takes itself for dead: ``calm`` ends it.
"""


class Schedulers:
    """One at a time."""

    def __init__(self, folder: Path) -> None:
        env = environment(folder)
        database = env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
        self._usual = Airflow(folder, database, env)
        self._airflow = Airflow(folder, database, env | QUICK)
        self._airflow.prepare()
        self._alive = next(
            each.process for each in Running(folder).read() if each.process.name == "scheduler"
        )
        self._dead: list[Process] = []
        self._held: set[int] = set()
        self._orphans: set[int] = set()
        self._database = create_engine(database, poolclass=NullPool)

    def kill(self, *, whole: bool) -> None:
        """The scheduler, or all that it began as well."""
        self._bury()
        if whole:
            os.killpg(self._alive.pid, signal.SIGKILL)
        self._alive.kill()
        self._dead = [self._alive]

    def hold(self) -> None:
        """It, and all that it and those before it began, stand still: tasks, and their helping hands.

        Tasks have process groups of their own, so they are found by their parents.
        """
        self._held = set()
        while fresh := self._tree() - self._held:
            for pid in sorted(fresh, reverse=True):
                _send(pid, signal.SIGSTOP)
            self._held |= fresh

    def let_go(self) -> None:
        """They go on."""
        for pid in self._held:
            _send(pid, signal.SIGCONT)

    def kill_held(self, *, whole: bool) -> None:
        """The scheduler that stands still dies, with all that was held or alone; then its tasks go on."""
        for pid in self._held if whole else ():
            _send(pid, signal.SIGKILL)
        self._alive.kill()
        self._dead = [self._alive]
        self._orphans = set() if whole else self._held - {self._alive.pid}
        if not whole:
            self.let_go()

    def _tree(self) -> set[int]:
        parents = dict(_parents())
        found = {self._alive.pid} | (self._orphans & parents.keys())
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found

    def _bury(self) -> None:
        """The executors of the one before, idle by now, and their session at the database."""
        for each in self._dead:
            each.stop()

    def kill_in_transaction(self) -> int:
        """The scheduler alone; the pid of its session at the database, in whose midst it died."""
        self._bury()
        end = time.monotonic() + 120
        while True:
            os.kill(self._alive.pid, signal.SIGSTOP)
            if found := self._sessions():
                time.sleep(0.5)
                found &= self._sessions()  # the others' have moved on meanwhile
            if found:
                break
            os.kill(self._alive.pid, signal.SIGCONT)
            assert time.monotonic() < end, "the scheduler was in no transaction"
            time.sleep(0.03)
        self.kill(whole=False)
        return found.pop()

    def _sessions(self) -> set[int]:
        """Sessions in a transaction, waiting for their program."""
        query = "SELECT pid FROM pg_stat_activity WHERE datname = 'airflow'"
        query += " AND state = 'idle in transaction'"
        with self._database.connect() as connection:
            return {row.pid for row in connection.execute(text(query))}

    def holds_on(self, session: int) -> bool:
        """Whether this session still has its transaction."""
        return session in self._sessions()

    def start(self) -> None:
        self._alive = self._airflow.part("scheduler")
        self._alive.start(detached=True)

    def calm(self) -> None:
        """No more kills: one with the settings of ``make up`` goes on, and its tasks in peace."""
        self._alive.stop()
        self._bury()
        self._dead, self._airflow = [], self._usual
        self._airflow.prepare()
        self.start()

    def wait(self, is_so: Callable[[], object]) -> None:
        """Until it came about; a scheduler that ended of itself is told with its log."""
        wait_for(self._alive, is_so, seconds=240.0)

    def stop(self) -> None:
        for each in (self._alive, *self._dead):
            each.stop()


def _parents() -> Iterator[tuple[int, int]]:
    """Every living process and its parent."""
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (place / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                yield int(place.name), int(parent)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
