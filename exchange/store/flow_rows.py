"""Counts for the accounting: what the ledger says came in, where the tables say it is.

All counts of one report are read in one transaction, from one state of the store. Groups go by
labels: two expressions with parameters are never the same to PostgreSQL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select

from exchange import canonical
from exchange.accounting import DUPLICATE
from exchange.store.engine import Connection, Store
from exchange.store.tables import (
    case_item,
    delivery,
    document,
    inbox,
    invalid,
    ledger_entry,
    matter_case,
    matter_definition,
)

_TWICE = "intake.duplicate-case"
REREAD = "reread"
"""Kind of the entry that an invalid message was read again; with a case if it opened one."""
_came = ledger_entry.alias("came")


@contextmanager
def snapshot(store: Store) -> Iterator[Connection]:
    """One state of the store, for several queries. (PostgreSQL would give each query its own.)"""
    with store.read() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield connection


# --- what came in: the ledger ----------------------------------------------------------------


def opened(connection: Connection) -> dict[tuple[str, str], int]:
    """Cases that were opened, by matter and definition; both empty if the case is gone."""
    named = [
        func.coalesce(matter_case.c.matter, "").label("of"),
        func.coalesce(matter_case.c.definition, "").label("by"),
    ]
    known = ledger_entry.outerjoin(matter_case, matter_case.c.id == ledger_entry.c.ref)
    query = select(*named, func.count()).select_from(known)
    query = query.where(ledger_entry.c.kind == "case-opened").group_by("of", "by")
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}


def corrected(connection: Connection) -> Counter[tuple[str, str]]:
    """Corrections of items, by matter and row; the matter is empty if the case is gone."""
    name = func.coalesce(matter_case.c.matter, "")
    known = ledger_entry.outerjoin(matter_case, matter_case.c.id == ledger_entry.c.case)
    query = select(name, ledger_entry.c.body).select_from(known)
    rows = connection.execute(query.where(ledger_entry.c.kind.in_(("amend", "revoke"))))
    return Counter((of, canonical.loads(body)["item"]) for of, body in rows)


def taken_in(connection: Connection) -> dict[str, int]:
    """Messages by source: those that opened a case, those that are invalid, those that repeat one,
    and those that changed a case's document or meant to.

    A message that came before is no new one, and one that concerns no case of ours is let go:
    nothing is written of them.
    """
    cases = _by_source(ledger_entry.c.ref).where(ledger_entry.c.kind == "case-opened")
    kept = ledger_entry.outerjoin(invalid, invalid.c.id == ledger_entry.c.ref)
    source = func.coalesce(invalid.c.source, "").label("origin")
    others = select(source, func.count()).select_from(kept)
    others = others.where(of_messages(), ~opened_later())
    changes = select(sent_by(ledger_entry.c.ref).label("origin"), func.count())
    changes = changes.where(ledger_entry.c.kind == "change").group_by("origin")
    cases = cases.select_from(ledger_entry)
    return _sum(connection, cases, others.group_by("origin"), changes)


def of_messages() -> ColumnElement[bool]:
    """Entries of these kinds that are about a message, not about an item's delivery."""
    of_delivery = exists().where(delivery.c.effect == ledger_entry.c.ref)
    not_understood = (ledger_entry.c.kind == "invalid") & (ledger_entry.c.case == "")
    return or_(not_understood, (ledger_entry.c.kind == "duplicate") & ~of_delivery)


def opened_later() -> ColumnElement[bool]:
    """Read again, the message opened a case: it is counted as such."""
    again = _came.c.ref == ledger_entry.c.ref, _came.c.kind == REREAD, _came.c.case != ""
    return exists().where(*again).correlate(ledger_entry)


def _by_source(case_id: ColumnElement[str]) -> Select[Any, int]:
    """Count cases by the source of the message that opened them: their first document's."""
    opening = opening_document(case_id)
    return select(sent_by(opening).label("origin"), func.count()).group_by("origin")


def opening_document(case_id: ColumnElement[str]) -> ColumnElement[str]:
    """The first document of a case."""
    first = select(_came.c.ref).where(_came.c.kind == "document", _came.c.case == case_id)
    return first.order_by(_came.c.seq).limit(1).correlate(case_id.table).scalar_subquery()


def sent_by(identifier: ColumnElement[str]) -> ColumnElement[str]:
    """The source that sent a document; empty: nothing tells."""
    sources = select(func.min(inbox.c.source)).where(inbox.c.document == identifier)
    return func.coalesce(sources.scalar_subquery(), "")


def _sum(connection: Connection, *queries: Select[Any, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for query in queries:
        for name, number in connection.execute(query):
            found[name] = found.get(name, 0) + number
    return found


# --- where it is: the tables -----------------------------------------------------------------


def messages(connection: Connection) -> dict[tuple[str, str], int]:
    """Messages by source and column: ``opened``, ``invalid``, ``duplicate``, and those of changes."""
    cases = _by_source(matter_case.c.id).select_from(matter_case)
    found = {(name, "opened"): n for name, n in connection.execute(cases)}
    column = case((is_twice(), "duplicate"), else_="invalid")
    query = select(invalid.c.source, column.label("col"), func.count())
    for name, where, number in connection.execute(query.group_by(invalid.c.source, "col")):
        found[name, where] = number
    for name, where, number in connection.execute(_changes()):
        found[name, where] = found.get((name, where), 0) + number
    return found


def is_twice() -> ColumnElement[bool]:
    """An invalid message that repeats a case's."""
    return invalid.c.problems.contains(_TWICE)


def _changes() -> Select[Any, str, str, int]:
    """``changed``: it is a document of ours; ``superseded`` and ``duplicate``: it came for nothing."""

    def told(kind: str) -> ColumnElement[bool]:
        return exists().where(ledger_entry.c.ref == inbox.c.document, ledger_entry.c.kind == kind)

    filed = exists().where(document.c.id == inbox.c.document)
    column = case((filed, "changed"), (told("superseded"), "superseded"), else_="duplicate")
    query = select(inbox.c.source, column.label("col"), func.count()).where(told("change"))
    return query.group_by(inbox.c.source, "col")


def items(connection: Connection) -> dict[tuple[str, str, str, str], int]:
    """Items by matter, item, state, and code as far as it tells a duplicate from the rest."""
    code = case((case_item.c.code == DUPLICATE, DUPLICATE), else_="").label("told")
    names = (case_item.c.matter, case_item.c.item, case_item.c.state)
    query = select(*names, code, func.count()).group_by(*names, "told")
    return {(row[0], row[1], row[2], row[3]): row[4] for row in connection.execute(query)}


def definitions(connection: Connection) -> dict[str, str]:
    """Every definition that a case began with, by its digest."""
    return {row.digest: row.content for row in connection.execute(select(matter_definition))}
