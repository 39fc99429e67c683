"""When two rows say the same: ours and the one that is there, or those of two databases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Column
from sqlalchemy import types as sql

from connectors.tables_row import exact
from connectors.tables_value import NOT_FITTING, fitted_one, same


def comparable(column: Column[Any], value: Any) -> str:
    """Without what a column's type adds: blanks of ``char``, zeros behind a decimal's last digit."""
    if isinstance(column.type, sql.Numeric) and isinstance(value, str):
        value = Decimal(value)
    if isinstance(value, Decimal):
        whole, point, fraction = format(value, "f").partition(".")
        return f"{whole}{point}{fraction}".rstrip("0").rstrip(".") if point else whole
    told = str(exact(value))
    return told.rstrip(" ") if isinstance(column.type, sql.CHAR) else told


def is_same(ours: Any, theirs: Any, column: Column[Any]) -> bool:
    """As values of the column's type: either may be told as a text."""
    if ours is None or theirs is None:
        return ours is theirs
    mine, yours = (_typed(value, column.type) for value in (ours, theirs))
    return same(mine, yours, column.type)


def _typed(value: Any, kind: sql.TypeEngine[Any]) -> Any:
    if not isinstance(value, str) or not isinstance(kind, sql.Numeric | sql.Date | sql.DateTime):
        return value
    try:
        return fitted_one(value, kind)
    except NOT_FITTING:  # MySQL's zero date
        return value
