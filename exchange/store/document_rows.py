"""Rows of documents and of what has been taken in."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, select

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.tables import cursor, document, inbox, invalid


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One stored document; the blobs are sealed."""

    id: str
    kind: str
    provider: str
    custody: str
    source: str
    as_of: str
    created_at: str
    supersedes: str
    digest: str
    sealed: bytes
    raw: bytes


def put(connection: Connection, row: DocumentRow) -> None:
    """Insert a document."""
    connection.execute(insert(document).values(**asdict(row)))


def get(connection: Connection, identifier: str) -> DocumentRow | None:
    """The document of this id."""
    found = connection.execute(select(document).where(document.c.id == identifier)).first()
    return None if found is None else DocumentRow(*found)


def seen(connection: Connection, source: str, key: str) -> str | None:
    """The content tag of what this source sent under this key before; None if it is new."""
    query = select(inbox.c.content).where(inbox.c.source == source, inbox.c.key == key)
    content: str | None = connection.execute(query).scalar()
    return content


def document_of(connection: Connection, source: str, key: str) -> str:
    """The id of the document that this message became; empty if there is none."""
    query = select(inbox.c.document).where(inbox.c.source == source, inbox.c.key == key)
    return connection.execute(query).scalar() or ""


def remember(connection: Connection, source: str, key: str, **values: str) -> None:
    """Note that this message was taken in (``content``, ``document``, ``first_at``)."""
    connection.execute(insert(inbox).values(source=source, key=key, **values))


def forget(connection: Connection, source: str, key: str) -> None:
    """Make room for another message under a key whose first one could not be understood."""
    mine = (inbox.c.source == source, inbox.c.key == key, inbox.c.document == "")
    connection.execute(delete(inbox).where(*mine))


def key_of(connection: Connection, identifier: str) -> str:
    """The key under which the source sent the document; empty if it came in another way."""
    query = select(inbox.c.key).where(inbox.c.document == identifier)
    return connection.execute(query).scalar() or ""


@dataclass(frozen=True, slots=True)
class InvalidRow:
    """A message that cannot be understood; ``problems`` is JSON, ``raw`` sealed."""

    id: str
    source: str
    key: str
    at: str
    problems: str
    raw: bytes


def put_invalid(connection: Connection, row: InvalidRow) -> None:
    """Keep an invalid message with its problems."""
    connection.execute(insert(invalid).values(**asdict(row)))


def list_invalid(connection: Connection) -> list[InvalidRow]:
    """All invalid messages, newest first."""
    rows = connection.execute(select(invalid).order_by(invalid.c.at.desc()))
    return [InvalidRow(*row) for row in rows]


def get_cursor(connection: Connection, source: str, stream: str) -> tuple[str, str, int]:
    """Where the stream was left (value), when it is due (stamp), how often it failed in a row."""
    query = select(cursor.c.value, cursor.c.next_at, cursor.c.failures).where(
        cursor.c.source == source, cursor.c.stream == stream
    )
    found = connection.execute(query).first()
    return ("", "", 0) if found is None else (found.value, found.next_at, found.failures)


def put_cursor(connection: Connection, source: str, stream: str, **values: str | int) -> None:
    """Move the stream's cursor (``value``, ``next_at``, ``failures``)."""
    upsert.put(connection, cursor, {"source": source, "stream": stream, **values})


def has_documents(connection: Connection) -> bool:
    """Has anything ever been stored?"""
    return connection.execute(select(document.c.id).limit(1)).first() is not None
