"""Counts for the accounting: what the ledger says came in, where the tables say it is.

All counts of one report are read in one transaction, from one state of the store. Groups go by
labels: two expressions with parameters are never the same to PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select

from exchange.accounting import DUPLICATE
from exchange.store.engine import Connection, Store
from exchange.store.tables import (
    case_document,
    case_item,
    delivery,
    inbox,
    invalid,
    ledger_entry,
    matter_case,
    matter_definition,
)

_TWICE = "intake.duplicate-case"


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


def taken_in(connection: Connection) -> dict[str, int]:
    """Messages by source: those that opened a case, those that are invalid, those that repeat one.

    A message that came before is no new one: nothing is written of it.
    """
    cases = _by_source(ledger_entry.c.ref).where(ledger_entry.c.kind == "case-opened")
    kept = ledger_entry.outerjoin(invalid, invalid.c.id == ledger_entry.c.ref)
    source = func.coalesce(invalid.c.source, "").label("origin")
    others = select(source, func.count()).select_from(kept).where(_of_messages())
    return _sum(connection, cases.select_from(ledger_entry), others.group_by("origin"))


def _of_messages() -> ColumnElement[bool]:
    """Entries of these kinds that are about a message, not about an item's delivery."""
    of_delivery = exists().where(delivery.c.effect == ledger_entry.c.ref)
    not_understood = (ledger_entry.c.kind == "invalid") & (ledger_entry.c.case == "")
    return or_(not_understood, (ledger_entry.c.kind == "duplicate") & ~of_delivery)


def _by_source(case_id: ColumnElement[str]) -> Select[Any, int]:
    """Count cases by the source of their messages; empty: nothing tells."""
    messages = case_document.join(inbox, inbox.c.document == case_document.c.document)
    of_case = select(func.min(inbox.c.source)).select_from(messages)
    source = func.coalesce(of_case.where(case_document.c.case == case_id).scalar_subquery(), "")
    return select(source.label("origin"), func.count()).group_by("origin")


def _sum(connection: Connection, *queries: Select[Any, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for query in queries:
        for name, number in connection.execute(query):
            found[name] = found.get(name, 0) + number
    return found


# --- where it is: the tables -----------------------------------------------------------------


def messages(connection: Connection) -> dict[tuple[str, str], int]:
    """Messages by source and column: ``opened``, ``invalid``, ``duplicate``."""
    cases = _by_source(matter_case.c.id).select_from(matter_case)
    found = {(name, "opened"): n for name, n in connection.execute(cases)}
    column = case((invalid.c.problems.contains(_TWICE), "duplicate"), else_="invalid")
    query = select(invalid.c.source, column.label("col"), func.count())
    for name, where, number in connection.execute(query.group_by(invalid.c.source, "col")):
        found[name, where] = number
    return found


def items(connection: Connection) -> dict[tuple[str, str, str, str], int]:
    """Items by matter, item, state, and code as far as it tells a duplicate from the rest."""
    code = case((case_item.c.code == DUPLICATE, DUPLICATE), else_="").label("told")
    names = (case_item.c.matter, case_item.c.item, case_item.c.state)
    query = select(*names, code, func.count()).group_by(*names, "told")
    return {(row[0], row[1], row[2], row[3]): row[4] for row in connection.execute(query)}


def definitions(connection: Connection) -> dict[str, str]:
    """Every definition that a case began with, by its digest."""
    return {row.digest: row.content for row in connection.execute(select(matter_definition))}
