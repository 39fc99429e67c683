"""Rows of whom documents are about, and what was exchanged about one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Column, exists, func, insert, select

from exchange.store.delivery_rows import TransferRow
from exchange.store.engine import Connection
from exchange.store.subject_tables import document_subject
from exchange.store.tables import (
    case_document,
    delivery,
    document,
    ledger_entry,
    matter_case,
    transfer,
)

_AT_ONCE = 400
"""Ids that one question names."""
MANY = 20
"""Persons and organisations that are named in one affair, at most."""
_ADD = insert(document_subject)
READS = ("read", "finance-read", "file-read")
"""Entries of the ledger by which somebody got something without a transfer."""


@dataclass(frozen=True, slots=True)
class AboutRow:
    """A document that is about somebody; ``path`` is empty where only its case is."""

    id: str
    kind: str
    provider: str
    custody: str
    source: str
    as_of: str
    created_at: str
    supersedes: str
    path: str


def put(connection: Connection, identifier: str, places: Iterable[tuple[str, str]]) -> None:
    """Note whom a document is about (tag, path)."""
    rows = [{"document": identifier, "tag": tag, "path": path} for tag, path in sorted(places)]
    if rows:
        connection.execute(_ADD, rows)


_COLUMNS = (
    document.c.id, document.c.kind, document.c.provider, document.c.custody, document.c.source,
    document.c.as_of, document.c.created_at, document.c.supersedes,
)  # fmt: skip


def documents(connection: Connection, tags: Collection[str], most: int) -> list[AboutRow]:
    """Documents that name somebody, newest first."""
    query = (
        select(*_COLUMNS, document_subject.c.path)
        .join(document_subject, document_subject.c.document == document.c.id)
        .where(document_subject.c.tag.in_(tags))
        .order_by(document.c.created_at.desc(), document.c.id, document_subject.c.path)
    )
    return [AboutRow(*row) for row in connection.execute(query.limit(most))]


def count(connection: Connection, tags: Collection[str]) -> int:
    """How many places there are."""
    query = select(func.count()).where(document_subject.c.tag.in_(tags))
    return int(connection.execute(query).scalar_one())


def cases(connection: Connection, documents: Collection[str]) -> dict[str, list[str]]:
    """Document → the cases into which it came, by the ledger's word (which has an index for it)."""
    found: dict[str, list[str]] = {}
    for _, identifier, case, _ in notes(connection, documents, ("document",)):
        if case and case not in found.setdefault(identifier, []):
            found[identifier].append(case)
    return found


def beside(connection: Connection, cases: Collection[str]) -> list[AboutRow]:
    """The other documents of these cases: a birth record bears no number of the child, and is about it.

    A case in which more than ``MANY`` are named is a list, not one person's affair: of it only those
    that name nobody.
    """
    many = lists(connection, cases)
    named = exists().where(document_subject.c.document == document.c.id)
    found = []
    for some in _chunks(cases):
        query = select(*_COLUMNS).join(case_document, case_document.c.document == document.c.id)
        query = query.where(case_document.c.case.in_(some))
        query = query.where(case_document.c.case.not_in(many) | ~named).distinct()
        found += [AboutRow(*row, path="") for row in connection.execute(query)]
    return found


def lists(connection: Connection, cases: Collection[str]) -> list[str]:
    """Of these cases those in which more than ``MANY`` are named."""
    many = func.count(document_subject.c.tag.distinct()) > MANY
    found: list[str] = []
    for some in _chunks(cases):
        query = select(case_document.c.case).join(
            document_subject, document_subject.c.document == case_document.c.document
        )
        query = query.where(case_document.c.case.in_(some)).group_by(case_document.c.case)
        found += connection.execute(query.having(many)).scalars()
    return found


def transfers(connection: Connection, documents: Collection[str]) -> list[TransferRow]:
    """To whom these documents went."""
    query = select(transfer)
    return [
        TransferRow(*row)
        for some in _chunks(documents)
        for row in connection.execute(query.where(transfer.c.document.in_(some)))
    ]


def states(connection: Connection, effects: Collection[str]) -> dict[str, str]:
    """Effect → state of its delivery."""
    return _pairs(connection, (delivery.c.effect, delivery.c.state), effects)


def matters(connection: Connection, cases: Collection[str]) -> dict[str, str]:
    """Case → matter."""
    return _pairs(connection, (matter_case.c.id, matter_case.c.matter), cases)


def _pairs(
    connection: Connection, which: tuple[Column[Any], Column[Any]], ids: Collection[str]
) -> dict[str, str]:
    first, _ = which
    return {
        row[0]: row[1]
        for some in _chunks(ids)
        for row in connection.execute(select(*which).where(first.in_(some)))
    }


Note = tuple[str, str, str, bytes]
"""Kind, what it is about, case, and body of an entry of the ledger."""
_NOTE = select(ledger_entry.c.kind, ledger_entry.c.ref, ledger_entry.c.case, ledger_entry.c.body)


def notes(connection: Connection, refs: Collection[str], kinds: Collection[str]) -> list[Note]:
    """Entries of these kinds about these, in the ledger's order."""
    found = []
    for some in _chunks(refs):
        query = _NOTE.where(ledger_entry.c.ref.in_(some), ledger_entry.c.kind.in_(kinds))
        found += [tuple(row) for row in connection.execute(query.order_by(ledger_entry.c.seq))]
    return found


def of_cases(connection: Connection, cases: Collection[str], kinds: Collection[str]) -> list[Note]:
    """Entries of these kinds in these cases, in the ledger's order."""
    found = []
    for some in _chunks(cases):
        query = _NOTE.where(ledger_entry.c.case.in_(some), ledger_entry.c.kind.in_(kinds))
        found += [tuple(row) for row in connection.execute(query.order_by(ledger_entry.c.seq))]
    return found


def without(connection: Connection, after: str, most: int) -> list[str]:
    """Ids of documents, in order, of which nobody has noted whom they are about."""
    noted = exists().where(document_subject.c.document == document.c.id)
    query = select(document.c.id).where(document.c.id > after, ~noted)
    return list(connection.execute(query.order_by(document.c.id).limit(most)).scalars())


def has(connection: Connection, identifier: str) -> bool:
    """Has anybody noted whom it is about?"""
    query = select(document_subject.c.tag).where(document_subject.c.document == identifier)
    return connection.execute(query.limit(1)).first() is not None


def _chunks(ids: Collection[str]) -> Iterator[list[str]]:
    left = iter(sorted(set(ids) - {""}))
    while some := list(islice(left, _AT_ONCE)):
        yield some
