"""``kill -9`` of Airflow's scheduler with a registration in flight: one effect each (G1, G2).

The scheduler alone is killed, and its task goes on as an orphan, or all that it began dies with it.
A new one starts the orphan's task a second time, perhaps while the first still runs. A round counts
only if the police had the request in hand. While one round is made good the next has begun: the
run that takes up what was killed also sends the next registration, in whose midst the next kill is.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from exchange.store.engine import Store
from exchange.store.tables import case_item, delivery
from sandbox import production
from sandbox.births import birth
from sandbox.district import District
from sandbox.process import ROOT
from tests.kills import APPLIED, BEFORE, RECORDED, SENT, Kills
from tests.production.conftest import environment, wait_until_done
from tests.production.schedulers import Schedulers

pytestmark = [pytest.mark.airflow, pytest.mark.peer("production"), pytest.mark.timeout(1800)]

ROUNDS = {"": 2, "full": 20}[os.environ.get("ZHIDA_ROUNDS", "")]
HELD_ON = 5.0
"""Seconds, at most, that the police stand still after a kill, in half of the rounds. In the others
until the new task has come upon what the old one left. From then on the site grants the police
five seconds to end what they began (``settle_s``)."""


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
        assert production.act(self.folder, "declare", number) == 0
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
