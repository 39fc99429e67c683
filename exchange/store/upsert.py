"""Insert or replace in one statement, on both databases, whoever else writes the same row.

Each statement is made once: to build it and to key SQLAlchemy's cache of compiled statements
costs more than to run it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from exchange.store.engine import Connection

Insert = postgresql.Insert | sqlite.Insert


def put(connection: Connection, into: Table, values: Mapping[str, Any]) -> None:
    """Insert the whole row, or make the one with its primary key say the same."""
    connection.execute(_replacing(connection.dialect.name, into), values)


def put_all(connection: Connection, into: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for many rows at once."""
    if rows:
        connection.execute(_replacing(connection.dialect.name, into), rows)


def insert_new(connection: Connection, into: Table, values: Mapping[str, Any]) -> bool:
    """Insert the row unless its primary key is there; tells whether it did."""
    done = connection.execute(_adding(connection.dialect.name, into), values)
    return done.rowcount == 1


@cache
def _replacing(dialect: str, into: Table) -> Insert:
    insert = _insert(dialect, into)
    keys = [column.name for column in into.primary_key]
    changes = {c.name: insert.excluded[c.name] for c in into.columns if c.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=changes)


@cache
def _adding(dialect: str, into: Table) -> Insert:
    insert = _insert(dialect, into).on_conflict_do_nothing()
    return insert.execution_options(preserve_rowcount=True)


def _insert(dialect: str, into: Table) -> Insert:
    made: Insert = (sqlite if dialect == "sqlite" else postgresql).insert(into)
    return made
