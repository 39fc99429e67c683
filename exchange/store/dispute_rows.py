"""Rows of disputes and their events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import exists, func, insert, select, tuple_, update

from exchange.store import upsert
from exchange.store.dispute_tables import dispute, dispute_event
from exchange.store.engine import Connection
from exchange.store.tables import matter_case

CHUNK = 500


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


def add(connection: Connection, row: DisputeRow) -> bool:
    """Insert a dispute unless its case has one; tells whether it did."""
    return upsert.insert_new(connection, dispute, asdict(row))


def get(connection: Connection, case: str) -> DisputeRow | None:
    """The dispute of a case."""
    return _one(connection, dispute.c.case == case)


def by_number(connection: Connection, number: str) -> DisputeRow | None:
    """The dispute that has this number."""
    return _one(connection, dispute.c.number == number)


def _one(connection: Connection, where: object) -> DisputeRow | None:
    found = connection.execute(select(dispute).where(where)).first()  # type: ignore[arg-type]
    return None if found is None else DisputeRow(*found)


def alike(connection: Connection, row: DisputeRow) -> list[str]:
    """Numbers of other disputes of the same parties that have not ended, oldest first."""
    if not row.parties:
        return []
    same = (dispute.c.parties == row.parties, dispute.c.closed_at == "", dispute.c.case != row.case)
    query = select(dispute.c.number).where(*same).order_by(dispute.c.opened_at, dispute.c.number)
    return list(connection.execute(query).scalars())


def close(connection: Connection, case: str, at: str) -> None:
    """It has ended at ``at``; empty: it goes on."""
    connection.execute(update(dispute).where(dispute.c.case == case).values(closed_at=at))


def still_open(connection: Connection, *, after: str = "", limit: int = CHUNK) -> list[DisputeRow]:
    """Disputes that have not ended, in the order of their cases."""
    query = select(dispute).where(dispute.c.closed_at == "", dispute.c.case > after)
    found = connection.execute(query.order_by(dispute.c.case).limit(limit))
    return [DisputeRow(*row) for row in found]


def opened_between(
    connection: Connection, since: str, until: str, *, after: str = "", limit: int = CHUNK
) -> list[DisputeRow]:
    """Disputes opened from ``since`` to before ``until`` (stamps), in the order of their cases."""
    where = (dispute.c.opened_at >= since, dispute.c.opened_at < until, dispute.c.case > after)
    found = connection.execute(select(dispute).where(*where).order_by(dispute.c.case).limit(limit))
    return [DisputeRow(*row) for row in found]


def add_events(connection: Connection, rows: Sequence[EventRow]) -> None:
    """Append events; their numbers follow those that are there (the case's row is locked)."""
    if rows:
        connection.execute(insert(dispute_event), [asdict(row) for row in rows])


def events(connection: Connection, case: str) -> list[EventRow]:
    """All events of one dispute, in the order in which they were told."""
    query = select(dispute_event).where(dispute_event.c.case == case)
    return [EventRow(*row) for row in connection.execute(query.order_by(dispute_event.c.seq))]


def events_of(connection: Connection, cases: Iterable[str]) -> dict[str, list[EventRow]]:
    """The same of several."""
    query = select(dispute_event).where(dispute_event.c.case.in_(tuple(cases)))
    found: dict[str, list[EventRow]] = {}
    order = (dispute_event.c.case, dispute_event.c.seq)
    for row in connection.execute(query.order_by(*order)):
        found.setdefault(row.case, []).append(EventRow(*row))
    return found


def told_since(
    connection: Connection,
    since: str,
    names: Iterable[str],
    *,
    after: tuple[str, str, int] = ("", "", -1),
    limit: int = CHUNK,
) -> list[EventRow]:
    """Events of these names that the hub took from ``since`` on (stamp), in the order of ``place``."""
    columns = (dispute_event.c.told_at, dispute_event.c.case, dispute_event.c.seq)
    where = (dispute_event.c.told_at >= since, dispute_event.c.name.in_(tuple(names)))
    query = select(dispute_event).where(*where, tuple_(*columns) > after)
    return [EventRow(*row) for row in connection.execute(query.order_by(*columns).limit(limit))]


def place(row: EventRow) -> tuple[str, str, int]:
    """Where it stands among all events, in the order in which they were told."""
    return row.told_at, row.case, row.seq


def count_events(connection: Connection, case: str) -> int:
    """How many a dispute has."""
    query = select(func.count()).where(dispute_event.c.case == case)
    return int(connection.execute(query).scalar_one())


def unregistered(
    connection: Connection, matter: str, *, after: str = "", limit: int = CHUNK
) -> list[str]:
    """Cases of the matter that have no dispute yet, in the order of their ids."""
    has = exists().where(dispute.c.case == matter_case.c.id)
    where = (matter_case.c.matter == matter, matter_case.c.id > after, ~has)
    query = select(matter_case.c.id).where(*where).order_by(matter_case.c.id).limit(limit)
    return list(connection.execute(query).scalars())


def by_document(connection: Connection, document: str) -> EventRow | None:
    """The event that this document says; None: it was not taken."""
    query = select(dispute_event).where(dispute_event.c.document == document)
    found = connection.execute(query).first()
    return None if found is None else EventRow(*found)
