"""A table that a sync writes: what is there already, and batches that are brought about once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, text

from connectors import tables_copy, tables_exact, tables_fit, tables_lookup, tables_text
from connectors.tables_apply import Applying
from connectors.tables_batch import Batch, Fitted
from connectors.tables_database import Database
from connectors.tables_fit import Row
from connectors.tables_keyset import Ordered, Span
from connectors.tables_lookup import Key
from connectors.tables_place import Places
from connectors.tables_same import comparable, is_same
from exchange.errors import Fatal, Invalid, Rejected
from exchange.ports import Record


class TargetTable:
    """One table of a database, for one thread at a time; owns the database."""

    repeats = False

    def __init__(self, database: Database, about: Mapping[str, Any]) -> None:
        """``about``: ``table``, ``schema``, ``key``, ``columns`` (those that the sync writes)."""
        self._database = database
        self._chosen = database.choose(about, ())
        self._places = Places.of(about.get("schema"))
        key = {column.name for column in self._chosen.key}
        told = [column for column in self._chosen.columns if column.name not in key]
        self._texts = tables_text.names(database.dialect, told)

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
        made, found = tables_fit.by_column(self._chosen.columns, records, self._texts)
        names = [column.name for column in self._chosen.columns]
        at = [names.index(column.name) for column in self._chosen.key]
        told = [made[n] for n in at]
        keys = list(zip(*map(tables_lookup.plain_column, told, self._chosen.key), strict=True))
        wrong = dict(found)
        if any(None in values for values in told):
            empty = [n for n, key in enumerate(keys) if None in key and n not in wrong]
            wrong |= {n: self._no_key() for n in empty}
        rows = zip(*made, strict=True)
        if not wrong:
            return Fitted(dict(enumerate(rows)), dict(enumerate(keys)), wrong)
        good = {n: row for n, row in enumerate(rows) if n not in wrong}
        return Fitted(good, {n: keys[n] for n in good}, wrong)

    def known(self, keys: Sequence[Key]) -> dict[Key, Sequence[Any]]:
        """What is there under these keys."""
        columns = self._chosen.columns
        if self._texts:
            found = self._look_up(keys, tables_text.asked(columns, self._texts))
            if (told := self._as_written(found)) is not None:
                return told
        return self._look_up(keys, columns)

    def _as_written(self, found: Mapping[Key, Sequence[Any]]) -> dict[Key, Sequence[Any]] | None:
        """The server's texts as ``fit`` has them; None: they are in another form."""
        made: list[Sequence[Any]] = []
        by_column = zip(*found.values(), strict=True)
        for column, values in zip(self._chosen.columns, by_column, strict=False):
            is_text = column.name in self._texts
            told = tables_text.exact(column, values) if is_text else values
            if told is None:
                return None
            made.append(told)
        return dict(zip(found, zip(*made, strict=True), strict=True))

    def _look_up(
        self, keys: Sequence[Key], columns: Sequence[ColumnElement[Any]]
    ) -> dict[Key, Sequence[Any]]:
        chosen = self._chosen
        with self._begin() as connection:
            return tables_lookup.by_key(connection, chosen.table, columns, keys, key=chosen.key)

    def is_same(self, ours: Row, theirs: Sequence[Any]) -> bool:
        """Does the row that is there say what ours says?"""
        if not theirs or tuple(theirs) == ours:
            return bool(theirs)
        told = zip(ours, theirs, self._chosen.columns, strict=True)
        return all(is_same(mine, yours, column) for mine, yours, column in told)

    def told(self, row: Sequence[Any]) -> Record:
        """A row as it is compared across databases: the types are those of this table."""
        values = zip(self._chosen.columns, row, strict=True)
        return {c.name: comparable(c, value) for c, value in values if value is not None}

    def apply(self, batch: Batch) -> dict[Key, Rejected]:
        """Bring the batch about, in one transaction with its place; the rows that were refused.

        ``Fatal("tables.place-moved")`` if somebody else has brought another one about.
        """
        chosen = self._chosen
        with self._begin(chosen.table) as connection:
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

    @contextmanager
    def _begin(self, table: Table | None = None) -> Iterator[Connection]:
        is_indexed = self._is_indexed  # asked outside: there is one connection
        with self._database.begin(table) as connection:
            if is_indexed:
                tables_copy.by_index(connection)
            yield connection

    @cached_property
    def _is_indexed(self) -> bool:
        """Can rows be put aside there, and found by their keys?"""
        return tables_text.speaks(self._database.dialect) and self._database.unique(self._chosen)

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
