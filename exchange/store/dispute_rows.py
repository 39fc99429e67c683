"""Rows of disputes and their events."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from exchange.store.dispute_tables import dispute, dispute_event
from exchange.store.engine import Connection
from exchange.store.told_rows import Log


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """One dispute."""

    case: str
    number: str
    opened_at: str
    closed_at: str = ""
    parties: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a dispute."""

    case: str
    seq: int
    name: str
    at: str
    role: str
    unit: str
    to: str
    desk: str
    document: str
    told_at: str


LOG = Log(dispute, dispute_event, DisputeRow, EventRow)
"""All disputes."""


def alike(connection: Connection, row: DisputeRow) -> list[str]:
    """Numbers of other disputes of the same parties that have not ended, oldest first."""
    if not row.parties:
        return []
    same = (dispute.c.parties == row.parties, dispute.c.closed_at == "", dispute.c.case != row.case)
    query = select(dispute.c.number).where(*same).order_by(dispute.c.opened_at, dispute.c.number)
    return list(connection.execute(query).scalars())


def place(row: EventRow) -> tuple[str, str, int]:
    """Where it stands among all events, in the order in which they were told."""
    return row.told_at, row.case, row.seq
