"""A thousand disputes with random events over a spring and a summer: nobody is without an owner, no period is missed
without somebody who is named being called.

The store is real and the clock is not. What is held against the hub's incidents is reckoned here, from
what was done to each dispute, and knows only the ladder's file: which event begins and ends a period.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange import canonical, times
from exchange.store import dispute_rows, incident_rows
from exchange.store.dispute_rows import DisputeRow, EventRow
from matters import ladder
from matters.ladder_parts import Clock, Event
from tests.zhida import mediation_town
from tests.zhida.mediation_town import UNIT, Town
from tests.zhida.small_town import monday
from zhida import dispute, dispute_periods
from zhida.dispute import Dispute

FULL = os.environ.get("ZHIDA_ROUNDS") == "full"
DISPUTES, LOOKS, BETWEEN = 1000 if FULL else 300, 40, 3.25
"""Looks, and days between two: over spring and summer, with their holidays."""
BUSY = 0.4
"""How likely a dispute moves on between two looks."""
_SELDOM = {"withdrawn": 0.05, "closed": 0.1, "declined": 0.2, "advised": 0.2}
"""Else most would be over before they had gone anywhere."""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with mediation_town.opened(tmp_path, monday()) as found:
        yield found


class Months:
    """Everything that happens, by chance."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.chance = town, random.Random(seed)
        self.rules = town.rules
        self.told: dict[str, list[EventRow]] = {}
        self.reached: set[tuple[str, str]] = set()

    def begin(self) -> None:
        """All of them are taken down within the first days."""
        now = self.town.clock()
        with self.town.hub.store.write() as connection:
            for n in range(DISPUTES):
                case, at = f"{n:032x}", times.stamp(now)
                dispute_rows.LOG.add(connection, DisputeRow(case, dispute.number(case, now), at))
                self.told[case] = []
                self._add(connection, case, Event("registered", now, "hub", UNIT["hub"]))

    def day(self) -> None:
        """Some of them move on."""
        with self.town.hub.store.write() as connection:
            for case in self.told:
                if self.chance.random() < BUSY:
                    self._move(connection, case)

    def _move(self, connection: Any, case: str) -> None:
        events = [dispute.event(row) for row in self.told[case]]
        standing = ladder.stand(self.rules.ladder, events)
        may = [
            (name, role)
            for role in self.rules.ladder.roles
            for name in ladder.possible(self.rules.ladder, standing, role)
        ]
        if not may:
            return
        weights = [_SELDOM.get(name, 1.0) for name, _ in may]
        [(name, role)] = self.chance.choices(may, weights)
        say = self.rules.ladder.says[name]
        to = self.chance.choice(list(UNIT.values())) if say.hands_over else ""
        at = self.town.clock() + timedelta(minutes=self.chance.randrange(1, 400))
        self._add(connection, case, Event(name, at, role, UNIT[role], to=to))

    def _add(self, connection: Any, case: str, each: Event) -> None:
        rows = self.told[case]
        row = EventRow(
            case,
            len(rows),
            each.name,
            times.stamp(each.at),
            each.role,
            each.unit,
            each.to,
            "",
            "",
            times.stamp(each.at),
        )
        dispute_rows.LOG.append(connection, [row])
        rows.append(row)
        standing = ladder.stand(self.rules.ladder, map(dispute.event, rows))
        self.reached |= set(standing.states.items())
        ended = "" if ladder.owners(self.rules.ladder, standing) else row.at
        dispute_rows.LOG.close(connection, case, ended)


def over(clock: Clock, told: list[Event], now: datetime, months: Months) -> bool:
    """Whether a period that is not counted back is over now and nothing has stopped it, told anew."""
    begun: datetime | None = None
    whole, was_over = clock.legal, False
    for each in told:
        if begun is not None:
            was_over = _end(months, replace(clock, legal=whole), begun) <= each.at
        if begun is None or (each.name in clock.revives):
            if each.name in clock.starts | (clock.revives if begun else frozenset()):
                begun, whole = each.at, clock.legal
        elif each.name in clock.stops:
            begun = None
        elif each.name in clock.interrupts and not was_over:
            begun, whole = each.at, clock.legal
        elif each.name in clock.extends and not was_over:
            whole = clock.extends[each.name]
    return begun is not None and _end(months, replace(clock, legal=whole), begun) <= now


def _end(months: Months, clock: Clock, begun: datetime) -> datetime:
    from matters.ladder_clocks import Running

    end = Running(clock, begun, clock.legal).ends(months.rules.holidays)
    assert end is not None, clock.name
    return end


def called(town: Town) -> dict[tuple[str, str], str]:
    """(case, period) → the unit that is called, of what is over."""
    with town.hub.store.read() as connection:
        rows = incident_rows.still_open(connection, dispute_periods.OVER)
    found = {}
    for row in rows:
        case, _, clock = row.about.partition("/")
        owner = canonical.loads(row.facts.encode())["owner"]
        assert owner == row.system
        assert owner in town.hub.site.units, "somebody by name"
        assert (case, clock) not in found, "one owner"
        found[case, clock] = owner
    return found


def check(months: Months, known: list[Dispute]) -> Counter[str]:
    """Every dispute has an owner on each of its tracks, and every missed period is somebody's."""
    now, town, found = months.town.clock(), months.town, Counter[str]()
    wanted: dict[tuple[str, str], str] = {}
    for each in known:
        events = each.events
        standing = ladder.stand(months.rules.ladder, events)
        owners = ladder.owners(months.rules.ladder, standing)
        assert owners, "open, and nobody's"
        assert {months.rules.unit_of(owner) for owner in owners.values()} <= set(UNIT.values())
        for clock in months.rules.ladder.clocks.values():
            if not clock.before and over(clock, events, now, months):
                owner = standing.holder if clock.owner == "holder" else clock.owner
                wanted[each.row.case, clock.name] = months.rules.unit_of(owner)
                found[clock.name] += 1
    got = {key: unit for key, unit in called(town).items() if _counts_forward(months, key[1])}
    assert got == wanted
    return found


def _counts_forward(months: Months, clock: str) -> bool:
    return not months.rules.ladder.clocks[clock].before


@pytest.mark.timeout(900)
def test_no_period_is_missed_without_a_named_owner_and_no_moment_is_without_one(
    town: Town, seed: int
) -> None:
    months = Months(town, seed)
    months.begin()
    missed: set[str] = set()
    for _ in range(LOOKS):
        months.day()
        town.clock.skip(days=BETWEEN)
        dispute_periods.settle(town.hub, months.rules, dispute.still_open(town.hub))
        missed |= check(months, list(dispute.still_open(town.hub))).keys()
    assert len(missed) >= 8, missed
    assert len(months.reached) >= 30, "the walk went far"
    closed = DISPUTES - len(list(dispute.still_open(town.hub)))
    assert 0 < closed < DISPUTES
