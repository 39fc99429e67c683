"""Decimals of SQLite as they lie there: its ``NUMERIC(14,2)`` keeps 1.005, and texts that are no number, too."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from sqlalchemy import types as sql


class _AsItLies:
    """SQLAlchemy would round to the places that the column names, and a wrong value would pass for a right one."""

    scale: int | None

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], Any]:
        return partial(as_it_lies, places=self.scale)


class NUMERIC(_AsItLies, sql.NUMERIC[Any]):
    """Under the name that the table gives it: reports and contracts tell it."""


class DECIMAL(_AsItLies, sql.DECIMAL[Any]):
    """Under the name that the table gives it: reports and contracts tell it."""


def as_it_lies(value: Any, *, places: int | None) -> Any:
    """With the column's places where that changes nothing; a text that is no number stays one.

    >>> [as_it_lies(value, places=2) for value in (1, 1.5, 1.005, "soon", None)]
    [Decimal('1.00'), Decimal('1.50'), Decimal('1.005'), 'soon', None]
    """
    if not isinstance(value, int | float):
        return value
    number = Decimal(repr(value))
    try:
        told = number.quantize(Decimal(1).scaleb(-(places or 0)))
    except InvalidOperation:
        return number
    return told if told == number else number


def take_exactly(inspector: Any, table: Any, told: dict[str, Any]) -> None:
    """A listener of SQLAlchemy's ``column_reflect``."""
    found = told["type"]
    if isinstance(found, sql.Numeric) and not isinstance(found, sql.Float):
        kind = DECIMAL if isinstance(found, sql.DECIMAL) else NUMERIC
        told["type"] = kind(found.precision, found.scale)
