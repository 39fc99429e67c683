"""Where a figure comes from: the ledger's entries about the things that it counts, by their numbers.

Refs are asked for in runs, so that a figure over a hundred thousand things can be followed too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy import select

from exchange.store.dataset_tables import dataset
from exchange.store.engine import Connection
from exchange.store.tables import document, ledger_entry, transfer

_RUN = 500
"""References in one query: databases bound the parameters of one."""


class Found(NamedTuple):
    """One entry of the ledger: its number, what it is, and what it is about."""

    seq: int
    kind: str
    ref: str
    case: str


class Use(NamedTuple):
    """One transfer of a document: when it went, and how new the document was."""

    id: str
    document: str
    at: str
    as_of: str


def about(
    connection: Connection, refs: Sequence[str], kinds: Sequence[str] = ()
) -> Iterator[Found]:
    """Entries about these things (of these kinds; none: of any), in the order of ``refs``' runs."""
    entry = ledger_entry.c
    names = (entry.seq, entry.kind, entry.ref, entry.case)
    for run in _runs(refs):
        query = select(*names).where(entry.ref.in_(run))
        query = query.where(entry.kind.in_(kinds)) if kinds else query
        yield from map(Found._make, connection.execute(query.order_by(entry.seq)).all())


def of_cases(
    connection: Connection, cases: Sequence[str], kinds: Sequence[str] = ()
) -> Iterator[Found]:
    """The same of what belongs to these cases."""
    entry = ledger_entry.c
    names = (entry.seq, entry.kind, entry.ref, entry.case)
    for run in _runs(cases):
        query = select(*names).where(entry.case.in_(run))
        query = query.where(entry.kind.in_(kinds)) if kinds else query
        yield from map(Found._make, connection.execute(query.order_by(entry.seq)).all())


def _runs(refs: Sequence[str]) -> Iterator[list[str]]:
    left = iter(refs)
    while run := list(islice(left, _RUN)):
        yield run


def uses(connection: Connection, kind: str, provider: str, since: str = "") -> list[Use]:
    """Transfers of a unit's documents of a kind since a stamp (empty: all)."""
    query = select(transfer.c.id, transfer.c.document, transfer.c.at, document.c.as_of)
    query = query.join(document, document.c.id == transfer.c.document)
    query = query.where(document.c.kind == kind, transfer.c.provider == provider)
    query = query.where(transfer.c.at >= since) if since else query
    return [Use(*row) for row in connection.execute(query.order_by(transfer.c.at)).all()]


def of_agreement(connection: Connection, agreement: str, since: str = "") -> list[str]:
    """Ids of the transfers under an agreement since a stamp (empty: all)."""
    query = select(transfer.c.id).where(transfer.c.agreement == agreement)
    query = query.where(transfer.c.at >= since) if since else query
    return list(connection.execute(query.order_by(transfer.c.at)).scalars())


def lists(connection: Connection, kind: str, provider: str, since: str = "") -> list[str]:
    """Ids of a unit's datasets of a kind that came since a stamp (empty: all)."""
    query = select(dataset.c.id).where(dataset.c.kind == kind, dataset.c.provider == provider)
    query = query.where(dataset.c.created_at >= since) if since else query
    return list(connection.execute(query.order_by(dataset.c.created_at)).scalars())


def newest(connection: Connection, kind: str, provider: str) -> str:
    """Id of the unit's document of a kind with the latest ``as_of``; empty: there is none."""
    query = select(document.c.id).where(document.c.kind == kind, document.c.provider == provider)
    return connection.execute(query.order_by(document.c.as_of.desc()).limit(1)).scalar() or ""
