"""Many records as rows of a table, column by column: exactly, or not at all (``tables_value``).

A column of plain texts or whole numbers is looked at as a whole; only where something may not fit
is each value looked at, so that a first load is not spent on asking what is almost always so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column
from sqlalchemy import types as sql

from connectors import tables_text
from connectors.tables_row import exact
from connectors.tables_value import NOT_FITTING, fitted_one, misfit
from exchange import records as told_records
from exchange.errors import Invalid, Problem
from exchange.ports import Record

Row = tuple[Any, ...]
_NOTHING = type(None)


def rows(
    columns: Sequence[Column[Any]], records: Sequence[Record]
) -> tuple[list[Row], Mapping[int, Invalid]]:
    """A row for each record (None where it says nothing), and what is wrong, by the record's number.

    >>> made, wrong = rows([Column("a", sql.Integer())], [{"a": 1}, {"a": "x"}, {}])
    >>> made[0], made[2], wrong[1].code
    ((1,), (None,), 'tables.does-not-fit')
    """
    made, wrong = by_column(columns, records)
    return list(zip(*made, strict=True)), wrong


def by_column(
    columns: Sequence[Column[Any]], records: Sequence[Record], texts: Collection[str] = ()
) -> tuple[list[Sequence[Any]], Mapping[int, Invalid]]:
    """The same, a sequence for each column. ``texts``: columns that are written as exact texts.

    >>> by_column([Column("a", sql.Numeric(6, 2))], [{"a": "1.50"}, {"a": "+1.5"}], ["a"])
    ([['1.50', '1.5']], {})
    """
    problems: dict[int, list[Problem]] = {}
    made: list[Sequence[Any]] = []
    for column in columns:
        values = told_records.column(records, str(column.name))
        as_text = column.name in texts
        if not (as_text and tables_text.is_fitting(column.type, values)):
            values = _column(column, values, problems)
            values = [None if v is None else exact(v) for v in values] if as_text else values
        made.append(values)
    return made, {number: Invalid.of(told) for number, told in problems.items()}


def _column(
    column: Column[Any], values: Sequence[Any], problems: dict[int, list[Problem]]
) -> Sequence[Any]:
    if _fits(column.type, values):
        return values
    quick = _quick(column.type, values)
    if quick is not None:
        return quick
    made: list[Any] = []
    for number, value in enumerate(values):
        try:
            made.append(fitted_one(value, column.type))
        except NOT_FITTING as error:
            made.append(None)
            problems.setdefault(number, []).append(misfit(column.name, column.type, error))
    return made


def _fits(kind: Any, values: Sequence[Any]) -> bool:
    """Surely all of them as they are; False: perhaps."""
    kinds = {*map(type, values)} - {_NOTHING}
    if isinstance(kind, sql.Integer):
        return kinds <= {int}
    if not isinstance(kind, sql.String) or not kinds <= {str}:
        return False
    texts = [value for value in values if value is not None]
    longest = max(map(len, texts), default=0)
    is_short = kind.length is None or longest <= kind.length
    return is_short and _is_text("".join(texts))


def _quick(kind: Any, values: Sequence[Any]) -> list[Any] | None:
    """The same as one by one, for texts that surely fit; None: perhaps not."""
    make = next((make for family, make in _MAKERS if isinstance(kind, family)), None)
    if make is None or isinstance(kind, sql.Float) or not {*map(type, values)} <= {str, _NOTHING}:
        return None
    try:
        return [None if value is None else make(value, kind) for value in values]
    except NOT_FITTING:
        return None


def _decimal(text: str, kind: Any) -> Decimal:
    """Few enough digits on both sides, and nothing but digits: no leading zeros, no exponent."""
    whole, _, fraction = text.removeprefix("-").partition(".")
    room = 20 if kind.precision is None else kind.precision - (kind.scale or 0)
    if len(fraction) > (20 if kind.scale is None else kind.scale) or len(whole) > room:
        raise ValueError
    if not (whole + fraction).isdecimal() or not text.isascii():
        raise ValueError
    if not whole or (whole[0] == "0" and len(whole) > 1):
        raise ValueError
    return Decimal(text)


def _day(text: str, _: Any) -> date:
    if len(text) != len("2026-01-05") or text.startswith("0000"):
        raise ValueError
    return date.fromisoformat(text)


def _moment(text: str, kind: Any) -> datetime:
    """Without a zone, into a column without one: both are China's time."""
    found = datetime.fromisoformat(text)
    if kind.timezone or found.tzinfo or len(text) < len("2026-01-05T08:00:00"):
        raise ValueError
    return found


_MAKERS: tuple[tuple[Any, Callable[[str, Any], Any]], ...] = (
    (sql.Numeric, _decimal),
    (sql.DateTime, _moment),
    (sql.Date, _day),
)


def _is_text(text: str) -> bool:
    """No NUL, which PostgreSQL can't hold, and no half of a surrogate pair."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False
