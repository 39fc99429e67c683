"""Read a table in pages behind a place (keyset): each page costs the same, however deep it lies.

``OFFSET`` would count all rows before, and rows that are put in or taken out meanwhile would shift
it. The place is the last row's values of the columns that order it. It is compared column by column
(``a >= x AND (a > x OR (a = x AND b > y))``): every database knows that, and uses an index for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    func,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy import types as sql

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Span:
    """Which rows of a table are read, in the order of some columns."""

    after: tuple[Any, ...] = ()
    """Values of the ordering columns of the last row that was read; empty: none was."""
    low: Any = None
    """The first ordering column is at least this; a tuple: so many of them, compared one after the other."""
    high: Any = None
    """It is, or they are, at most this."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """The columns of a table that are read, and what orders it: together that names one row."""

    table: Table
    columns: tuple[ColumnElement[Any], ...]
    order: tuple[ColumnElement[Any], ...]

    @classmethod
    def of(
        cls, table: Table, columns: tuple[Column[Any], ...], order: Sequence[Column[Any]], *,
        dialect: str,
    ) -> Ordered:  # fmt: skip
        """SQLite keeps times as texts, in whichever form they came: there they are compared as they lie."""
        raw = dialect == "sqlite"
        plain = [type_coerce(c, sql.String()) if raw and _is_time(c) else c for c in order]
        return cls(table, columns, tuple(plain))

    def page(self, connection: Connection, span: Span, limit: int) -> Sequence[Row]:
        """The next rows: what is read, followed by the values that order it."""
        query = select(*self.columns, *self._labelled).where(self._in(span))
        stated = [column.is_not(None) for column in self.order]
        return connection.execute(query.where(*stated).order_by(*self.order).limit(limit)).all()

    def nameless(self, connection: Connection, limit: int) -> Sequence[Row]:
        """Rows without a value in a column that orders them: no page ever has them."""
        missing = or_(*(column.is_(None) for column in self.order))
        query = select(*self.columns, *self._labelled).where(missing).limit(limit)
        return connection.execute(query).all()

    def repeated(self, connection: Connection, key: int, limit: int) -> Sequence[Row]:
        """The last ``key`` values of the order, where several rows have the same."""
        by = self.order[-key:]
        query = select(*by).group_by(*by).having(func.count() > 1).limit(limit)
        return connection.execute(query).all()

    def newest(self, connection: Connection, marks: int = 1) -> Any:
        """The greatest value of the first ordering column, or of so many, as a tuple; None if there is none."""
        if marks == 1:
            return connection.execute(select(func.max(self.order[0]))).scalar()
        first = self.order[:marks]
        stated = [column.is_not(None) for column in first]
        query = select(*first).where(*stated).order_by(*(column.desc() for column in first))
        found = connection.execute(query.limit(1)).first()
        return None if found is None else tuple(found)

    def count(self, connection: Connection) -> int:
        """How many rows the table has."""
        return int(connection.execute(select(func.count()).select_from(self.table)).scalar() or 0)

    @property
    def _labelled(self) -> list[ColumnElement[Any]]:
        """Under names of their own: one of them may be read as well."""
        return [column.label(f"zhida_order_{at}") for at, column in enumerate(self.order)]

    def _in(self, span: Span) -> ColumnElement[bool]:
        bounds = [least(self.order, _values(span.low))] if span.low is not None else []
        bounds += [most(self.order, _values(span.high))] if span.high is not None else []
        return and_(true(), *bounds, behind(self.order, span.after))


def _is_time(column: Column[Any]) -> bool:
    return isinstance(column.type, sql.Date | sql.DateTime | sql.Time)


def behind(order: Sequence[ColumnElement[Any]], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows after these values in this order; every row, if there are none."""
    if not values:
        return true()
    first, value = order[0], values[0]
    beyond: ColumnElement[bool] = first > value
    if len(values) == 1:
        return beyond
    return and_(first >= value, or_(beyond, behind(order[1:], values[1:])))


def least(order: Sequence[ColumnElement[Any]], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows that begin with these values, or come after such."""
    first, value = order[0], values[0]
    at_least: ColumnElement[bool] = first >= value
    if len(values) == 1:
        return at_least
    return and_(at_least, or_(first > value, least(order[1:], values[1:])))


def most(order: Sequence[ColumnElement[Any]], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows that begin with these values, or come before such."""
    first, value = order[0], values[0]
    at_most: ColumnElement[bool] = first <= value
    if len(values) == 1:
        return at_most
    return and_(at_most, or_(first < value, most(order[1:], values[1:])))


def _values(mark: Any) -> tuple[Any, ...]:
    return mark if isinstance(mark, tuple) else (mark,)
