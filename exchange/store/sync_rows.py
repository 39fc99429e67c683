"""Rows of scheduled syncs: lines, runs and what is held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import func, select, update

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.sync_tables import held, line, run


@dataclass(frozen=True, slots=True)
class LineRow:
    """One sync into one target; ``place`` is sealed, empty at the start."""

    sync: str
    target: str
    paused_at: str = ""
    contract: str = ""
    rows: int = 0
    place: bytes = b""
    given: str = ""
    given_number: int = 0


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of a line. ``kind``: run, backfill. ``state``: running, done, stopped, paused, failed."""

    id: str
    sync: str
    target: str
    kind: str
    state: str
    begun_at: str
    ended_at: str = ""
    code: str = ""
    facts: str = ""


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row that did not go on; ``problems`` is JSON, ``sealed`` the row as it was read."""

    id: str
    sync: str
    target: str
    run: str
    kind: str
    code: str
    problems: str
    at: str
    sealed: bytes


def get_line(connection: Connection, sync: str, target: str) -> LineRow:
    """The line; a new one if nothing is known of it."""
    query = select(line).where(line.c.sync == sync, line.c.target == target)
    found = connection.execute(query).first()
    return LineRow(sync, target) if found is None else LineRow(*found)


def put_line(connection: Connection, row: LineRow) -> None:
    """Insert or replace it."""
    upsert.put(connection, line, asdict(row))


def change_line(
    connection: Connection, sync: str, target: str, values: Mapping[str, str | int | bytes]
) -> None:
    """Change some of what is known of a line; makes it if it is new."""
    upsert.insert_new(connection, line, asdict(LineRow(sync, target)))
    which = (line.c.sync == sync, line.c.target == target)
    connection.execute(update(line).where(*which).values(values))


def put_run(connection: Connection, row: RunRow) -> None:
    """Insert or replace a run."""
    upsert.put(connection, run, asdict(row))


def unended(connection: Connection, sync: str, target: str) -> list[RunRow]:
    """Runs of a line that nobody has ended: of processes that died, for one at a time runs."""
    query = select(run).where(run.c.sync == sync, run.c.target == target, run.c.ended_at == "")
    return [RunRow(*row) for row in connection.execute(query)]


def last_run(
    connection: Connection, sync: str, target: str, *, done: bool = False
) -> RunRow | None:
    """The newest run of a line; ``done``: the newest that went through."""
    query = select(run).where(run.c.sync == sync, run.c.target == target)
    if done:
        query = query.where(run.c.state == "done", run.c.kind == "run")
    found = connection.execute(query.order_by(run.c.begun_at.desc()).limit(1)).first()
    return None if found is None else RunRow(*found)


def put_held(connection: Connection, rows: Iterable[HeldRow]) -> None:
    """Keep rows that did not go on; one that is here already for the same reason is left as it is."""
    for row in rows:
        upsert.insert_new(connection, held, asdict(row))


def held_by_code(connection: Connection, sync: str, target: str) -> dict[tuple[str, str], int]:
    """How many are held, by kind and code."""
    query = select(held.c.kind, held.c.code, func.count())
    query = query.where(held.c.sync == sync, held.c.target == target)
    rows = connection.execute(query.group_by(held.c.kind, held.c.code).order_by("kind", "code"))
    return {(kind, code): count for kind, code, count in rows}


def list_held(
    connection: Connection, sync: str, target: str, *, code: str = "", limit: int = 100
) -> list[HeldRow]:
    """What is held of a line (for one reason), newest first."""
    query = select(held).where(held.c.sync == sync, held.c.target == target)
    query = query.where(held.c.code == code) if code else query
    rows = connection.execute(query.order_by(held.c.at.desc(), held.c.id).limit(limit))
    return [HeldRow(*row) for row in rows]
