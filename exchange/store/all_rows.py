"""Every value of every table: for who has to be sure that something is nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import MetaData, inspect, select

from exchange.store.engine import Connection

_AT_ONCE = 500


def tables(connection: Connection) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each table, as the database has it now, with some rows at a time, their values one after another."""
    known = MetaData()
    known.reflect(connection)
    for name in sorted(inspect(connection).get_table_names()):
        rows = connection.execution_options(yield_per=_AT_ONCE).execute(select(known.tables[name]))
        yield (
            name,
            (
                b"\n".join(_bytes(value) for row in some for value in row)
                for some in rows.partitions()
            ),
        )


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
