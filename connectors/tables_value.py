"""A record's value as a column holds it: exactly, or not at all.

Databases are obliging: PostgreSQL rounds a third decimal away, MySQL outside its strict mode cuts
texts and turns 31 February into a zero date. So what a column cannot hold exactly is found here,
before anything is sent, and told for all columns at once.

Times without a zone are China's, in records and in columns alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy import types as sql

from exchange import times
from exchange.errors import Invalid, Problem


def fitted(row: Mapping[str, Any], columns: Mapping[str, Column[Any]]) -> dict[str, Any]:
    """The values for an insert or a comparison. ``Invalid`` names every column that can't hold its.

    Whole numbers and texts fit a number, a text fits a date (``2026-01-05``) and a time
    (``2026-01-05T08:00:00+08:00``), a boolean fits a boolean or a small number.
    """
    made: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in row.items():
        kind = columns[name].type
        try:
            made[name] = fitted_one(value, kind)
        except NOT_FITTING as error:
            problems.append(misfit(name, kind, error))
    if problems:
        raise Invalid.of(problems)
    return made


NOT_FITTING = (ValueError, ArithmeticError, AttributeError)
"""What ``fitted_one`` raises for a value that the column can't hold exactly."""


def misfit(name: str, kind: sql.TypeEngine[Any], error: Exception) -> Problem:
    """Why a value does not fit a column."""
    reason = error.args[0] if error.args and error.args[0] in _REASONS else "form"
    return Problem(
        "tables.does-not-fit", {"column": name, "type": type(kind).__name__, "reason": reason}
    )


_REASONS = ("too long", "decimals", "digits", "zero date", "character", "leading zeros")
_WHOLE = re.compile(r"[+-]?(?:0|[1-9][0-9]*)", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)
_ZEROS = re.compile(r"[+-]?0[0-9]")


def fitted_one(value: Any, kind: sql.TypeEngine[Any]) -> Any:
    """One value as the column holds it; ``NOT_FITTING`` if it can't."""
    if value is None:
        return None
    for family, fit in _FITS:
        if isinstance(kind, family):
            return fit(value, kind)
    raise ValueError("form")


def _text(value: Any, kind: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("form")
    text = str(value)
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("character")
    if kind.length is not None and len(text) > kind.length:
        raise ValueError("too long")
    return text


def _whole(value: Any, kind: Any) -> int:
    if isinstance(value, Decimal) and value == int(value):
        return int(value)
    if isinstance(value, str):
        return int(_exact(value, _WHOLE))
    if isinstance(value, int):
        return int(value)
    raise ValueError("form")


def _exact(text: str, pattern: re.Pattern[str]) -> str:
    """A number that says all that its text does: of ``0042`` a number column would keep 42, and
    what begins with zeros is mostly the name of something.
    """
    if not pattern.fullmatch(text):
        raise ValueError("leading zeros" if _ZEROS.match(text) else "form")
    return text


def _decimal(value: Any, kind: Any) -> Decimal:
    """Without a rounding: ``numeric(12,2)`` takes neither 0.001 nor eleven digits before the point.

    >>> _decimal("1234567890.10", sql.Numeric(12, 2))
    Decimal('1234567890.10')
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("form")
    number = Decimal(_exact(value, _NUMBER) if isinstance(value, str) else value)
    if not number.is_finite():
        raise ValueError("form")
    decimals = -int(number.normalize().as_tuple().exponent) if number else 0
    if kind.scale is not None and decimals > kind.scale:
        raise ValueError("decimals")
    whole = number.adjusted() + 1 if number else 0
    if kind.precision is not None and whole > kind.precision - (kind.scale or 0):
        raise ValueError("digits")
    return number


def _day(value: Any, kind: Any) -> date:
    if type(value) is date:
        return value
    return date.fromisoformat(_calendar(value, (10,)))


def _moment(value: Any, kind: Any) -> datetime:
    """Into the column's way: with a zone, or China's time without one."""
    told: datetime = (
        value
        if isinstance(value, datetime)
        else datetime.fromisoformat(_calendar(value, range(19, 33)))
    )
    if told.tzinfo is None:
        told = told.replace(tzinfo=times.CHINA)
    if getattr(kind, "timezone", False):
        return told  # the driver sends the zone with it
    return told.astimezone(times.CHINA).replace(tzinfo=None)


def _clock(value: Any, kind: Any) -> time:
    if isinstance(value, str) and len(value) in (5, 8):
        return time.fromisoformat(value)
    raise ValueError("form")


def _calendar(value: Any, lengths: Any) -> str:
    if not isinstance(value, str) or len(value) not in lengths:
        raise ValueError("form")
    if value.startswith("0000"):
        raise ValueError("zero date")
    return value


def _truth(value: Any, kind: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("form")


_FITS: tuple[tuple[Any, Callable[[Any, Any], Any]], ...] = (
    (sql.Float, lambda value, kind: _refused()),
    (sql.Boolean, _truth),
    (sql.Integer, _whole),
    (sql.Numeric, _decimal),
    (sql.DateTime, _moment),
    (sql.Date, _day),
    (sql.Time, _clock),
    (sql.Uuid, lambda value, kind: UUID(value)),
    (sql.String, _text),
)
"""First match wins. Floats have no exact text, and a money column should not be one."""


def _refused() -> Any:
    raise ValueError("form")


def same(ours: Any, theirs: Any, kind: sql.TypeEngine[Any]) -> bool:
    """Is what lies in the column what was sent? ``char(10)`` comes back filled with blanks.

    >>> same("a", "a   ", sql.CHAR(4)), same("a", "A", sql.String(4)), same(True, 1, sql.Integer())
    (True, False, True)
    """
    if isinstance(kind, sql.CHAR) and isinstance(theirs, str):
        return str(ours).rstrip(" ") == theirs.rstrip(" ")
    if isinstance(ours, time) and isinstance(theirs, timedelta):  # MySQL's TIME
        told = timedelta(hours=ours.hour, minutes=ours.minute, seconds=ours.second)
        return told == theirs
    return bool(ours == theirs)
