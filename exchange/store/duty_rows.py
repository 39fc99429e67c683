"""Rows of hand-overs: whose the duty is until when, whatever the roster says."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.operating_tables import duty


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One hand-over at ``at``: from ``giver`` (empty: nobody was on duty) to ``person`` until ``until``."""

    at: str
    person: str
    giver: str
    until: str


def put(connection: Connection, row: DutyRow) -> None:
    """Note a hand-over."""
    upsert.put(connection, duty, asdict(row))


def last(connection: Connection, at: str) -> DutyRow | None:
    """The newest hand-over that counts at this stamp."""
    query = select(duty).where(duty.c.at <= at, duty.c.until > at)
    found = connection.execute(query.order_by(duty.c.at.desc()).limit(1)).first()
    return None if found is None else DutyRow(*found)
