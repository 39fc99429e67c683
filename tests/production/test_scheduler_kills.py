"""``kill -9`` of Airflow's scheduler with a registration in flight: one effect each (G1, G2).

The scheduler alone is killed, and its task goes on as an orphan, or all that it began dies with it.
A new one starts the orphan's task a second time, perhaps while the first still runs. A round counts
only if the police had the request in hand. While one round is made good the next has begun: the
run that takes up what was killed also sends the next registration, in whose midst the next kill is.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, select, text

from exchange.store.engine import Store
from exchange.store.tables import case_item, delivery
from sandbox import production
from sandbox.airflow import Airflow
from sandbox.births import birth
from sandbox.district import District
from sandbox.handle import wait_for
from sandbox.process import ROOT, Process
from sandbox.running import Running
from tests.kills import APPLIED, BEFORE, RECORDED, SENT, Kills
from tests.production.conftest import environment, wait_until_done

pytestmark = [pytest.mark.airflow, pytest.mark.peer("production"), pytest.mark.timeout(1800)]

ROUNDS = {"": 2, "full": 20}[os.environ.get("ZHIDA_ROUNDS", "")]
QUICK = {
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "2",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "8",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "2",
}
"""A dead scheduler's tasks are started anew sooner than in production: rounds are short."""
HELD_ON = 5.0
"""Seconds, at most, that the police stand still after a kill, in half of the rounds. In the others
until the new task has come upon what the old one left. From then on the site grants the police
five seconds to end what they began (``settle_s``)."""


class Schedulers:
    """One at a time."""

    def __init__(self, folder: Path) -> None:
        env = environment(folder) | QUICK
        self._airflow = Airflow(folder, env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"], env)
        self._airflow.prepare()
        self._alive = next(
            each.process for each in Running(folder).read() if each.process.name == "scheduler"
        )
        self._dead: list[Process] = []
        self._database = create_engine(
            env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"], poolclass=NullPool
        )

    def kill(self, *, whole: bool) -> None:
        """The scheduler, or all that it began as well."""
        self._bury()
        if whole:
            os.killpg(self._alive.pid, signal.SIGKILL)
        self._alive.kill()
        self._dead = [self._alive]

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

    def wait(self, is_so: Callable[[], object]) -> None:
        """Until it came about; a scheduler that ended of itself is told with its log."""
        wait_for(self._alive, is_so, seconds=240.0)

    def stop(self) -> None:
        for each in (self._alive, *self._dead):
            each.stop()


@pytest.fixture(scope="module")
def schedulers(folder: Path) -> Iterator[Schedulers]:
    found = Schedulers(folder)
    yield found
    found.stop()


class Registrations:
    """Of newborns, at the police's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.district = District(folder, detached=True)
        self.district.prepare()
        self.police = self.district.system("police")
        self.declared: list[str] = []
        self.met = 0
        """How often a new task came while the old one's call still stood."""
        self._left = ("", "", "")
        self._store = Store(environment(folder)["ZHIDA_STORE_URL"])

    def begin(self, stage: str) -> None:
        """One more newborn; the police will stand still with its registration in hand."""
        self.police.fault("hold", operation="csdj", stage=stage, times=1)
        self.declare()

    def declare(self) -> None:
        """One more newborn."""
        number = len(self.declared) + 1
        assert production.declare(self.folder, number) == 0
        self.declared.append(birth(number).form["cszmbh"])

    def is_answered(self) -> bool:
        """Whether the police are done with all that began: else they would hold the last again."""
        return len(self._said("out")) == len(self.declared)

    def struck(self) -> str:
        """What a kill now hits, of the last one that began."""
        self._left = self._at_work()
        if not self._left[0]:
            return RECORDED
        if self.declared[-1] in self.registered():
            return APPLIED
        return SENT if self.calls()[-1] else BEFORE

    def _at_work(self, effect: str = "") -> tuple[str, str, str]:
        """Of the registration that is at work, or of this one: effect, state, next look."""
        query = select(delivery.c.effect, delivery.c.state, case_item.c.next_at).join(
            case_item,
            (case_item.c.case == delivery.c.case) & (case_item.c.item == delivery.c.item),
        )
        which = delivery.c.effect == effect if effect else delivery.c.state == "sent"
        newest = query.where(delivery.c.item == "household", which).order_by(
            delivery.c.sent_at.desc()
        )
        with self._store.read() as connection:
            row = connection.execute(newest).first()
        return ("", "", "") if row is None else (row.effect, row.state, row.next_at)

    def is_met(self) -> bool:
        """Whether a new task has come upon it: put it off, or found the old one dead."""
        now = self._at_work(self._left[0])
        self.met += now != self._left and now[1] == "sent"
        return now != self._left

    def registered(self) -> Counter[str]:
        return Counter(row["cszmbh"] for row in self.police.books())

    def calls(self) -> list[int]:
        """How often the police heard of each."""
        heard = self._said("in")
        return [sum(number.encode() in body for body in heard) for number in self.declared]

    def _said(self, direction: str) -> list[bytes]:
        rows = [row for row in self.police.wire() if row["direction"] == direction]
        return [row["body"] for row in rows if row["operation"] == "csdj"]

    def close(self) -> None:
        self.police.clear()
        self._store.close()


@pytest.fixture(scope="module")
def registrations(folder: Path) -> Iterator[Registrations]:
    found = Registrations(folder)
    yield found
    found.close()


@pytest.mark.guarantee("G1")
@pytest.mark.guarantee("G2")
def test_a_killed_scheduler_loses_nothing_and_makes_nothing_twice(
    folder: Path,
    schedulers: Schedulers,
    registrations: Registrations,
    seed: int,
    kills: Kills,
    record_property: Callable[[str, object], None],
) -> None:
    kills.of("the Airflow scheduler", seed=seed)
    record_property("rounds", ROUNDS)
    chance = random.Random(seed)
    for number in range(ROUNDS):
        schedulers.wait(registrations.is_answered)
        registrations.begin(("before", "after")[(number + number // 4) % 2])
        schedulers.wait(registrations.police.held)
        kills.fell[registrations.struck()] += 1
        schedulers.kill(whole=bool(number % 2))
        schedulers.start()
        if number // 2 % 2:
            time.sleep(chance.uniform(0, HELD_ON))
        else:
            schedulers.wait(registrations.is_met)
        registrations.police.release()
    wait_until_done(folder, ROUNDS)
    record_property("met", registrations.met)
    assert kills.in_flight == ROUNDS
    assert registrations.registered() == Counter(registrations.declared)
    assert registrations.calls() == [1] * ROUNDS
    assert len(registrations.district.system("insurance").books()) == ROUNDS
    words = [sys.executable, "-m", "zhida", "ledger", "verify"]
    done = subprocess.run(
        words, cwd=ROOT, env=environment(folder), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.guarantee("G1")
def test_a_scheduler_killed_in_a_transaction_holds_up_nobody_while_its_orphans_live(
    folder: Path, schedulers: Schedulers, registrations: Registrations
) -> None:
    session = schedulers.kill_in_transaction()
    assert schedulers.holds_on(session)
    schedulers.start()
    schedulers.wait(lambda: not schedulers.holds_on(session))
    registrations.declare()
    wait_until_done(folder, len(registrations.declared))
    assert registrations.registered() == Counter(registrations.declared)
