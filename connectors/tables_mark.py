"""Values that order a table's rows (a time stamp, a number, a key) as text for our store, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from exchange import times
from exchange.errors import Fatal

Mark = Any
_KINDS: Mapping[str, tuple[type, Any, Any]] = {
    "text": (str, str, str),
    "whole": (int, str, int),
    "moment": (datetime, datetime.isoformat, datetime.fromisoformat),
    "day": (date, date.isoformat, date.fromisoformat),
    "decimal": (Decimal, str, Decimal),
    "uuid": (UUID, str, UUID),
}


def written(value: Mark) -> list[str]:
    """Its kind and its text. ``Fatal`` for a type by which no table can be gone through again.

    >>> written(datetime(2026, 1, 5, 8)), read(written(Decimal("1.50")))
    (['moment', '2026-01-05T08:00:00'], Decimal('1.50'))
    """
    for name, (kind, write, _) in _KINDS.items():
        if type(value) is kind:
            return [name, write(value)]
    raise Fatal("tables.order-type", type=type(value).__name__)


def read(told: Sequence[str]) -> Mark:
    """The reverse of ``written``."""
    kind, text = told
    return _KINDS[kind][2](text)


def before(value: Mark, by: int) -> Mark:
    """``by`` seconds before a moment (as a text, too), whole days before a day, ``by`` below a number.

    >>> before(datetime(2026, 1, 5, 8), 60).isoformat(), before(7, 3), before("20260105080000", 60), before("b", 9)
    ('2026-01-05T07:59:00', 4, '20260105075900', 'b')
    """
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


def _moment(text: str) -> tuple[datetime | None, str]:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=times.CHINA), form
        except ValueError:
            continue
    return None, ""
