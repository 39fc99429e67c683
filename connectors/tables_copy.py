"""Bulk rows into PostgreSQL by ``COPY``: several times faster than statements with values.

COPY checks rows as an insert does; it writes all rows that it is given, or none. Rows that are to
be changed, looked up or taken away are put aside first, in a table of the transaction's own, and
joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, delete, select, update
from sqlalchemy.exc import DBAPIError

_ASIDE = "zhida_aside"
Columns = Sequence[Column[Any]]
Rows = Sequence[Sequence[Any]]


def is_at_hand(connection: Connection) -> bool:
    """Does this driver speak COPY as psycopg does?"""
    return connection.dialect.name == "postgresql" and connection.dialect.driver == "psycopg"


def insert(connection: Connection, table: Table, columns: Columns, rows: Rows) -> None:
    """Add rows to a table; errors as SQLAlchemy's, like those of any statement."""
    quote = connection.dialect.identifier_preparer
    names = ", ".join(quote.quote(column.name) for column in columns)
    statement = f"COPY {quote.format_table(table)} ({names}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    dbapi: Any = connection.dialect.dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except dbapi.Error as error:
        raise DBAPIError("COPY", None, error, connection_invalidated=driver.closed) from None


def change(
    connection: Connection, table: Table, columns: Columns, rows: Rows, *, key: Columns
) -> None:
    """Make the rows with these keys say what the given ones say."""
    aside = _put_aside(connection, table, columns, rows)
    named = {column.name for column in key}
    values = {c.name: aside.c[c.name] for c in columns if c.name not in named}
    if values:
        same = [column == aside.c[column.name] for column in key]
        connection.execute(update(table).values(values).where(*same))


def remove(connection: Connection, table: Table, keys: Rows, *, key: Columns) -> None:
    """Take away the rows with these keys."""
    aside = _put_aside(connection, table, key, keys)
    same = [column == aside.c[column.name] for column in key]
    connection.execute(delete(table).where(*same))


def found(
    connection: Connection, table: Table, columns: Columns, keys: Rows, *, key: Columns
) -> Sequence[Any]:
    """The rows with these keys."""
    aside = _put_aside(connection, table, key, keys)
    same = [column == aside.c[column.name] for column in key]
    return connection.execute(select(*columns).where(*same)).all()


def _put_aside(connection: Connection, table: Table, columns: Columns, rows: Rows) -> Table:
    """Into a temporary table with the same columns: its values are of the very same types."""
    quote = connection.dialect.identifier_preparer
    names = ", ".join(quote.quote(column.name) for column in columns)
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS pg_temp.{_ASIDE}")
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE {_ASIDE} ON COMMIT DROP AS"
        f" SELECT {names} FROM {quote.format_table(table)} WITH NO DATA"
    )
    copied = [Column(column.name, column.type) for column in columns]
    aside = Table(_ASIDE, MetaData(), *copied)
    insert(connection, aside, columns, rows)
    return aside
