"""A table that a sync reads: what it holds, page by page, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Column
from sqlalchemy import types as sql

from connectors import tables_exact, tables_lookup, tables_span, tables_text
from connectors.tables_database import Chosen, Database
from connectors.tables_keyset import Ordered, Span
from connectors.tables_page import Marks, Page, Read
from connectors.tables_row import exact
from connectors.tables_value import NOT_FITTING, fitted_one
from exchange.errors import Fatal
from exchange.ports import Record


class SourceTable:
    """One table of a database, for one thread at a time; owns the database."""

    def __init__(self, database: Database, about: Mapping[str, Any]) -> None:
        """``about``: ``table`` (and ``schema``) or ``query``, ``key``, ``cursor`` (columns, or none)."""
        self._database, self._about = database, about
        self._chosen: Chosen | None = None
        if "query" in about:
            database.forbid_writing()

    def told(self) -> dict[str, list[str]]:
        """Each column as it is there now: its type in words, and the kind of its values in a record."""
        table = self._database.table(self._about)
        return {
            c.name: [c.type.compile(dialect=self._database.dialect), _kind(c.type)] for c in table.c
        }

    def choose(self, columns: Sequence[str]) -> None:
        """Read these columns from now on. ``Fatal`` for one that is not there or has no exact text."""
        about = {**self._about, "columns": list(columns)}
        self._chosen = self._database.choose(about, ())

    @property
    def is_unique(self) -> bool:
        """Does the database itself see to it that no two rows have the same key?"""
        return "query" not in self._about and self._database.unique(self._known)

    def span(self, begin: str, end: str) -> Span:
        """A span of the cursor, both ends in it; of a day given for an end, the whole day. Of several columns,
        a span of the first.

        ``Invalid`` for what the cursor's column can't hold, and where the end comes first.
        """
        column = self._known.column(self._about["cursor"][0])
        return tables_span.span(column, begin, end, dialect=self._database.dialect.name)

    def repeated(self, limit: int) -> set[Marks]:
        """Keys that several rows have."""
        size = len(self._known.key)
        with self._database.begin() as connection:
            return {tuple(row) for row in self._ordered.repeated(connection, size, limit)}

    def page(self, span: Span, limit: int) -> Sequence[Read]:
        """The next rows of the span."""
        found = self._of_texts(span, limit)
        return self._typed(span, limit) if found is None else found

    def _typed(self, span: Span, limit: int) -> Page:
        with self._database.begin() as connection:
            rows = self._ordered.page(connection, span, limit)
        return self._read(rows)

    def _of_texts(self, span: Span, limit: int) -> Page | None:
        """The same, where the database tells exact texts itself; None where it does not."""
        columns = self._known.columns
        texts = tables_text.names(self._database.dialect, columns)
        if not texts:
            return None
        ordered = replace(self._ordered, columns=tuple(tables_text.asked(columns, texts)))
        with self._database.begin() as connection:
            rows = ordered.page(connection, span, limit)
        size = len(columns)
        found: Sequence[Record] | None = tables_exact.of_texts(columns, rows, texts) if rows else []
        return None if found is None else Page(found, rows, size)

    def nameless(self, limit: int) -> Sequence[Read]:
        """Rows that no page has, for they lack a key or the cursor's value."""
        with self._database.begin() as connection:
            return self._read(self._ordered.nameless(connection, limit))

    def newest(self) -> Any:
        """The cursor's greatest value; None if there is none."""
        with self._database.begin() as connection:
            return self._ordered.newest(connection, len(self._about["cursor"]))

    def count(self) -> int:
        """How many rows there are."""
        with self._database.begin() as connection:
            return self._ordered.count(connection)

    def missing(self, keys: Sequence[Marks]) -> list[Marks]:
        """Those of the keys, as another table holds them, that no row has."""
        chosen = self._known
        ours = [_key(key, chosen.key) for key in keys]
        asked = [key for key in ours if key is not None]
        with self._database.begin() as connection:
            found = tables_lookup.by_key(
                connection, chosen.table, (), asked, key=chosen.key, aside=False
            )
        return [key for key, own in zip(keys, ours, strict=True) if own not in found]

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _read(self, rows: Sequence[Sequence[Any]]) -> Page:
        columns = self._known.columns
        return Page(tables_exact.records(columns, rows), rows, len(columns))

    @property
    def _known(self) -> Chosen:
        if self._chosen is None:
            raise Fatal("tables.no-column", table=self._about["table"], column="-", nearest="-")
        return self._chosen

    @property
    def _ordered(self) -> Ordered:
        chosen = self._known
        first = [chosen.column(name) for name in self._about["cursor"]]
        order, dialect = (*first, *chosen.key), self._database.dialect.name
        return Ordered.of(chosen.table, chosen.columns, order, dialect=dialect)


def _kind(kind: sql.TypeEngine[Any]) -> str:
    """
    >>> _kind(sql.BigInteger()), _kind(sql.Numeric(12, 2))
    ('whole', 'text')
    """
    if isinstance(kind, sql.Boolean):
        return "truth"
    return "whole" if isinstance(kind, sql.Integer) else "text"


def _key(values: Marks, columns: Sequence[Column[Any]]) -> Marks | None:
    """In the types of our own columns; None for what they can't hold: then no row has it."""
    try:
        told = [fitted_one(exact(v), c.type) for v, c in zip(values, columns, strict=True)]
    except NOT_FITTING:
        return None
    return tables_lookup.plain(told, columns)
