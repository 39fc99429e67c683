"""Rows of sweeps: when the last one of each matter began and ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select, update

from exchange import times
from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.operating_tables import sweep


@dataclass(frozen=True, slots=True)
class SweepRow:
    """One matter; times are stamps, empty for "never". ``took_ms``: milliseconds of the last whole one.

    Until one has ended, ``ended_at`` is when the first began: so one that never ends is seen too.
    """

    matter: str
    begun_at: str = ""
    ended_at: str = ""
    took_ms: int = 0


def get(connection: Connection, matter: str) -> SweepRow:
    """Nothing known of it: never begun."""
    found = connection.execute(select(sweep).where(sweep.c.matter == matter)).first()
    return SweepRow(matter) if found is None else SweepRow(*found)


def begin(connection: Connection, matter: str, at: str) -> None:
    """A sweep begins at this stamp."""
    if not upsert.insert_new(connection, sweep, asdict(SweepRow(matter, at, at))):
        connection.execute(update(sweep).where(sweep.c.matter == matter).values(begun_at=at))


def end(connection: Connection, matter: str, at: str) -> None:
    """The sweep has ended. One that only waited, and took nothing up, leaves the length of the last."""
    row = get(connection, matter)
    took = row.took_ms
    if row.begun_at and row.begun_at >= row.ended_at:
        took = int((times.instant(at) - times.instant(row.begun_at)).total_seconds() * 1000)
    upsert.put(connection, sweep, asdict(row) | {"ended_at": at, "took_ms": max(took, 0)})
