"""Periods of a joint acceptance: each unit's own, the whole's, and what the owner has to mend by a day.

A unit's period runs from when it has everything; it begins anew when a correction is there, stands still
during a test or an expert review (行政许可法第四十五条), and ends with what it finds. The whole's counts no
day on which only the owner has something to do. Its end does nothing: it calls somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from exchange import times
from matters import acceptance, acceptance_spans, ladder_clocks, ladder_watch, terms
from matters import acceptance_standing as standings
from matters.acceptance_events import LEAD, RESULTS, Event
from matters.acceptance_parts import Item, Whole
from matters.acceptance_plan import Plan
from matters.ladder_clocks import Running
from matters.ladder_parts import Clock
from matters.ladder_parts import Event as Mark
from matters.terms import Pause, WorkingDays
from matters.working_days import Holidays

WHOLE = "whole"
"""The period of all units together; no item is called so."""
CORRECTION = WorkingDays(5)
"""So long a unit may ask for corrections after it got its papers; afterwards it has accepted them
(行政许可法第三十二条第四项; working days: 第八十二条)."""
REMIND = 3
"""Days before the day by which the owner has to mend something."""
_CORRECTED, _REPLACED = "corrected", "replaced"
_MARKS = {
    (standings.CORRECTING, standings.OPEN): _CORRECTED,
    (standings.OPEN, standings.REOPENED): _REPLACED,
}


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody is to be told of one period."""

    item: str
    """Or ``WHOLE``."""
    title: str
    over: bool
    role: str
    """Who has to see to it: the unit, and the lead once it is over."""
    last_day: date | None
    article: str
    since: datetime


def calls(plan: Plan, events: Iterable[Event], at: datetime, holidays: Holidays) -> list[Call]:
    """All that are due at this moment, in the procedure's order."""
    told = list(events)
    if acceptance.stand(plan, told).ended:
        return []
    found = [_call(each, at, holidays) for each in running(plan, told, holidays)]
    return [each for each in [*found, *_remedies(plan, told, at)] if each is not None]


def running(plan: Plan, events: Sequence[Event], holidays: Holidays) -> Iterator[Running]:
    """All periods that have begun, as the events have left them; what is over does not stand still any more."""
    marks = _marks(plan, events)
    for name, item in plan.items.items():
        if (found := ladder_clocks.reckon(_clock(item), marks.get(name, ()), holidays)) is not None:
            yield found
    whole = plan.procedure.whole
    if whole is not None and (found := _whole(plan, whole, events, holidays)) is not None:
        yield found


def may_ask(
    plan: Plan, events: Sequence[Event], item: str, at: datetime, holidays: Holidays
) -> bool:
    """May its unit still ask for corrections? Unknown holidays do not take that from it."""
    since = acceptance.stand(plan, events).part(item).since
    if since is None:
        return False
    day = terms.last_day(CORRECTION, times.civil_day(since), holidays).day
    return day is None or times.civil_day(at) <= day


def _clock(item: Item) -> Clock:
    return Clock(
        item.name,
        item.title,
        item.within,
        item.article,
        item.by,
        starts=frozenset({"assigned", _CORRECTED}),
        stops=frozenset({*RESULTS, standings.SILENT, "correction-asked", _REPLACED}),
        suspends="paused",
        resumes="resumed",
        remind=item.remind,
    )


def _marks(plan: Plan, events: Sequence[Event]) -> dict[str, list[Mark]]:
    """Item → what its period goes by; the day on which a correction was there is among it."""
    found: dict[str, list[Mark]] = {}
    for event, before, after in acceptance_spans.walk(plan, events):
        for name in event.items:
            found.setdefault(name, []).append(Mark(event.name, event.at, event.role))
        for name in before.parts:
            states = before.state(name), after.state(name)
            mark = _MARKS.get(states)
            if mark:
                found[name].append(Mark(mark, event.at, event.role))
    return found


def _whole(plan: Plan, whole: Whole, events: Sequence[Event], holidays: Holidays) -> Running | None:
    """From the first item of its stage until the lead has passed it."""
    clock = Clock(
        WHOLE, whole.title, whole.legal, whole.article, LEAD, frozenset(), remind=whole.remind
    )
    found: Running | None = None
    for event, _, after in acceptance_spans.walk(plan, events):
        if found is None and event.name == "assigned" and _is_of(plan, event, whole.stage):
            found = Running(clock, event.at, whole.legal)
        if found is None or found.stopped is not None:
            continue
        if not found.is_over(event.at, holidays):
            legal = whole.extended if after.extended else whole.legal
            found = replace(found, legal=legal)
            found = _stand_still(found, event.at, acceptance_spans.only_owner(plan, after))
        if after.verdict == standings.PASS or after.ended:
            found = replace(found, stopped=event.at)
    return found


def _is_of(plan: Plan, event: Event, stage: str) -> bool:
    item = plan.items.get(event.item)
    return item is not None and item.stage == stage


def _stand_still(found: Running, at: datetime, still: bool) -> Running:
    day = times.civil_day(at)
    if still and found.suspended is None:
        return replace(found, suspended=day)
    if not still and found.suspended is not None:
        return replace(found, suspended=None, pauses=(*found.pauses, Pause(found.suspended, day)))
    return found


def _call(found: Running, at: datetime, holidays: Holidays) -> Call | None:
    if found.stopped is not None:
        return None
    over, clock = found.is_over(at, holidays), found.clock
    if not over and not ladder_watch.is_soon(found, at, holidays):
        return None
    since = (
        found.ends(holidays) if over else ladder_watch.reminder(found, holidays)
    ) or found.began
    role = LEAD if over else clock.owner
    return Call(clock.name, clock.title, over, role, found.due(holidays).day, clock.article, since)


def _remedies(plan: Plan, events: Sequence[Event], at: datetime) -> Iterator[Call]:
    """What the owner was to mend by a day: its unit sees to it, then the lead."""
    standing = acceptance.stand(plan, events)
    for name, item in plan.items.items():
        part = standing.part(name)
        if standing.ended or part.state != standings.REMEDY or part.until is None:
            continue
        near = datetime.combine(part.until - timedelta(days=REMIND), time(), times.CHINA)
        end = datetime.combine(part.until + timedelta(days=1), time(), times.CHINA)
        if at >= near:
            over = at >= end
            role, since = (LEAD, end) if over else (item.by, near)
            yield Call(name, f"{item.title}：限期整改", over, role, part.until, item.article, since)
