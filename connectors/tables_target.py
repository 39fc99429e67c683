"""A table that a sync writes: what is there already, and batches that are brought about once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, text
from sqlalchemy import types as sql

from connectors import tables_exact, tables_fit, tables_lookup
from connectors.tables_apply import Applying
from connectors.tables_database import Database
from connectors.tables_fit import Row
from connectors.tables_keyset import Ordered, Span
from connectors.tables_lookup import Key
from connectors.tables_place import Places
from connectors.tables_row import exact
from connectors.tables_value import same
from exchange.errors import Fatal, Invalid, Rejected
from exchange.ports import Record


@dataclass(frozen=True, slots=True)
class Fitted:
    """Records as rows of the table, by key; and those that do not fit, by their number."""

    rows: Mapping[int, Row]
    keys: Mapping[int, Key]
    wrong: Mapping[int, Invalid]


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be brought about at once, and after which batch."""

    sync: str
    id: str
    after: str
    at: str
    over: bool = True
    rows: Mapping[Key, Row] = field(default_factory=dict)
    gone: Sequence[Key] = ()
    known: Collection[Key] | None = None
    """Of the rows, those that are there, if that was asked just now."""


class TargetTable:
    """One table of a database, for one thread at a time; owns the database."""

    repeats = False

    def __init__(self, database: Database, about: Mapping[str, Any]) -> None:
        """``about``: ``table``, ``schema``, ``key``, ``columns`` (those that the sync writes)."""
        self._database = database
        self._chosen = database.choose(about, ())
        self._places = Places.of(about.get("schema"))

    def prepare(self) -> None:
        """See that a batch can be brought about whole or not at all, and remembered."""
        self._require_rollback()
        self._places.prepare(self._database)

    def last(self, sync: str) -> str:
        """The batch of this sync that was done last; empty: none."""
        with self._database.begin() as connection:
            return self._places.last(connection, sync)

    def fit(self, records: Sequence[Record]) -> Fitted:
        """The records as rows."""
        rows, wrong = tables_fit.rows(self._chosen.columns, records)
        names = [column.name for column in self._chosen.columns]
        at = [names.index(column.name) for column in self._chosen.key]
        told = {number: row for number, row in enumerate(rows) if number not in wrong}
        found = {n: tuple(row[place] for place in at) for n, row in told.items()}
        keys = {n: tables_lookup.plain(key, self._chosen.key) for n, key in found.items()}
        lost = {n: self._no_key() for n, key in keys.items() if None in key}
        return Fitted(
            {n: row for n, row in told.items() if n not in lost},
            {n: key for n, key in keys.items() if n not in lost},
            {**wrong, **lost},
        )

    def known(self, keys: Sequence[Key]) -> dict[Key, Sequence[Any]]:
        """What is there under these keys."""
        chosen = self._chosen
        with self._database.begin() as connection:
            return tables_lookup.by_key(
                connection, chosen.table, chosen.columns, keys, key=chosen.key
            )

    def is_same(self, ours: Row, theirs: Sequence[Any]) -> bool:
        """Does the row that is there say what ours says?"""
        if not theirs or tuple(theirs) == ours:
            return bool(theirs)
        told = zip(ours, theirs, self._chosen.columns, strict=True)
        return all(_same(mine, yours, column) for mine, yours, column in told)

    def told(self, row: Sequence[Any]) -> Record:
        """A row as it is compared across databases: the types are those of this table."""
        values = zip(self._chosen.columns, row, strict=True)
        return {c.name: _comparable(c, value) for c, value in values if value is not None}

    def apply(self, batch: Batch) -> dict[Key, Rejected]:
        """Bring the batch about, in one transaction with its place; the rows that were refused.

        ``Fatal("tables.place-moved")`` if somebody else has brought another one about.
        """
        chosen = self._chosen
        with self._database.begin(chosen.table) as connection:
            self._places.move(connection, batch.sync, batch.id, after=batch.after, at=batch.at)
            applying = Applying(connection, chosen.table, chosen.columns, chosen.key)
            applying.put(batch.rows, over=batch.over, known=batch.known)
            applying.remove(batch.gone)
        return applying.refused

    def keys(self, after: Key, limit: int) -> tuple[list[Key], Key]:
        """The next keys that are there, in the table's own order; and where to go on."""
        with self._database.begin() as connection:
            rows = self._ordered.page(connection, Span(after), limit)
        size = len(self._chosen.key)
        return [tuple(row[:size]) for row in rows], tuple(rows[-1][size:]) if rows else after

    def records(self, keys: Sequence[Key]) -> list[Record]:
        """Keys as records. ``Invalid`` for one without an exact text, which no key of ours is."""
        found = tables_exact.records(self._chosen.key, keys)
        for each in found:
            if isinstance(each, Invalid):
                raise each
        return [each for each in found if not isinstance(each, Invalid)]

    def fit_keys(self, records: Sequence[Record]) -> list[Key]:
        """The reverse."""
        return tables_fit.rows(self._chosen.key, records)[0]

    def count(self) -> int:
        """How many rows there are."""
        with self._database.begin() as connection:
            return self._ordered.count(connection)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    @property
    def _ordered(self) -> Ordered:
        """By its key, typed as it is read: for who goes through it and asks for each."""
        key, dialect = self._chosen.key, self._database.dialect.name
        return Ordered.of(self._chosen.table, key, key, dialect=dialect)

    def _no_key(self) -> Invalid:
        column = ", ".join(column.name for column in self._chosen.key)
        return Invalid("tables.no-key", table=self._chosen.table.name, column=column)

    def _require_rollback(self) -> None:
        """MySQL has tables (MyISAM) that keep each row at once. Ours would then be there by half."""
        if self._database.rolls_back:
            return
        table = self._chosen.table
        asked = text(
            "SELECT engine FROM information_schema.tables WHERE table_name = :name"
            " AND table_schema = COALESCE(:schema, DATABASE())"
        )
        with self._database.begin() as connection:
            engine = connection.execute(
                asked, {"name": table.name, "schema": table.schema}
            ).scalar()
        if str(engine).lower() != "innodb":
            raise Fatal("tables.no-rollback", table=table.name, engine=str(engine))


def _comparable(column: Column[Any], value: Any) -> str:
    """Without what a column's type adds: blanks of ``char``, zeros behind a decimal's last digit."""
    if isinstance(value, Decimal):
        whole, point, fraction = format(value, "f").partition(".")
        return f"{whole}{point}{fraction}".rstrip("0").rstrip(".") if point else whole
    told = str(exact(value))
    return told.rstrip(" ") if isinstance(column.type, sql.CHAR) else told


def _same(ours: Any, theirs: Any, column: Column[Any]) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return same(ours, theirs, column.type)
