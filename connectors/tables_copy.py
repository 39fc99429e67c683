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
_BLOCK = 2048
"""Rows that are written at once: some hundred KiB."""
_BY_INDEX = (
    "SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)"
)
Columns = Sequence[Column[Any]]
Rows = Sequence[Sequence[Any]]


def by_index(connection: Connection) -> None:
    """Until the end of the transaction rows put aside are looked up by the table's index.

    PostgreSQL knows nothing of a table that was just made, and would rather read the whole of the other
    one for each page. Only where there is such an index.
    """
    connection.exec_driver_sql(_BY_INDEX)


def insert(connection: Connection, table: Table, columns: Columns, rows: Rows) -> None:
    """Add rows to a table; errors as SQLAlchemy's, like those of any statement."""
    quote = connection.dialect.identifier_preparer
    names = ", ".join(quote.quote(column.name) for column in columns)
    statement = f"COPY {quote.format_table(table)} ({names}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    dbapi: Any = connection.dialect.dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for at in range(0, len(rows), _BLOCK):
                _write(copy, rows[at : at + _BLOCK])
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


def _write(copy: Any, rows: Rows) -> None:
    text = _lines(rows)
    if text is not None:
        copy.write(text)
        return
    for row in rows:
        copy.write_row(row)


def _lines(rows: Rows) -> str | None:
    r"""The rows in COPY's text format, as the driver would write them; None: something needs its care.

    >>> _lines([("a", 1), (None, 2)]), _lines([("a\tb", 1)])
    ('a\t1\n\\N\t2\n', None)
    """
    columns = list(zip(*rows, strict=True))
    stated = [told for values in columns if (told := _texts(values)) is not None]
    if len(stated) != len(columns):
        return None
    text = "\n".join([*map("\t".join, zip(*stated, strict=True)), ""])
    unstated = sum(values.count(None) for values in columns)
    right = len(rows) * (len(columns) - 1), len(rows), 0, unstated
    return text if tuple(map(text.count, "\t\n\r\\")) == right else None


def _texts(values: Sequence[Any]) -> Sequence[str] | None:
    kinds = {*map(type, values)}
    if kinds <= {str}:
        return values
    if kinds <= {str, type(None)}:
        return ["\\N" if value is None else value for value in values]
    if kinds <= {int, type(None)}:
        return ["\\N" if value is None else str(value) for value in values]
    return None
