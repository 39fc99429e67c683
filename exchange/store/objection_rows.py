"""Rows of objections: a receiver's doubt about a field, on its way back to the source."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy import insert, select, update

from exchange.store.engine import Connection
from exchange.store.operating_tables import objection
from exchange.store.tables import document

PENDING = ("open", "awaiting")
"""The source has not answered; or it has promised a new version that has not come."""


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """One objection; ``answer`` is the code of the source's answer, never a value."""

    id: str
    document: str
    case: str
    provider: str
    receiver: str
    field: str
    opened_at: str
    due_at: str
    state: str
    answer: str
    closed_at: str


def put(connection: Connection, row: ObjectionRow) -> None:
    """Insert an objection."""
    connection.execute(insert(objection), [asdict(row)])


def change(connection: Connection, identifier: str, **values: str) -> None:
    """Change an objection (``document``, ``state``, ``answer``, ``closed_at``)."""
    connection.execute(update(objection).where(objection.c.id == identifier).values(**values))


def find(connection: Connection, beginning: str) -> list[ObjectionRow]:
    """The objections of which this is the beginning of the id."""
    query = select(objection).where(objection.c.id.startswith(beginning, autoescape=True))
    return [ObjectionRow(*row) for row in connection.execute(query)]


def pending(connection: Connection, document: str = "") -> list[ObjectionRow]:
    """Those that are not closed, the first due first; about one document if named."""
    query = select(objection).where(objection.c.state.in_(PENDING)).order_by(objection.c.due_at)
    if document:
        query = query.where(objection.c.document == document)
    return [ObjectionRow(*row) for row in connection.execute(query)]


def kinds(connection: Connection, documents: Collection[str]) -> dict[str, str]:
    """Document → what it is; without those that are gone."""
    query = select(document.c.id, document.c.kind).where(document.c.id.in_(tuple(documents)))
    return {row.id: row.kind for row in connection.execute(query)}


def all_of(connection: Connection) -> list[ObjectionRow]:
    """Every objection, the first due first."""
    return [ObjectionRow(*r) for r in connection.execute(select(objection).order_by("due_at"))]
