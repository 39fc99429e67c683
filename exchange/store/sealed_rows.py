"""What a backup tells of a store: its schema, and in which buckets its bodies are sealed."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select

from exchange.store.award_tables import award
from exchange.store.dataset_tables import sealed_part
from exchange.store.engine import Connection
from exchange.store.tables import document, invalid, receipt


def revision(connection: Connection) -> str:
    """The schema's revision."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def buckets(connection: Connection) -> list[str]:
    """Every bucket that a sealed body names at its beginning: one byte of length, then the name."""
    names: set[bytes] = set()
    bodies = (document.c.sealed, receipt.c.sealed, invalid.c.raw, award.c.sealed)
    for body in (*bodies, sealed_part.c.sealed):
        first = func.substr(body, 1, 1)
        for size in connection.execute(select(first).distinct()).scalars().all():
            name = select(func.substr(body, 2, bytes(size)[0])).where(first == size).distinct()
            names |= {bytes(found) for found in connection.execute(name).scalars()}
    return sorted(name.decode("utf-8", "replace") for name in names)
