"""Rows of runs of matching, and of sheets: lists and batches that somebody decides on."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import insert, select, update

from exchange.store import upsert
from exchange.store.award_tables import award_sheet, grant_run
from exchange.store.engine import Connection


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run; ``policies`` and ``counts`` are JSON."""

    id: str
    day: str
    state: str
    snapshot: str
    decisions: str
    policies: str
    counts: str
    began_at: str
    ended_at: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One list or batch."""

    id: str
    kind: str
    run: str
    policy: str
    version: str
    number: int
    total_fen: int
    digest: str
    state: str
    case: str
    at: str


def add_run(connection: Connection, row: RunRow) -> None:
    """Insert a run."""
    connection.execute(insert(grant_run).values(**asdict(row)))


def get_run(connection: Connection, identifier: str) -> RunRow | None:
    """One run."""
    found = connection.execute(select(grant_run).where(grant_run.c.id == identifier)).first()
    return None if found is None else RunRow(*found)


def runs(connection: Connection, *, state: str = "", limit: int = 20) -> list[RunRow]:
    """Runs, the newest first; in one state if named."""
    query = select(grant_run).order_by(grant_run.c.began_at.desc(), grant_run.c.id).limit(limit)
    query = query.where(grant_run.c.state == state) if state else query
    return [RunRow(*row) for row in connection.execute(query)]


def end_run(connection: Connection, identifier: str, state: str, **values: str) -> bool:
    """It goes on to ``state`` (``counts``, ``decisions``, ``ended_at``); False if it was there."""
    where = (grant_run.c.id == identifier, grant_run.c.state != state)
    done = connection.execute(update(grant_run).where(*where).values(state=state, **values))
    return done.rowcount == 1


def add_sheet(connection: Connection, row: SheetRow) -> bool:
    """Insert a sheet unless it is there; tells whether it did."""
    return upsert.insert_new(connection, award_sheet, asdict(row))


def sheets(connection: Connection, kind: str, *, state: str = "") -> list[SheetRow]:
    """Lists or batches, oldest first; in one state if named."""
    order = (award_sheet.c.at, award_sheet.c.id)
    query = select(award_sheet).where(award_sheet.c.kind == kind).order_by(*order)
    query = query.where(award_sheet.c.state == state) if state else query
    return [SheetRow(*row) for row in connection.execute(query)]


def set_sheet(connection: Connection, identifier: str, **values: str) -> None:
    """Note its ``case``, or its ``state``."""
    connection.execute(update(award_sheet).where(award_sheet.c.id == identifier).values(**values))
