"""Rows of documents by their kind: for what is looked up apart from any case."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from exchange.store.document_rows import DocumentRow
from exchange.store.engine import Connection
from exchange.store.tables import document


def like(connection: Connection, kind: str, beginning: str) -> list[DocumentRow]:
    """Two documents of this kind at most whose id begins so."""
    query = select(document).where(
        document.c.kind == kind, document.c.id.startswith(beginning, autoescape=True)
    )
    return [DocumentRow(*row) for row in connection.execute(query.limit(2))]


def of_kind(connection: Connection, kind: str) -> list[str]:
    """The ids of all documents of a kind, newest first."""
    query = select(document.c.id).where(document.c.kind == kind)
    ordered = query.order_by(document.c.created_at.desc(), document.c.id)
    return list(connection.execute(ordered).scalars())


def corrected_by(connection: Connection, identifier: str) -> str:
    """The id of the newest document that corrects this one; empty if none does."""
    query = select(document.c.id).where(document.c.supersedes == identifier)
    return connection.execute(query.order_by(document.c.created_at.desc())).scalar() or ""


def words(connection: Connection, identifiers: Collection[str]) -> dict[str, tuple[str, str]]:
    """Document → its kind, and in whose custody it was signed."""
    query = select(document.c.id, document.c.kind, document.c.custody)
    rows = connection.execute(query.where(document.c.id.in_(identifiers)))
    return {row.id: (row.kind, row.custody) for row in rows}
