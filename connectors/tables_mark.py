"""Values that order a table's rows (a time stamp, a number, a key) as text for our store, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from connectors import tables_day_time
from exchange import times
from exchange.errors import Fatal

Mark = Any
"""Of a cursor of several columns: a tuple."""
_TICK = timedelta(microseconds=1)
_ROW = "row"
_KINDS: Mapping[str, tuple[type, Any, Any]] = {
    "text": (str, str, str),
    "whole": (int, str, int),
    "moment": (datetime, datetime.isoformat, datetime.fromisoformat),
    "day": (date, date.isoformat, date.fromisoformat),
    "decimal": (Decimal, str, Decimal),
    "uuid": (UUID, str, UUID),
    "clock": (time, time.isoformat, time.fromisoformat),
    "span": (timedelta, lambda value: str(value // _TICK), lambda text: int(text) * _TICK),
}


def written(value: Mark) -> list[Any]:
    """Its kind and its text; of several, each's. ``Fatal`` for a type by which no table can be gone through again.

    >>> written(datetime(2026, 1, 5, 8)), read(written(Decimal("1.50")))
    (['moment', '2026-01-05T08:00:00'], Decimal('1.50'))
    """
    if isinstance(value, tuple):
        return [_ROW, *map(written, value)]
    for name, (kind, write, _) in _KINDS.items():
        if type(value) is kind:
            return [name, write(value)]
    raise Fatal("tables.order-type", type=type(value).__name__)


def read(told: Sequence[Any]) -> Mark:
    """The reverse of ``written``.

    >>> read(written((date(2026, 1, 5), timedelta(hours=8), 7)))
    (datetime.date(2026, 1, 5), datetime.timedelta(seconds=28800), 7)
    """
    kind, *texts = told
    if kind == _ROW:
        return tuple(map(read, texts))
    return _KINDS[kind][2](*texts)


def before(value: Mark, by: int) -> Mark:
    """``by`` seconds before a moment (as a text, too), whole days before a day, ``by`` below a number.

    >>> before(datetime(2026, 1, 5, 8), 60).isoformat(), before(7, 3), before("20260105080000", 60), before("b", 9)
    ('2026-01-05T07:59:00', 4, '20260105075900', 'b')

    Of several columns: of day and time as one moment, else of the first alone, which is as far back or further.

    >>> before(("20260105", "000100"), 120), before(("20260105", 7), 60)
    (('20260104', '235900'), ('20260104',))
    """
    if isinstance(value, tuple):
        moved = tables_day_time.moved(value[:2], lambda at: at - timedelta(seconds=by))
        return moved or (before(value[0], by),)
    if isinstance(value, str):
        moment, form = _moment(value)
        return (moment and (moment - timedelta(seconds=by)).strftime(form)) or value
    if isinstance(value, datetime):
        return value - timedelta(seconds=by)
    if isinstance(value, date):
        return value - timedelta(days=-(-by // 86_400))
    return value if isinstance(value, UUID) else value - by


def not_after(value: Mark, now: datetime) -> Mark:
    """A moment or a day that lies in the future is now: of a clock that is ahead nothing is believed.

    >>> not_after(datetime(2027, 1, 1), datetime(2026, 1, 5, tzinfo=times.CHINA)).isoformat()
    '2026-01-05T00:00:00'
    """
    here = now.astimezone(times.CHINA)
    if isinstance(value, tuple):
        moved = tables_day_time.moved(value[:2], lambda at: min(at, here.replace(tzinfo=None)))
        first = not_after(value[0], now)
        return (
            value if moved == value[:2] or (not moved and first == value[0]) else moved or (first,)
        )
    if isinstance(value, str):
        moment, form = _moment(value)
        return here.strftime(form) if moment and moment > here else value
    if isinstance(value, datetime):
        return min(value, here if value.tzinfo else here.replace(tzinfo=None))
    return min(value, here.date()) if isinstance(value, date) else value


_FORMS = (
    *("%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S"),
    *("%Y%m%d%H%M%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d", "%Y%m%d"),
)
"""In which old systems write a time as a text, so that texts sort as the times do."""


def moment(text: str) -> datetime | None:
    """A time as old systems and as APIs write it; without a zone it is China's. None: no time.

    >>> moment("20260105080000").isoformat(), moment("2026-01-05T00:00:00Z").isoformat(), moment("7")
    ('2026-01-05T08:00:00+08:00', '2026-01-05T00:00:00+00:00', None)
    """
    found, _ = _moment(text)
    if found is not None:
        return found
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=times.CHINA)


def _moment(text: str) -> tuple[datetime | None, str]:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=times.CHINA), form
        except ValueError:
            continue
    return None, ""
