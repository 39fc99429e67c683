"""Rows of the pace: from when on each system may be called again, shared by all workers."""

from __future__ import annotations

from sqlalchemy import select, update

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.operating_tables import pace


def get(connection: Connection, system: str) -> str:
    """The stored stamp; empty while nobody has called the system."""
    query = select(pace.c.next_at).where(pace.c.system == system)
    return connection.execute(query).scalar() or ""


def move(connection: Connection, system: str, *, before: str, after: str) -> bool:
    """Write ``after`` if the row still says ``before``; False if another worker was first.

    Compared and set in one statement: two workers that have read the same stamp never both win,
    whatever the database's isolation.
    """
    if before:
        where = (pace.c.system == system, pace.c.next_at == before)
        return bool(connection.execute(update(pace).where(*where).values(next_at=after)).rowcount)
    return upsert.insert_new(connection, pace, {"system": system, "next_at": after})
