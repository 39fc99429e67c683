"""Bring a batch about in a table: new rows put in, known ones changed, some taken away; all or nothing.

A row that the database refuses is found by halving, within savepoints, and told; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, delete, insert, update
from sqlalchemy.exc import DBAPIError

from connectors import tables_copy, tables_lookup, tables_text
from connectors.tables_fit import Row
from connectors.tables_lookup import Key
from connectors.tables_refusals import refusal
from exchange.errors import Rejected


@dataclass(slots=True)
class Applying:
    """Rows on their way into one table, within one transaction."""

    connection: Connection
    table: Table
    columns: Sequence[Column[Any]]
    key: Sequence[Column[Any]]
    refused: dict[Key, Rejected] = field(default_factory=dict)

    def put(
        self, rows: Mapping[Key, Row], *, over: bool, known: Collection[Key] | None = None
    ) -> None:
        """Rows by key. ``over``: one that is there says what ours says; else it is left as it is.

        ``known``: the keys that are there, if that was asked just now.
        """
        if known is None:
            known = tables_lookup.by_key(self.connection, self.table, (), list(rows), key=self.key)
        new = {key: row for key, row in rows.items() if key not in known}
        old = {key: row for key, row in rows.items() if key in known} if over else {}
        self._each(new, self._insert)
        self._each(old, self._change)

    def remove(self, keys: Sequence[Key]) -> None:
        """Take away the rows with these keys."""
        self._each({key: key for key in keys}, self._delete)

    def _each(self, rows: Mapping[Key, Row], act: Callable[[Sequence[Row]], None]) -> None:
        if not rows:
            return
        point = self.connection.begin_nested()
        try:
            act(list(rows.values()))
            point.commit()
        except DBAPIError as error:
            refused = refusal(error.orig, self.table)
            if refused is None:
                raise
            point.rollback()
            self._apart(rows, act, refused)

    def _apart(
        self, rows: Mapping[Key, Row], act: Callable[[Sequence[Row]], None], refused: Rejected
    ) -> None:
        """One row is the culprit; of many, each half is tried by itself."""
        keys = list(rows)
        if len(keys) == 1:
            self.refused[keys[0]] = refused
            return
        half = len(keys) // 2
        for some in (keys[:half], keys[half:]):
            self._each({key: rows[key] for key in some}, act)

    def _insert(self, rows: Sequence[Row]) -> None:
        if tables_text.speaks(self.connection.dialect):
            tables_copy.insert(self.connection, self.table, self.columns, rows)
            return
        names = [column.name for column in self.columns]
        values = [dict(zip(names, row, strict=True)) for row in rows]
        self.connection.execute(insert(self.table), values)

    def _change(self, rows: Sequence[Row]) -> None:
        if tables_text.speaks(self.connection.dialect):
            tables_copy.change(self.connection, self.table, self.columns, rows, key=self.key)
            return
        names = {column.name for column in self.key}
        told: dict[str, Any] = {c.name: bindparam(f"to_{at}") for at, c in enumerate(self.columns)}
        values = {name: to for name, to in told.items() if name not in names}
        if values:
            same = [column == told[column.name] for column in self.key]
            places = [f"to_{at}" for at in range(len(self.columns))]
            changes = [dict(zip(places, row, strict=True)) for row in rows]
            self.connection.execute(update(self.table).where(*same).values(values), changes)

    def _delete(self, keys: Sequence[Row]) -> None:
        if tables_text.speaks(self.connection.dialect):
            tables_copy.remove(self.connection, self.table, keys, key=self.key)
            return
        for which in tables_lookup.conditions(self.key, keys):
            self.connection.execute(delete(self.table).where(which))
