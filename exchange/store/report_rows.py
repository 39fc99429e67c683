"""What the report of a matter counts: rows of the cases opened in a span of time.

Nothing sealed is read, and every query is one for all cases, not one for each. Call them within one
reading transaction, so that they tell of one state of the store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from exchange import canonical
from exchange.store.case_rows import CaseRow
from exchange.store.clock_rows import first_day
from exchange.store.engine import Connection
from exchange.store.tables import (
    case_document,
    case_item,
    delivery,
    document,
    item_clock,
    ledger_entry,
    matter_case,
    transfer,
)

TAKEN = ("stored", "applied", "refused")
"""States of a delivery in which the target surely has what it was sent."""


@dataclass(frozen=True, slots=True)
class Span:
    """Cases of a matter opened from ``first`` on and before ``before`` (stamps; empty: no bound)."""

    matter: str
    first: str = ""
    before: str = ""


class Item(NamedTuple):
    """One item of a case (its row's name); ``facts`` is JSON."""

    case: str
    name: str
    state: str
    code: str
    facts: str
    updated_at: str


class Move(NamedTuple):
    """A document that an item's target has got: which fields of it, and which it has not.

    ``as_of`` is empty where the document is gone, ``disclosed`` and ``withheld`` are JSON lists.
    """

    case: str
    item: str
    kind: str
    provider: str
    as_of: str
    at: str
    disclosed: str
    withheld: str
    custody: str


class Sent(NamedTuple):
    """A request that has left."""

    case: str
    item: str
    state: str
    sent_at: str
    settled_at: str


def cases(connection: Connection, span: Span) -> list[CaseRow]:
    """The cases, the first first."""
    query = select(matter_case).where(_in(span)).order_by(matter_case.c.opened_at)
    return [CaseRow(*row) for row in connection.execute(query)]


def items(connection: Connection, span: Span) -> Iterator[Item]:
    """All items of these cases."""
    of = case_item.c
    query = select(of.case, of.item, of.state, of.code, of.facts, of.updated_at)
    query = query.join(matter_case, matter_case.c.id == of.case).where(_in(span))
    return map(Item._make, connection.execute(query).all())


def documents(connection: Connection, span: Span) -> Iterator[tuple[str, str, str]]:
    """Case, name and kind of what each case knows."""
    of = case_document.c
    query = select(of.case, of.name, document.c.kind).join(matter_case, matter_case.c.id == of.case)
    query = query.join(document, document.c.id == of.document).where(_in(span))
    return ((row[0], row[1], row[2]) for row in connection.execute(query).all())


def moves(connection: Connection, span: Span) -> Iterator[Move]:
    """What was given with a request that its target has surely got (``TAKEN``).

    Questions, which only ask, are none; nor is what was noted for a request that is in doubt.
    """
    of, doc = transfer.c, document.c
    kind, as_of = func.coalesce(doc.kind, ""), func.coalesce(doc.as_of, "")
    told = (of.at, of.disclosed, of.withheld, func.coalesce(doc.custody, ""))
    query = (
        select(of.case, of.item, kind, of.provider, as_of, *told)
        .join(matter_case, matter_case.c.id == of.case)
        .join(delivery, delivery.c.effect == of.effect)
        .outerjoin(document, doc.id == of.document)
        .where(_in(span), delivery.c.state.in_(TAKEN))
    )
    return map(Move._make, connection.execute(query).all())


def sent(connection: Connection, span: Span, items: Collection[str]) -> Iterator[Sent]:
    """The requests of these items, and of their corrections, that have left."""
    of = delivery.c
    named = [of.item.startswith(f"{item}#", autoescape=True) for item in items]
    query = select(of.case, of.item, of.state, of.sent_at, of.settled_at)
    query = query.join(matter_case, matter_case.c.id == of.case)
    query = query.where(_in(span), of.attempts > 0, or_(of.item.in_(items), *named))
    return map(Sent._make, connection.execute(query))


def written(connection: Connection, span: Span) -> Counter[tuple[str, str]]:
    """How many requests have left, once each, by system and operation."""
    of = delivery.c
    query = select(of.system, of.operation, func.count())
    query = query.join(matter_case, matter_case.c.id == of.case)
    query = query.where(_in(span), of.attempts > 0).group_by(of.system, of.operation)
    return Counter({(row[0], row[1]): row[2] for row in connection.execute(query)})


def parked_by(connection: Connection, beginning: str) -> dict[str, int]:
    """Codes that begin so → how many items of any matter are parked by them."""
    of = case_item.c
    query = select(of.code, func.count()).where(of.state == "parked")
    query = query.where(of.code.startswith(beginning, autoescape=True)).group_by(of.code)
    return {row[0]: row[1] for row in connection.execute(query)}


def joined(connection: Connection, span: Span) -> Iterator[tuple[str, str, str]]:
    """Case, name and instant of each document that came into its case from another side, later."""
    query = (
        select(ledger_entry.c.case, ledger_entry.c.body)
        .join(matter_case, matter_case.c.id == ledger_entry.c.ref)
        .where(_in(span), ledger_entry.c.kind == "joined")
    )
    for case, body in connection.execute(query):
        told = canonical.loads(body)
        yield case, told["document"], told["at"]


def begins(connection: Connection, span: Span) -> Iterator[tuple[str, str, str]]:
    """Case, item and civil day of each legal period whose first day is known."""
    of = item_clock.c
    query = select(of.case, of.item, of.from_opening, matter_case.c.opened_at)
    query = query.join(matter_case, matter_case.c.id == of.case)
    found = connection.execute(query.where(_in(span), of.from_opening != "")).all()
    return ((row[0], row[1], first_day(row[2], row[3])) for row in found)


def _in(span: Span) -> ColumnElement[bool]:
    told = [matter_case.c.matter == span.matter]
    told += [matter_case.c.opened_at >= span.first] if span.first else []
    told += [matter_case.c.opened_at < span.before] if span.before else []
    return and_(*told)
