"""A row of a table as canonical JSON bytes: dates and decimals as text, exactly; absent is absent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from connectors import json_text
from exchange.errors import Invalid, Problem
from exchange.ports import Parcel


def parcel(row: Mapping[str, Any], names: Mapping[str, Any], at: datetime | None) -> Parcel:
    """The row, keyed by the digest of what it holds, so that a changed row is another parcel.

    ``names`` are the key columns with their values: the key of a row that can't be written.
    """
    try:
        raw = written(row)
    except Invalid as error:
        return Parcel(_digest(repr(sorted(names.items())).encode()), b"", at, error)
    return Parcel(_digest(raw), raw, at)


def written(row: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON with sorted keys. ``Invalid`` names every column that has no exact text.

    >>> written({"b": Decimal("1.50"), "a": date(2026, 1, 5), "c": None})
    b'{"a":"2026-01-05","b":"1.50"}'
    """
    # str(): SQLAlchemy's names are a kind of text of their own.
    told = {str(name): row[name] for name in sorted(row) if row[name] is not None}
    wrong = [name for name in told if not isinstance(told[name], EXACT)]
    if wrong:
        raise Invalid.of(problem(name, told[name]) for name in wrong)
    return json_text.written({name: exact(value) for name, value in told.items()})


class ZeroDate:
    """``0000-00-00``, which stands in MySQL for a date that nobody knows, or that was damaged."""


def problem(column: str, value: Any) -> Problem:
    """Why a value has no exact text."""
    if isinstance(value, ZeroDate):
        return Problem("tables.zero-date", {"column": column})
    return Problem("tables.value", {"column": column, "type": type(value).__name__})


EXACT = (str, int, Decimal, date, time, timedelta, UUID)


def exact(value: Any) -> Any:
    """A value as a record holds it: whole numbers, truth and texts as they are, all else as text."""
    if value.__class__ is str or value.__class__ is int:
        return value
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(UTC)  # the session's zone must not change the digest
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, timedelta):  # MySQL's TIME
        return _clock(value)
    return value if isinstance(value, str | int) else str(value)


def _clock(value: timedelta) -> str:
    """Hours may exceed a day; a fraction has six digits, as in a ``time``.

    >>> _clock(timedelta(hours=1, seconds=2)), _clock(-timedelta(minutes=1, microseconds=500))
    ('01:00:02', '-00:01:00.000500')
    """
    minutes, rest = divmod(abs(value), timedelta(minutes=1))
    told = f"{minutes // 60:02}:{minutes % 60:02}:{rest.seconds:02}"
    fraction = f".{rest.microseconds:06}" if rest.microseconds else ""
    return f"{'-' if value < timedelta() else ''}{told}{fraction}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
