"""Objections as operators work on them: opened for a unit, listed by their clocks, answered."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from exchange import objection, times
from exchange.errors import Invalid, Rejected
from exchange.ledger import Entry
from exchange.objection import Doubt
from exchange.store import case_rows, objection_rows
from exchange.store.engine import Connection
from exchange.store.objection_rows import PENDING, ObjectionRow
from zhida.hub import Hub
from zhida.names import nearest
from zhida.watch import Watch


def open_one(
    hub: Hub, case: str, name: str, field: str, *, unit: str, reason: str, days: int
) -> dict[str, Any]:
    """Record that ``unit`` doubts a field of the document that the case calls ``name``."""
    if unit not in hub.site.units:
        raise Invalid("objection.no-unit", unit=unit, nearest=nearest(unit, hub.site.units))

    def write(connection: Connection) -> tuple[ObjectionRow, list[Entry]]:
        known = case_rows.documents(connection, case)
        if name not in known:
            raise Rejected("objection.no-document", document=name, known=", ".join(sorted(known)))
        doubt = Doubt(case, known[name], unit, field, reason)
        term = timedelta(days=days)
        row, entry = objection.raise_doubt(connection, doubt, now=hub.clock(), term=term)
        return row, [entry]

    made = hub.ledger.decide(write)
    return told(hub.site.units[made.provider].title, made, times.stamp(hub.clock()))


def answer(hub: Hub, identifier: str, *, upheld: str) -> dict[str, Any]:
    """The source's answer: ``upheld`` names why the field stays; empty: it will be corrected."""
    with hub.store.read() as connection:
        row = one(connection, identifier)

    def write(connection: Connection) -> list[Entry]:
        case_rows.lock_case(connection, row.case)
        now = one(connection, row.id)
        if not upheld:
            return [objection.promise(connection, now)]
        return [objection.uphold(connection, now, upheld, now=hub.clock())]

    hub.ledger.commit(write)
    with hub.store.read() as connection:
        return asdict(one(connection, row.id))


def listed(watch: Watch, *, everything: bool = False) -> list[dict[str, Any]]:
    """Objections that wait for an answer, overdue ones first; or all."""
    with watch.store.read() as connection:
        rows = objection_rows.all_of(connection) if everything else None
        rows = objection_rows.pending(connection) if rows is None else rows
    now, units = times.stamp(watch.clock()), watch.site.units
    titles = {row.provider: units[row.provider].title for row in rows if row.provider in units}
    found = [told(titles.get(row.provider, row.provider), row, now) for row in rows]
    return sorted(found, key=lambda each: not each["overdue"])


def one(connection: Connection, identifier: str) -> ObjectionRow:
    """The objection of which this is an unambiguous beginning of the id."""
    found = objection_rows.find(connection, identifier) if identifier else []
    if len(found) != 1:
        raise Rejected("objection.unknown", objection=identifier[:32])
    return found[0]


def told(title: str, row: ObjectionRow, now: str) -> dict[str, Any]:
    """An objection for people and programs: whose turn it is, and whether it is late."""
    late = row.state in PENDING and row.due_at < now
    return asdict(row) | {"provider_title": title, "overdue": late}
