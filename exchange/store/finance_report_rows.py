"""What the report of order finance counts of a bank, in sums: readings, refusals, events; and its loans' words.

``since`` and ``until`` are stamps: from the one on, to before the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from exchange.store import finance_loan_rows
from exchange.store.engine import Connection
from exchange.store.finance_loan_rows import LoanRow, ToldRow
from exchange.store.finance_loan_tables import finance_event
from exchange.store.finance_tables import finance_read
from exchange.store.told_rows import CHUNK


class Span(NamedTuple):
    """A bank, and from when to before when."""

    bank: str
    since: str
    until: str


def counted(connection: Connection, span: Span) -> dict[str, int]:
    """Act → how many readings were counted."""
    of = finance_read.c
    query = select(of.act, func.count()).where(*_decided(span), of.counted_at != "")
    return {row[0]: row[1] for row in connection.execute(query.group_by(of.act))}


def refused(connection: Connection, span: Span) -> dict[str, int]:
    """Code → how many readings were refused for it."""
    of = finance_read.c
    query = select(of.code, func.count()).where(*_decided(span), of.code != "")
    return {row[0]: row[1] for row in connection.execute(query.group_by(of.code))}


def readings(connection: Connection, span: Span, *, act: str = "") -> list[str]:
    """Ids of the readings that were counted for an act; without one, of those that were refused."""
    of = finance_read.c
    wanted = (of.act == act, of.counted_at != "") if act else (of.code != "",)
    query = select(of.id).where(*_decided(span), *wanted).order_by(of.at, of.id)
    return list(connection.execute(query).scalars())


def _decided(span: Span) -> tuple[ColumnElement[bool], ...]:
    of = finance_read.c
    return of.bank == span.bank, of.at >= span.since, of.at < span.until


def events(connection: Connection, span: Span) -> dict[str, int]:
    """Name → how many events the bank was told of."""
    of = finance_event.c
    where = (of.bank == span.bank, of.at >= span.since, of.at < span.until)
    query = select(of.name, func.count()).where(*where).group_by(of.name)
    return {row[0]: row[1] for row in connection.execute(query)}


def event_documents(connection: Connection, span: Span) -> list[str]:
    """The papers of these events, in the order of their numbers."""
    of = finance_event.c
    where = (of.bank == span.bank, of.at >= span.since, of.at < span.until)
    query = select(of.document).where(*where).order_by(of.seq)
    return list(connection.execute(query).scalars())


def loans(connection: Connection, span: Span) -> Iterator[tuple[LoanRow, Sequence[ToldRow]]]:
    """Each loan taken in, with what was told of it; the words of many in one query."""
    rows = finance_loan_rows.opened_between(connection, *span)
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        told = finance_loan_rows.LOG.told_of(connection, [row.case for row in some])
        yield from ((row, told.get(row.case, ())) for row in some)
