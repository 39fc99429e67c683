"""Rows of documents and of what has been taken in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy import and_, bindparam, delete, insert, select, update

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.tables import case_document, cursor, document, inbox, invalid


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


_ADD, _ONE = insert(document), select(document).where(document.c.id == bindparam("of_id"))
_MESSAGE = and_(inbox.c.source == bindparam("of_source"), inbox.c.key == bindparam("of_key"))
_CONTENT = select(inbox.c.content).where(_MESSAGE)
_DOCUMENT_OF = select(inbox.c.document).where(_MESSAGE)
_REMEMBER = insert(inbox)
_FORGET = delete(inbox).where(_MESSAGE, inbox.c.document == "")
_KEY_OF = select(inbox.c.key).where(inbox.c.document == bindparam("of_document"))


def put(connection: Connection, row: DocumentRow) -> None:
    """Insert a document."""
    connection.execute(_ADD, asdict(row))


def get(connection: Connection, identifier: str) -> DocumentRow | None:
    """The document of this id."""
    found = connection.execute(_ONE, {"of_id": identifier}).first()
    return None if found is None else DocumentRow(*found)


def supersedes(connection: Connection, identifier: str) -> str:
    """The id of the document that this one corrects; empty if it is the first."""
    query = select(document.c.supersedes).where(document.c.id == identifier)
    return connection.execute(query).scalar() or ""


_OF_CASE = (
    select(case_document.c.document, document.c.kind, document.c.sealed, document.c.created_at)
    .outerjoin(document, document.c.id == case_document.c.document)
    .where(case_document.c.case == bindparam("of_case"))
    .order_by(case_document.c.name)
)


Held = tuple[str, str | None, bytes | None, str | None]
"""Id, kind, sealed body and stamp of a document; None where it is gone."""


def of_case(connection: Connection, case: str) -> list[Held]:
    """Every document that a case knows."""
    return [tuple(row) for row in connection.execute(_OF_CASE, {"of_case": case})]


def named(connection: Connection, name: str, cases: Collection[str]) -> dict[str, Held]:
    """Case → the document that it calls so, of those that have one."""
    of, doc = case_document.c, document.c
    query = select(of.case, of.document, doc.kind, doc.sealed, doc.created_at)
    query = query.outerjoin(document, doc.id == of.document)
    query = query.where(of.name == name, of.case.in_(tuple(cases)))
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in connection.execute(query)}


_FOLLOWING = (
    select(document.c.id, document.c.kind)
    .join(case_document, document.c.id == case_document.c.document)
    .where(case_document.c.case == bindparam("of_case"), document.c.supersedes != "")
    .order_by(case_document.c.name)
)


def following(connection: Connection, case: str) -> list[tuple[str, str]]:
    """Id and kind of the documents of a case that go on with one before."""
    return [(row.id, row.kind) for row in connection.execute(_FOLLOWING, {"of_case": case})]


def seen(connection: Connection, source: str, key: str) -> str | None:
    """The content tag of what this source sent under this key before; None if it is new."""
    which = {"of_source": source, "of_key": key}
    content: str | None = connection.execute(_CONTENT, which).scalar()
    return content


def document_of(connection: Connection, source: str, key: str) -> str:
    """The id of the document that this message became; empty if there is none."""
    which = {"of_source": source, "of_key": key}
    return connection.execute(_DOCUMENT_OF, which).scalar() or ""


def remember(connection: Connection, source: str, key: str, **values: str) -> None:
    """Note that this message was taken in (``content``, ``document``, ``first_at``)."""
    connection.execute(_REMEMBER, {"source": source, "key": key, **values})


def forget(connection: Connection, source: str, key: str) -> None:
    """Make room for another message under a key whose first one could not be understood."""
    connection.execute(_FORGET, {"of_source": source, "of_key": key})


def key_of(connection: Connection, identifier: str) -> str:
    """The key under which the source sent the document; empty if it came in another way."""
    return connection.execute(_KEY_OF, {"of_document": identifier}).scalar() or ""


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


def invalid_like(connection: Connection, beginning: str) -> list[InvalidRow]:
    """Two invalid messages at most whose id begins so."""
    query = select(invalid).where(invalid.c.id.startswith(beginning, autoescape=True))
    return [InvalidRow(*row) for row in connection.execute(query.limit(2))]


def take_invalid(connection: Connection, identifier: str) -> InvalidRow | None:
    """The invalid message, which nobody else changes until the transaction ends."""
    query = select(invalid).where(invalid.c.id == identifier).with_for_update()
    found = connection.execute(query).first()
    return None if found is None else InvalidRow(*found)


def set_problems(connection: Connection, identifier: str, problems: str) -> None:
    """It was read again, and these are its problems now (JSON)."""
    which = invalid.c.id == identifier
    connection.execute(update(invalid).where(which).values(problems=problems))


def drop_invalid(connection: Connection, identifier: str) -> None:
    """It could be understood after all: its bytes lie beside its document."""
    connection.execute(delete(invalid).where(invalid.c.id == identifier))


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


def postpone_cursor(connection: Connection, source: str, stream: str, next_at: str) -> None:
    """Not due before then; only ever moves later."""
    which = (cursor.c.source == source, cursor.c.stream == stream, cursor.c.next_at < next_at)
    connection.execute(update(cursor).where(*which).values(next_at=next_at))


def poll_now(connection: Connection) -> None:
    """Every source is to be looked at again from where its cursor stands."""
    connection.execute(update(cursor).values(next_at="", failures=0))


def has_documents(connection: Connection) -> bool:
    """Has anything ever been stored?"""
    return connection.execute(select(document.c.id).limit(1)).first() is not None
