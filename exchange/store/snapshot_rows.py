"""Rows of snapshots."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import insert, select

from exchange.store.dataset_tables import snapshot
from exchange.store.engine import Connection


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """One snapshot; ``sources`` is canonical JSON."""

    id: str
    name: str
    as_of: str
    created_at: str
    digest: str
    count: int
    sources: str


def put(connection: Connection, row: SnapshotRow) -> None:
    """Insert a snapshot."""
    connection.execute(insert(snapshot).values(**asdict(row)))


def like(connection: Connection, beginning: str) -> list[SnapshotRow]:
    """Two snapshots at most whose id begins so."""
    query = select(snapshot).where(snapshot.c.id.startswith(beginning, autoescape=True)).limit(2)
    return [SnapshotRow(*row) for row in connection.execute(query)]


def listed(connection: Connection, name: str = "", limit: int = 50) -> list[SnapshotRow]:
    """Snapshots (of one name), newest first."""
    query = select(snapshot).order_by(snapshot.c.created_at.desc(), snapshot.c.id).limit(limit)
    if name:
        query = query.where(snapshot.c.name == name)
    return [SnapshotRow(*row) for row in connection.execute(query)]
