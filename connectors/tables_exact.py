"""Many rows of a table as records, column by column: the same exact texts as ``tables_row`` gives.

A row at a time would look at the type of each value; a column holds values of one type, and most
columns need no change at all. Whole numbers beyond 2^53 become texts, for a record keeps them so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column
from sqlalchemy import types as sql

from connectors import tables_text
from connectors.tables_row import EXACT, ZeroDate, exact, problem
from exchange import canonical
from exchange.errors import Invalid
from exchange.ports import Record
from exchange.records import Records

_NOTHING = type(None)
_QUICK: Mapping[type, Callable[[Any], str]] = {
    Decimal: lambda value: format(value, "f"),
    date: date.isoformat,
    datetime: lambda value: value.isoformat() if value.tzinfo is None else exact(value),
}
"""The same as ``exact``, for columns of one type."""


def records(
    columns: Sequence[Column[Any]], rows: Sequence[Sequence[Any]]
) -> Sequence[Record | Invalid]:
    """Each row without what is not stated; ``Invalid`` for one with a value that has no exact text.

    >>> from decimal import Decimal
    >>> made = records([Column("a", sql.Integer()), Column("b", sql.Numeric())], [(2**60, Decimal("1.50"))])
    >>> list(made)
    [{'a': '1152921504606846976', 'b': '1.50'}]
    """
    if not rows:
        return []
    by_column = zip(columns, zip(*rows, strict=True), strict=False)
    told = Records([str(c.name) for c in columns], [_column(c, values) for c, values in by_column])
    wrong = any(_Wrong in {*map(type, values)} for values in told.columns)
    return [_checked(record) for record in told] if wrong else told


def of_texts(
    columns: Sequence[Column[Any]], rows: Sequence[Sequence[Any]], texts: Collection[str]
) -> Records | None:
    """The same of rows that were asked for as texts (``tables_text.asked``); None: they are in another form."""
    told: list[Sequence[Any]] = []
    for column, values in zip(columns, zip(*rows, strict=True), strict=False):
        is_text = column.name in texts
        found = tables_text.exact(column, values) if is_text else _column(column, values)
        if found is None or _Wrong in {*map(type, found)}:
            return None
        told.append(found)
    return Records([str(column.name) for column in columns], told)


def _checked(record: Record) -> Record | Invalid:
    wrong = [(n, value.value) for n, value in record.items() if isinstance(value, _Wrong)]
    return Invalid.of(problem(name, value) for name, value in wrong) if wrong else record


class _Wrong:
    """A value that has no exact text."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _column(column: Column[Any], values: Sequence[Any]) -> Sequence[Any]:
    kinds = {*map(type, values)} - {_NOTHING}
    dated = isinstance(column.type, sql.Date | sql.DateTime)
    if kinds <= {str} and not dated:
        return values
    if kinds <= {int} and all(value is None or _is_small(value) for value in values):
        return values
    quick = _QUICK.get(next(iter(kinds))) if len(kinds) == 1 else None
    if quick is not None:
        return [None if value is None else quick(value) for value in values]
    return [_told(value, dated=dated) for value in values]


def _told(value: Any, *, dated: bool) -> Any:
    if value is None:
        return None
    if dated and isinstance(value, str):  # MySQL's zero date
        return _Wrong(ZeroDate())
    if not isinstance(value, EXACT):
        return _Wrong(value)
    found = exact(value)
    return str(found) if found.__class__ is int and not _is_small(found) else found


def _is_small(value: int) -> bool:
    return -canonical.EXACT <= value <= canonical.EXACT
