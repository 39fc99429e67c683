"""A day and a time of day that stand in two columns, as one moment and back, in the columns' own forms.

Old tables keep when a row was changed in two columns: ``GXRQ`` 20260105 and ``GXSJ`` 080000. To look back ten
minutes from there may lead to the day before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

_DAYS = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d")
_TIMES = ("%H:%M:%S", "%H%M%S", "%H:%M", "%H%M", "%H:%M:%S.%f")
_LENGTHS = {
    "%Y-%m-%d": 10,
    "%Y%m%d": 8,
    "%Y/%m/%d": 10,
    "%H:%M:%S": 8,
    "%H%M%S": 6,
    "%H:%M": 5,
    "%H%M": 4,
}
_Written = Callable[[datetime], Any]


def moved(values: Sequence[Any], move: Callable[[datetime], datetime]) -> tuple[Any, ...] | None:
    """The two values of another moment; None if these are no day and no time of day.

    >>> moved(("20260105", "000500"), lambda at: at - timedelta(minutes=10))
    ('20260104', '235500')
    >>> moved((date(2026, 1, 5), 7), lambda at: at) is None
    True
    """
    if len(values) != 2:
        return None
    day, clock = _day(values[0]), _clock(values[1])
    if day is None or clock is None:
        return None
    after = move(datetime.combine(day[0], time()) + clock[0])
    return day[1](after), clock[1](after)


def _day(value: Any) -> tuple[date, _Written] | None:
    if isinstance(value, str):
        found = _read(value, _DAYS)
        return found and (found[0].date(), lambda at: at.strftime(found[1]))
    if type(value) is date:
        return value, datetime.date
    if isinstance(value, datetime) and value.time() == time() and value.tzinfo is None:
        return value.date(), lambda at: datetime.combine(at.date(), time())
    return None


def _clock(value: Any) -> tuple[timedelta, _Written] | None:
    if isinstance(value, str):
        found = _read(value, _TIMES)
        return found and (_since_midnight(found[0]), lambda at: at.strftime(found[1]))
    if isinstance(value, time) and value.tzinfo is None:
        return _since_midnight(datetime.combine(date.min, value)), datetime.time
    if isinstance(value, timedelta):  # MySQL's TIME
        return value, _since_midnight
    return None


def _since_midnight(at: datetime) -> timedelta:
    return at - datetime.combine(at.date(), time(), at.tzinfo)


def _read(text: str, forms: Sequence[str]) -> tuple[datetime, str] | None:
    for form in forms:
        if len(text) != _LENGTHS.get(form, len(text)):  # strptime takes 8:0 for 08:00
            continue
        try:
            return datetime.strptime(text, form).replace(
                tzinfo=UTC
            ), form  # of it only day or time is used
        except ValueError:
            continue
    return None
