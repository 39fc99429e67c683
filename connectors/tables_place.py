"""``zhida_sync``: a small table beside the target's own, which says which batch was done last.

It changes in the same transaction as the rows, so after a crash the target itself knows whether a
batch was done. It holds names and ids only. One row a sync; who may create no tables there has it
created by the owner (``docs/how-to/syncs.md``).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, select, update

from connectors.tables_database import Database
from exchange.errors import Fatal, ZhidaError

NAME = "zhida_sync"


@dataclass(frozen=True, slots=True)
class Places:
    """The table in one schema of a database."""

    table: Table

    @classmethod
    def of(cls, schema: str | None) -> Places:
        """As we would create it."""
        columns = (
            Column("sync", String(190), primary_key=True),
            Column("batch", String(64), nullable=False),
            Column("done_at", String(32), nullable=False),
        )
        return cls(Table(NAME, MetaData(), *columns, schema=schema))

    def prepare(self, database: Database) -> None:
        """Create it if it is not there. ``Fatal`` if we may not."""
        try:
            with database.begin() as connection:
                connection.execute(select(self.table.c.sync).limit(1)).all()
                return
        except ZhidaError:
            pass
        try:
            with database.begin() as connection:
                self.table.create(connection, checkfirst=True)
        except Fatal as error:
            raise Fatal(
                "tables.no-place", peer=database.peer, table=NAME, cause=error.code
            ) from None

    def last(self, connection: Connection, sync: str) -> str:
        """The batch that was done last; empty: none ever was."""
        query = select(self.table.c.batch).where(self.table.c.sync == sync)
        return str(connection.execute(query).scalar() or "")

    def move(self, connection: Connection, sync: str, batch: str, *, after: str, at: str) -> None:
        """From one batch to the next. ``Fatal`` if somebody else has moved it meanwhile.

        It is the first thing written in its transaction: SQLite's driver begins one only then.
        """
        values = {"batch": batch, "done_at": at}
        if not after:
            connection.execute(insert(self.table).values(sync=sync, **values))
            return
        which = (self.table.c.sync == sync, self.table.c.batch == after)
        if connection.execute(update(self.table).where(*which).values(values)).rowcount != 1:
            raise Fatal("tables.place-moved", table=NAME, sync=sync)
