"""Messages that could not be taken in, by their sources: what somebody has to be told of."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from exchange.store.document_rows import InvalidRow
from exchange.store.engine import Connection
from exchange.store.tables import invalid


@dataclass(frozen=True, slots=True)
class Refused:
    """Messages of one source that could not be taken in: how many, since when, and the newest."""

    source: str
    count: int
    first_at: str
    last_at: str


_TAKEN_BEFORE = '[{"case":"%","code":"intake.duplicate-case"}]'
"""Nothing is lost of a business that has its case: whoever sent it again is told in the list."""


def since(connection: Connection, source: str = "", after: str = "") -> list[Refused]:
    """By source, what came after this stamp; without messages about what has its case already."""
    query = (
        select(invalid.c.source, func.count(), func.min(invalid.c.at), func.max(invalid.c.at))
        .where(invalid.c.at > after, invalid.c.problems.not_like(_TAKEN_BEFORE))
        .group_by(invalid.c.source)
        .order_by(invalid.c.source)
    )
    query = query.where(invalid.c.source == source) if source else query
    return [Refused(*row) for row in connection.execute(query)]


def first_of(connection: Connection, source: str, at: str) -> InvalidRow | None:
    """One of the messages of this source that came at this stamp."""
    query = select(invalid).where(invalid.c.source == source, invalid.c.at == at).limit(1)
    found = connection.execute(query).first()
    return None if found is None else InvalidRow(*found)
