"""Insert or replace in one statement, on both databases, whoever else writes the same row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from exchange.store.engine import Connection


def put(connection: Connection, into: Table, values: Mapping[str, Any]) -> None:
    """Insert the row, or make the one with its primary key say the same."""
    insert = _insert(connection, into).values(**values)
    keys = [column.name for column in into.primary_key]
    changes = {name: value for name, value in values.items() if name not in keys}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changes))


def insert_new(connection: Connection, into: Table, values: Mapping[str, Any]) -> bool:
    """Insert the row unless its primary key is there; tells whether it did."""
    insert = _insert(connection, into).values(**values).on_conflict_do_nothing()
    done = connection.execute(insert, execution_options={"preserve_rowcount": True})
    return done.rowcount == 1


def _insert(connection: Connection, into: Table) -> postgresql.Insert | sqlite.Insert:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made: postgresql.Insert | sqlite.Insert = dialect.insert(into)
    return made
