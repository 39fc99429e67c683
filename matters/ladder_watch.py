"""Whom to call now: periods that are nearly over, or over, each with its owner.

A period that is over stays over until an event stops it or begins it anew; it ends no case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from exchange import times
from matters import ladder, ladder_clocks, terms
from matters.ladder_clocks import Running
from matters.ladder_parts import HOLDER, Event, Ladder
from matters.working_days import Holidays


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody is to be told of one period of one case."""

    clock: str
    over: bool
    """False: it is soon."""
    owner: str
    """A role of the ladder, or the unit that has the case."""
    last_day: date | None
    since: datetime
    """The first moment at which it was so."""
    opens: str
    """What follows of its end, in Chinese; empty: nothing but that it was missed."""


def calls(ladder_: Ladder, events: Iterable[Event], at: datetime, holidays: Holidays) -> list[Call]:
    """All that are due at this moment, in the ladder's order.

    ``events``: in the order in which they were told, which is where the case stands; periods go by when
    they happened.
    """
    told = list(events)
    holder = ladder.stand(ladder_, told).holder
    running = ladder_clocks.reckon_all(
        ladder_.clocks.values(), ladder_clocks.in_order(ladder_, told), holidays
    )
    return [
        _call(each, holder, over=each.is_over(at, holidays), holidays=holidays)
        for each in running.values()
        if each.stopped is None and (each.is_over(at, holidays) or is_soon(each, at, holidays))
    ]


def is_soon(running: Running, at: datetime, holidays: Holidays) -> bool:
    """Has the day come on which to remind of it?"""
    told = reminder(running, holidays)
    return told is not None and running.suspended is None and at >= told


def reminder(running: Running, holidays: Holidays) -> datetime | None:
    """When to remind of it; None: not at all, or nobody can tell yet."""
    due, told = running.due(holidays).day, running.clock.remind
    if due is None or told is None:
        return None
    return datetime.combine(terms.reminder(told, due, holidays), time(), times.CHINA)


def _call(running: Running, holder: str, *, over: bool, holidays: Holidays) -> Call:
    clock = running.clock
    owner = holder if clock.owner == HOLDER else clock.owner
    since = running.ends(holidays) if over else reminder(running, holidays)
    opens, last_day = clock.opens if over else "", running.due(holidays).day
    return Call(clock.name, over, owner, last_day, since or running.began, opens)
