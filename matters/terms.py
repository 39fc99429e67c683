"""Until when: the period that a law sets for an item, counted as the law counts.

How, with its source:

* The day on which it begins does not count (民法典第二百零一条).
* A month ends on the day of the same number, else on its last (第二百零二条).
* Where the last day is one of rest, the first day after it is the last (第二百零三条第一款;
  likewise 民事诉讼法第八十五条). This is the rule for every period in calendar days here.
* A licence is decided in working days, without public holidays (行政许可法第八十二条).
* Days that a person needs whom the unit must hear or ask do not count (第四十五条; for others
  what ``article`` names). Of such a pause the day on which it begins counts, for the unit still
  had it; the day on which it ends does not, as with any event.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from exchange.errors import Invalid, Problem
from matters import durations
from matters.durations import Duration
from matters.working_days import Holidays

_WORKING = re.compile(r"([1-9][0-9]{0,2}) working days?")
_AHEAD = re.compile(r"([1-9][0-9]{0,2}) (working )?days? before")
LEGAL = rf"^(?:{_WORKING.pattern}|{durations.PATTERN[1:-1]})$"
"""A period of law, for a schema."""
AHEAD = rf"^{_AHEAD.pattern}$"
_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """So many working days."""

    count: int


Period = Duration | WorkingDays


@dataclass(frozen=True, slots=True)
class Ahead:
    """How long before the last day somebody is to be reminded."""

    count: int
    working: bool


@dataclass(frozen=True, slots=True)
class Term:
    """What ``within`` says of an item."""

    legal: Period
    begins: str
    """Where the period begins: ``document/json/pointer`` of a civil date."""
    article: str
    remind: Ahead | None = None
    escalate_to: str = ""
    """Unit or operator of the site who is told; empty: whoever looks after the item's system."""
    silence: str = "nothing"
    """What follows of itself when the period is over: ``nothing``, or ``accepted``."""
    silence_article: str = ""
    pauses_while: tuple[str, ...] = ()
    """Items during which the period stands still while they wait on a person."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The period stands still after ``since``, up to and with ``until``."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Due:
    """The last day as far as it is known."""

    day: date | None
    """None: not known, and ``doubt`` tells why."""
    doubt: Problem | None = None
    """With a day: it is this day or (if that is one of rest) a later one; nobody can tell yet."""


def legal(text: str) -> Period:
    """Read a period of law.

    >>> legal("15 working days"), legal("1 month")
    (WorkingDays(count=15), Duration(count=1, unit='month'))
    """
    found = _WORKING.fullmatch(text)
    return WorkingDays(int(found[1])) if found else durations.parse(text)


def ahead(text: str) -> Ahead:
    """Read how long before.

    >>> ahead("5 days before"), ahead("1 working day before")
    (Ahead(count=5, working=False), Ahead(count=1, working=True))
    """
    found = _AHEAD.fullmatch(text)
    if found is None:
        raise Invalid("matter.ahead", text=text[:30])
    return Ahead(int(found[1]), bool(found[2]))


def last_day(term: Period, begins: date, holidays: Holidays, pauses: Iterable[Pause] = ()) -> Due:
    """The last day of a period that began by what happened on ``begins``.

    A year whose holidays are not known makes working days uncountable: the day is unknown. Of a
    period in calendar days the earliest possible last day is still certain.
    """
    try:
        if isinstance(term, WorkingDays):
            return Due(_nth(term.count, begins, pauses, counts=holidays.is_working))
        if term.unit in ("minute", "hour"):
            return Due(term.after(begins))
        return _rolled(_calendar_end(term, begins, list(pauses)), holidays)
    except Invalid as error:
        return Due(None, error.problems[0])
    except (OverflowError, ValueError):  # a day that somebody wrote, near the year 9999
        return Due(None, Problem("calendar.no-year", {"year": begins.year, "last": holidays.last}))


def reminder(told: Ahead, due: date, holidays: Holidays) -> date:
    """The day on which to remind of a period whose last day is ``due``."""
    if not told.working:
        return due - timedelta(days=told.count)
    day, left = due, told.count
    while left:
        day -= _ONE
        left -= holidays.is_working(day)
    return day


def between(one: date, other: date, *, working: Holidays | None) -> int:
    """Days from the first to the second, the first not counted; negative if it is the later.

    ``working``: only working days.

    >>> between(date(2026, 2, 1), date(2026, 2, 3), working=None)
    2
    """
    if other < one:
        return -between(other, one, working=working)
    days = (other - one).days
    if working is None:
        return days
    return sum(working.is_working(one + timedelta(days=n + 1)) for n in range(days))


def _calendar_end(term: Duration, begins: date, pauses: list[Pause]) -> date:
    end = term.after(begins)
    return _nth((end - begins).days, begins, pauses, counts=lambda _: True) if pauses else end


def _nth(
    left: int, begins: date, pauses: Iterable[Pause], *, counts: Callable[[date], bool]
) -> date:
    """The day on which so many days that count are over."""
    day, spans = begins, list(pauses)
    while left:
        day += _ONE
        left -= not any(each.since < day <= each.until for each in spans) and counts(day)
    return day


def _rolled(end: date, holidays: Holidays) -> Due:
    """The day, or the first after it that is none of rest."""
    day = end
    try:
        while not holidays.is_working(day):
            day += _ONE
    except Invalid as error:
        return Due(end, error.problems[0])
    return Due(day)
