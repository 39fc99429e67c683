"""Many rows of a table as records, column by column: the same exact texts as ``tables_row`` gives.

A row at a time would look at the type of each value; a column holds values of one type, and most
columns need no change at all. Whole numbers beyond 2^53 become texts, for a record keeps them so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column
from sqlalchemy import types as sql

from connectors.tables_row import EXACT, ZeroDate, exact, problem
from exchange import canonical
from exchange.errors import Invalid
from exchange.ports import Record

_NOTHING = type(None)
_QUICK: Mapping[type, Callable[[Any], str]] = {
    Decimal: lambda value: format(value, "f"),
    date: date.isoformat,
    datetime: lambda value: value.isoformat() if value.tzinfo is None else exact(value),
}
"""The same as ``exact``, for columns of one type."""


def records(
    columns: Sequence[Column[Any]], rows: Sequence[Sequence[Any]]
) -> list[Record | Invalid]:
    """Each row without what is not stated; ``Invalid`` for one with a value that has no exact text.

    >>> from decimal import Decimal
    >>> records([Column("a", sql.Integer()), Column("b", sql.Numeric())], [(2**60, Decimal("1.50"))])
    [{'a': '1152921504606846976', 'b': '1.50'}]
    """
    names = [str(column.name) for column in columns]
    told = [
        _column(column, values)
        for column, values in zip(columns, zip(*rows, strict=True), strict=False)
    ]
    made = [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in zip(*told, strict=True)
    ]
    wrong = any(value.__class__ is _Wrong for values in told for value in values)
    return [_checked(record) for record in made] if wrong else list(made)


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
