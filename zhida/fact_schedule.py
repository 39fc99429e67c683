"""When a source of facts is looked at, and by which day it should have told something new.

Looks lie on a grid and not a period after the last one: who is asked every day at about the same
minute would else be found "not due yet" every other day.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from exchange import times
from matters import durations

_START = datetime(2001, 1, 1, tzinfo=times.CHINA)
"""A Monday: what is looked at once a week is looked at on Mondays."""
AGAIN = timedelta(minutes=45)
"""Where nothing new lay there: a list that comes in the night should be had before the morning."""
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


def period(text: str) -> timedelta:
    """``2 days`` as a span of time.

    >>> period("36 hours")
    datetime.timedelta(days=1, seconds=43200)
    """
    known = durations.parse(text)
    return known.count * _UNITS[known.unit]


def next_look(now: datetime, every: timedelta) -> datetime:
    """The next beginning of a span of this length, counted from a midnight in China.

    >>> from datetime import UTC
    >>> day = next_look(datetime(2026, 1, 5, 18, 30, tzinfo=UTC), timedelta(days=1))
    >>> day.astimezone(times.CHINA).isoformat()
    '2026-01-07T00:00:00+08:00'
    >>> next_look(datetime(2026, 1, 5, 18, 30, tzinfo=UTC), timedelta(hours=1)).isoformat()
    '2026-01-05T19:00:00+00:00'
    """
    at = _START + ((now - _START) // every + 1) * every
    return at.astimezone(now.tzinfo)


def look_again(now: datetime, every: timedelta) -> datetime:
    """The same after a look that found nothing new: soon, if the span is long.

    >>> from datetime import UTC
    >>> look_again(datetime(2026, 1, 5, 1, tzinfo=UTC), timedelta(days=1)).isoformat()
    '2026-01-05T01:45:00+00:00'
    """
    return min(next_look(now, every), now + AGAIN)


def expected_on(as_of: datetime, within: timedelta) -> date:
    """The day by whose end something newer than ``as_of`` should have come.

    >>> expected_on(datetime(2026, 1, 5, 1, tzinfo=times.CHINA), timedelta(days=2)).isoformat()
    '2026-01-07'
    """
    return times.civil_day(as_of + within)
