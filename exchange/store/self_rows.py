"""What a self-message leaves in the tables of work, and its removal: it is nobody's business.

The ledger keeps its entries; everything else of it goes, also what a doctor left who was killed.
"""

from __future__ import annotations

from sqlalchemy import delete, or_, select

from exchange.store.engine import Connection
from exchange.store.tables import circuit, delivery, document, inbox, receipt, transfer

KIND = "self-message"
"""Of the document, its agreement, its purpose and its entries on the ledger."""


def left(connection: Connection, before: str) -> list[str]:
    """The sources of self-messages that were begun before (stamp) and never removed."""
    query = select(document.c.source).where(document.c.kind == KIND)
    return list(connection.execute(query.where(document.c.created_at < before)).scalars())


def clear(connection: Connection, source: str) -> None:
    """Take everything of one self-message away. ``source``: its source and its target at once."""
    effects = select(delivery.c.effect).where(delivery.c.system == source)
    items = select(document.c.id).where(document.c.kind == KIND, document.c.source == source)
    connection.execute(delete(receipt).where(receipt.c.effect.in_(effects)))
    moved = or_(transfer.c.effect.in_(effects), transfer.c.document.in_(items))
    connection.execute(delete(transfer).where(moved))
    connection.execute(delete(delivery).where(delivery.c.system == source))
    connection.execute(delete(circuit).where(circuit.c.system == source))
    connection.execute(delete(inbox).where(inbox.c.source == source))
    connection.execute(delete(document).where(document.c.kind == KIND, document.c.source == source))
