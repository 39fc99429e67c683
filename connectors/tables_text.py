"""Decimals, days and moments of PostgreSQL as its own exact texts, which no driver turns into objects and back.

What the server writes is what a record holds, but for a moment (``T`` between day and time, a fraction of
six digits). Of such columns a page is asked for texts, and a batch is written as texts. Whatever does not
look as it must is left to the slower way: ``tables_exact`` and ``tables_fit``, which these must equal.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, cast
from sqlalchemy import types as sql

_DAYS = re.compile(r"(?:\d{4}-\d\d-\d\d\n)*+", re.ASCII)
_MOMENTS = re.compile(r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\n)*+", re.ASCII)
_WRITTEN = re.compile(r"(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(?!000000)\d{6})?\n)*+", re.ASCII)


def speaks(dialect: Any) -> bool:
    """Does this driver speak texts and COPY as psycopg does?"""
    return bool(dialect.name == "postgresql" and dialect.driver == "psycopg")


def names(dialect: Any, columns: Iterable[Column[Any]]) -> frozenset[str]:
    """The columns whose texts are exact, whatever the session. (That of a moment with a zone is not.)"""
    return (
        frozenset(str(c.name) for c in columns if _is_exact(c)) if speaks(dialect) else frozenset()
    )


def _is_exact(column: Column[Any]) -> bool:
    kind = column.type
    if isinstance(kind, sql.DateTime):
        return not kind.timezone
    return isinstance(kind, sql.Date) or (
        isinstance(kind, sql.Numeric) and not isinstance(kind, sql.Float)
    )


def asked(columns: Iterable[Column[Any]], texts: Collection[str]) -> list[ColumnElement[Any]]:
    """What is selected for these columns, of which some are told as texts."""
    return [cast(c, sql.Text) if c.name in texts else c for c in columns]


def exact(column: Column[Any], values: Sequence[str | None]) -> Sequence[str | None] | None:
    """The server's texts as a record holds them; None: they are in some other form.

    >>> exact(Column("a", sql.DateTime()), ["2026-01-05 08:00:00", None, "2026-01-05 08:00:00.5"])
    ['2026-01-05T08:00:00', None, '2026-01-05T08:00:00.500000']
    >>> exact(Column("a", sql.Date()), ["infinity"]) is None
    True
    """
    if isinstance(column.type, sql.DateTime):
        return _stated(values, _moments)
    return values if isinstance(column.type, sql.Numeric) or _all(_DAYS, values) else None


def is_fitting(kind: Any, values: Sequence[Any]) -> bool:
    """Surely all of them are texts that the column holds just so; False: perhaps not."""
    if not {*map(type, values)} <= {str, type(None)}:
        return False
    if isinstance(kind, sql.Numeric):
        pattern = _numbers(kind)
        return pattern is not None and _all(pattern, values)
    if isinstance(kind, sql.DateTime):
        return _all(_WRITTEN, values) and _are(datetime.fromisoformat, values)
    return _all(_DAYS, values) and _are(date.fromisoformat, values)


def _moments(texts: list[str]) -> list[str] | None:
    joined = "\n".join(texts)
    if not _all(_MOMENTS, texts):
        return None
    if "." in joined:
        return [datetime.fromisoformat(each).isoformat() for each in texts]
    return joined.replace(" ", "T").split("\n")


def _numbers(kind: Any) -> re.Pattern[str] | None:
    """As few digits on both sides as the column takes; None where that is not said so simply."""
    scale = 20 if kind.scale is None else kind.scale
    room = 20 if kind.precision is None else kind.precision - (kind.scale or 0)
    if room < 1 or scale < 0:
        return None
    fraction = rf"(?:\.\d{{1,{scale}}})?" if scale else ""
    return re.compile(rf"(?:-?(?:0|[1-9]\d{{0,{room - 1}}}){fraction}\n)*+", re.ASCII)


def _all(pattern: re.Pattern[str], values: Sequence[str | None]) -> bool:
    """Is each a line of the pattern? One that holds a line feed is two."""
    texts = [value for value in values if value is not None]
    joined = "\n".join([*texts, ""])
    return joined.count("\n") == len(texts) and pattern.fullmatch(joined) is not None


def _are(read: Callable[[str], Any], values: Sequence[str | None]) -> bool:
    try:
        deque(map(read, (value for value in values if value is not None)), 0)
    except ValueError:
        return False
    return True


def _stated(
    values: Sequence[str | None], make: Callable[[list[str]], list[str] | None]
) -> Sequence[str | None] | None:
    """With what ``make`` makes of those that are stated."""
    texts = [value for value in values if value is not None]
    made = make(texts) if texts else []
    if made is None or len(texts) == len(values):
        return made
    left = iter(made)
    return [None if value is None else next(left) for value in values]
