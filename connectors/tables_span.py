"""The span of a cursor's column that a person names: from, and to."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import Column
from sqlalchemy import types as sql

from connectors.tables_keyset import Span
from connectors.tables_value import NOT_FITTING, fitted_one, misfit
from exchange.errors import Invalid

DAY = re.compile(r"[0-9]{4}([-/]?)[0-9]{2}\1[0-9]{2}", re.ASCII)
"""A whole day, as a person writes it."""
_LAST = "z"
"""Behind a day written as text: after each hour of it (`` 23``, ``T23``, ``23``), before the next day."""


def span(column: Column[Any], begin: str, end: str, *, dialect: str) -> Span:
    """Both ends in it; of a day given for an end, the whole day. Times in texts are compared as they lie.

    ``Invalid`` for what the column can't hold, for a day that is none, for an end before its beginning.
    """
    ends = _texts(begin, end) if _is_text(column, dialect) else _values(column, begin, end)
    if ends[0] > ends[1]:
        raise Invalid("sync.no-span", begin=begin[:40], end=end[:40])
    return Span(low=ends[:1], high=ends[1:])


def _is_text(column: Column[Any], dialect: str) -> bool:
    """SQLite keeps times as texts, in whichever form they came."""
    if dialect == "sqlite":
        return not isinstance(column.type, sql.Integer)
    return isinstance(column.type, sql.String)


def _texts(begin: str, end: str) -> tuple[str, str]:
    for text in (begin, end):
        found = DAY.match(text)
        if found and found[1] and not _is_day(found[0]):  # digits alone may be a number
            raise Invalid("sync.no-span", begin=begin[:40], end=end[:40])
    return begin, f"{end}{_LAST}" if DAY.fullmatch(end) else end


def _is_day(text: str) -> bool:
    """Is it one in the calendar?

    >>> _is_day("2024-02-29"), _is_day("2026-02-29"), _is_day("2026/02/28")
    (True, False, True)
    """
    try:
        return bool(date.fromisoformat(text.replace("/", "-")))
    except ValueError:
        return False


def _iso(day: str) -> str:
    """As ISO 8601 has it.

    >>> _iso("20260105"), _iso("2026/01/05")
    ('2026-01-05', '2026-01-05')
    """
    digits = re.sub(r"[-/]", "", day)
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def _values(column: Column[Any], begin: str, end: str) -> tuple[Any, Any]:
    if isinstance(column.type, sql.DateTime):
        begin = f"{_iso(begin)}T00:00:00" if DAY.fullmatch(begin) else begin
        end = f"{_iso(end)}T23:59:59.999999" if DAY.fullmatch(end) else end
    try:
        return fitted_one(begin, column.type), fitted_one(end, column.type)
    except NOT_FITTING as error:
        raise Invalid.of([misfit(column.name, column.type, error)]) from None
