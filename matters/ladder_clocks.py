"""Periods that run beside a case: begun, interrupted, suspended, extended and ended by its events.

How days are counted is ``matters.terms``; here is which day they are counted from:

* An interruption (时效中断) begins the period anew, if it comes while the period runs; a consent of the
  other side does so even afterwards (劳动争议调解仲裁法第二十七条第二款; 民法典第一百九十二条第二款).
* A suspension (中止) leaves out the days after the one on which it begins, up to the one on which its
  cause ends (第二十七条第三款).
* An extension makes the whole period longer. It counts from the same beginning, not from the last day
  as moved by a holiday, and only if it was told before the period was over (inferred).
* A period before a day (开庭五日前) is counted back from it; where its last day is one of rest, it is the
  last working day before, so that the other side never has less (inferred).

What a period's end means is told, never done: it opens a right, warns, or calls its owner. No case
ends by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from exchange import times
from exchange.errors import Invalid
from matters import terms
from matters.durations import Duration
from matters.ladder_parts import Clock, Event, Ladder
from matters.terms import Due, Pause, Period
from matters.working_days import Holidays

_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Running:
    """One period of one case, as far as it has come."""

    clock: Clock
    began: datetime
    legal: Period
    pauses: tuple[Pause, ...] = ()
    suspended: date | None = None
    """Since this day; None: it runs."""
    stopped: datetime | None = None

    def due(self, holidays: Holidays) -> Due:
        """Its last day. Of a period in minutes the day on which it ends."""
        began = times.civil_day(self.began)
        if self.clock.before:
            return _back(self.legal, began, holidays)
        if (end := self.instant()) is not None:
            return Due(times.civil_day(end))
        return terms.last_day(self.legal, began, holidays, self.pauses)

    def instant(self) -> datetime | None:
        """When exactly a period in minutes or hours is over; None for one in days."""
        if not isinstance(self.legal, Duration) or self.legal.unit not in _UNITS:
            return None
        return self.began + self.legal.count * _UNITS[self.legal.unit]

    def ends(self, holidays: Holidays) -> datetime | None:
        """The first instant at which it is over; None if nobody can tell yet, or it stands still."""
        if self.suspended is not None:
            return None
        if (end := self.instant()) is not None:
            return end
        day = self.due(holidays).day
        return None if day is None else datetime.combine(day + _ONE, time(), times.CHINA)

    def is_over(self, at: datetime, holidays: Holidays) -> bool:
        """Was it over at this moment, and nothing had stopped it?"""
        end = self.ends(holidays)
        return self.stopped is None and end is not None and at >= end


def in_order(ladder: Ladder, events: Iterable[Event]) -> list[Event]:
    """The order in which periods go by events that were told in this one.

    What moves a case happened in the order in which it was told, whatever the clocks of those who told it
    say; a mark may be told long after, and counts from when it was. A fact that was told again (a wrong day)
    is what was told last.
    """
    latest, keyed = datetime.min.replace(tzinfo=times.CHINA), list[tuple[datetime, int, Event]]()
    told = list(events)
    last = {event.name: n for n, event in enumerate(told)}
    for n, event in enumerate(told):
        if ladder.says[event.name].once and n < last[event.name]:
            continue
        moves = not ladder.says[event.name].marks
        latest = max(latest, event.at) if moves else latest
        keyed.append((latest if moves else event.at, n, event))
    return [event for _, _, event in sorted(keyed, key=lambda each: each[:2])]


def reckon(clock: Clock, events: Iterable[Event], holidays: Holidays) -> Running | None:
    """The period as these events, oldest first, have left it; None if it never began."""
    running: Running | None = None
    for event in events:
        running = after(clock, running, event, holidays)
    return running


def reckon_all(
    clocks: Iterable[Clock], events: Iterable[Event], holidays: Holidays
) -> dict[str, Running]:
    """Name → period, of all that have begun."""
    told = list(events)
    found = {clock.name: reckon(clock, told, holidays) for clock in clocks}
    return {name: running for name, running in found.items() if running is not None}


def after(
    clock: Clock, running: Running | None, event: Event, holidays: Holidays
) -> Running | None:
    """The period as this event leaves it; None: it has not begun yet."""
    if event.name in clock.revives and running is not None:
        return Running(clock, event.at, clock.legal)
    if running is None or running.stopped is not None:
        return Running(clock, event.at, clock.legal) if event.name in clock.starts else running
    if running.is_over(event.at, holidays):
        return replace(running, stopped=event.at) if event.name in clock.stops else running
    return _while_it_runs(clock, running, event)


def _while_it_runs(clock: Clock, running: Running, event: Event) -> Running:
    day = times.civil_day(event.at)
    if event.name in clock.stops:
        return replace(running, stopped=event.at)
    if event.name in clock.interrupts:
        return Running(clock, event.at, clock.legal)
    if event.name in clock.extends:
        return replace(running, legal=clock.extends[event.name])
    if event.name == clock.suspends and running.suspended is None:
        return replace(running, suspended=day)
    if event.name == clock.resumes and running.suspended is not None:
        pause = Pause(running.suspended, day)
        return replace(running, suspended=None, pauses=(*running.pauses, pause))
    return running


def _back(legal: Period, day: date, holidays: Holidays) -> Due:
    """The last day that lies a whole period before ``day``."""
    if not isinstance(legal, Duration) or legal.unit != "day":
        raise ValueError(f"{legal} can't be counted back")
    end = day - timedelta(days=legal.count)
    try:
        while not holidays.is_working(end):
            end -= _ONE
    except Invalid as error:
        return Due(end, error.problems[0])
    return Due(end)
