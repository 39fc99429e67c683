"""Which entries of the ledger a flow of the accounting is counted from, and where each thing is now.

The same readings as ``flow_rows``, thing by thing instead of in sums.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import case, func, literal, select

from exchange import canonical
from exchange.store import flow_rows
from exchange.store.engine import Connection
from exchange.store.tables import case_item, invalid, ledger_entry, matter_case


class Came(NamedTuple):
    """One thing that came in: its entry in the ledger, and where it is counted now."""

    seq: int
    kind: str
    ref: str
    case: str
    state: str
    """Of the item, or the column of the message."""
    code: str = ""


_ENTRY = (ledger_entry.c.seq, ledger_entry.c.kind, ledger_entry.c.ref, ledger_entry.c.case)


def of_item(
    connection: Connection, matter: str, item: str, definitions: Collection[str]
) -> Iterator[Came]:
    """The cases that were opened with an item, by the ledger; without a state: nothing knows of it any more.

    ``definitions``: digests of those of the matter's that have the item.
    """
    own = (case_item.c.case == matter_case.c.id) & (case_item.c.item == item)
    state, code = (func.coalesce(each, "") for each in (case_item.c.state, case_item.c.code))
    query = select(*_ENTRY, state, code).select_from(
        ledger_entry.join(matter_case, matter_case.c.id == ledger_entry.c.ref).outerjoin(
            case_item, own
        )
    )
    of = matter_case.c
    has = (of.matter == matter, of.definition.in_(definitions))
    wanted = (ledger_entry.c.kind == "case-opened", *has)
    yield from map(Came._make, connection.execute(query.where(*wanted).order_by(_ENTRY[0])))


def corrections(connection: Connection, matter: str) -> Iterator[tuple[str, Came]]:
    """Row (``household#1``) and entry of each correction in a matter's cases."""
    query = select(*_ENTRY, ledger_entry.c.body)
    query = query.join(matter_case, matter_case.c.id == ledger_entry.c.case)
    wanted = (ledger_entry.c.kind.in_(("amend", "revoke")), matter_case.c.matter == matter)
    states = _states(connection, matter)
    for seq, kind, ref, of, body in connection.execute(query.where(*wanted).order_by(_ENTRY[0])):
        row = str(canonical.loads(body)["item"])
        state, code = states.get((of, row), ("", ""))
        yield row, Came(seq, kind, ref, of, state, code)


def _states(connection: Connection, matter: str) -> dict[tuple[str, str], tuple[str, str]]:
    of = case_item.c
    query = select(of.case, of.item, of.state, of.code)
    query = query.where(of.matter == matter, of.item.contains("#"))
    return {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(query)}


def of_source(connection: Connection, source: str) -> Iterator[Came]:
    """The messages of a source: those that opened a case, those kept as invalid, those that changed one."""
    opening = flow_rows.sent_by(flow_rows.opening_document(ledger_entry.c.ref))
    opened = select(*_ENTRY, literal("opened"), literal(""))
    opened = opened.where(ledger_entry.c.kind == "case-opened", opening == source)
    column = case((flow_rows.is_twice(), "duplicate"), else_="invalid")
    kept = select(*_ENTRY, column, literal(""))
    kept = kept.join(invalid, invalid.c.id == ledger_entry.c.ref)
    kept = kept.where(
        invalid.c.source == source, flow_rows.of_messages(), ~flow_rows.opened_later()
    )
    changed = select(*_ENTRY, literal("changed"), literal(""))
    changed = changed.where(
        ledger_entry.c.kind == "change", flow_rows.sent_by(ledger_entry.c.ref) == source
    )
    for query in (opened, kept, changed):
        yield from map(Came._make, connection.execute(query.order_by(_ENTRY[0])))
