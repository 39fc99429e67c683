"""Who is called when: soon, over, and what a party may do then; a thousand cases with random events."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

import pytest

from exchange import times
from matters import ladder, ladder_clocks, ladder_watch, working_days
from matters.ladder import Standing
from matters.ladder_parts import HOLDER, Event
from matters.ladder_watch import Call
from tests.matters.ladders import MEDIATION, event

KNOWN = working_days.of(None)
MARCH = datetime(2026, 3, 2, 10, tzinfo=times.CHINA)
WAY = [("registered", 0), ("diverted", 0), ("accepted", 0), ("mediation-applied", 0)]
STEP = timedelta(days=3)


def at(days: float) -> datetime:
    return MARCH + timedelta(days=days)


def calls(day: float, *more: tuple[str, float]) -> dict[str, Call]:
    told = [event(name, at(days)) for name, days in [*WAY, *more]]
    return {c.clock: c for c in ladder_watch.calls(MEDIATION, told, at(day), KNOWN)}


def test_nobody_is_called_while_there_is_time() -> None:
    assert calls(5) == {}


def test_the_owner_is_called_three_days_before_the_last() -> None:
    assert set(calls(11.5)) == set()
    soon = calls(12)["mediation"]
    assert (soon.over, soon.owner, soon.last_day) == (False, min(MEDIATION.says["accepted"].by), date(2026, 3, 17))  # fmt: skip


def test_when_it_is_over_the_right_that_it_opens_is_told_and_the_case_goes_on() -> None:
    over = calls(16)
    assert over["mediation"].opens == "当事人可以申请仲裁"
    assert over["promise"].owner == "hub"
    told = [event(name, at(days)) for name, days in WAY]
    assert ladder.stand(MEDIATION, told).state("dispute") == "mediating"


def test_it_is_over_until_an_event_stops_it() -> None:
    assert "mediation" in calls(90)
    assert "mediation" not in calls(90, ("failed", 89))


class Dispute:
    """One that goes its way by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.standing = Standing()
        self.events: list[Event] = []

    def happens(self, now: datetime) -> None:
        choices = [
            n for role in MEDIATION.roles for n in ladder.possible(MEDIATION, self.standing, role)
        ]
        marks = [say.name for say in MEDIATION.says.values() if say.marks]
        name = self.chance.choice(sorted({*choices, *self.chance.sample(marks, 3)}))
        told = event(name if self.events else "registered", now)
        self.standing = ladder.step(MEDIATION, self.standing, told)
        self.events.append(told)


@pytest.mark.parametrize("part", range(10))
def test_no_deadline_is_missed_without_a_call_to_a_named_owner(part: int) -> None:
    """A hundred cases each, over months with holidays; every third day everybody looks."""
    missed = 0
    for seed in range(part * 100, part * 100 + 100):
        dispute, now = Dispute(seed), MARCH + timedelta(hours=seed)
        for _ in range(dispute.chance.randrange(2, 14)):
            dispute.happens(now)
            now += STEP * dispute.chance.randrange(1, 9)
            missed += _looked_at(dispute, now)
    assert missed, "some are missed, or nothing was shown"


def _looked_at(dispute: Dispute, now: datetime) -> int:
    """How many periods are over; each has its call, and each open track its owner."""
    owners = ladder.owners(MEDIATION, dispute.standing).values()
    assert all(owner and owner != HOLDER for owner in owners), dispute.events
    running = ladder_clocks.reckon_all(MEDIATION.clocks.values(), dispute.events, KNOWN)
    over = {name for name, each in running.items() if each.is_over(now, KNOWN)}
    told = {c.clock: c for c in ladder_watch.calls(MEDIATION, dispute.events, now, KNOWN) if c.over}
    assert told.keys() == over
    assert all(each.owner and each.owner != HOLDER for each in told.values()), told
    assert all(each.last_day and each.last_day <= times.civil_day(now) for each in told.values())
    return len(over)
