"""Rows of joint acceptances and their events."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.store.acceptance_tables import acceptance, acceptance_event
from exchange.store.told_rows import Log


@dataclass(frozen=True, slots=True)
class AcceptanceRow:
    """One building."""

    case: str
    number: str
    opened_at: str
    closed_at: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of it."""

    case: str
    seq: int
    name: str
    at: str
    role: str
    unit: str
    told: str
    document: str
    told_at: str


LOG = Log(acceptance, acceptance_event, AcceptanceRow, EventRow)
"""All joint acceptances."""
