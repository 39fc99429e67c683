"""Objections as operators work on them: opened for a unit, listed by their clocks, answered."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from exchange import objection, times
from exchange.errors import Invalid, Rejected
from exchange.ledger import Entry
from exchange.names import nearest
from exchange.objection import Doubt
from exchange.store import case_rows, objection_rows
from exchange.store.engine import Connection
from exchange.store.objection_rows import PENDING, ObjectionRow
from zhida import catalogue_file, sharing_clocks
from zhida.hub import Hub
from zhida.operators import Signatory
from zhida.watch import Watch


@dataclass(frozen=True, slots=True)
class Field:
    """What is doubted: a field (JSON Pointer) of the document that the case calls ``document``."""

    case: str
    document: str
    field: str


def open_one(
    hub: Hub, who: Signatory, doubted: Field, *, unit: str, reason: str, days: int = 0
) -> dict[str, Any]:
    """Record that ``unit`` doubts a field, signed by the operator who was told so.

    ``days``: calendar days to answer; 0: the site's clock for checks (``catalogue.yaml``).
    """
    if unit not in hub.site.units:
        raise Invalid("objection.no-unit", unit=unit, nearest=nearest(unit, hub.site.units))
    case, name, now = doubted.case, doubted.document, hub.clock()
    within = timedelta(days=days) if days else term(hub, now)
    token = who.sign("objection", asdict(doubted) | {"unit": unit}, reason=reason, now=now)

    def write(connection: Connection) -> tuple[ObjectionRow, list[Entry]]:
        known = case_rows.documents(connection, case)
        if name not in known:
            raise Rejected("objection.no-document", document=name, known=", ".join(sorted(known)))
        doubt = Doubt(case, known[name], unit, doubted.field, reason)
        row, entry = objection.raise_doubt(connection, doubt, now=now, term=within)
        return row, [_signed(entry, who, token)]

    made = hub.ledger.decide(write)
    return told(hub.site.units[made.provider].title, made, times.stamp(hub.clock()))


def term(hub: Hub, now: datetime) -> timedelta:
    """Until the end of the last day; ``objection.TERM`` where nobody knows the year's holidays yet."""
    clock = catalogue_file.load(hub.site).clocks[sharing_clocks.CHECK]
    due = clock.last_day(times.civil_day(now), hub.site.holidays)
    return sharing_clocks.end_of(due.day) - now if due.day else objection.TERM


def answer(hub: Hub, who: Signatory, identifier: str, *, upheld: str) -> dict[str, Any]:
    """The source's answer, signed by the operator who got it: ``upheld`` names why the field stays;
    empty: it will be corrected.
    """
    with hub.store.read() as connection:
        row = one(connection, identifier)
    about, now = {"objection": row.id, "upheld": upheld}, hub.clock()
    token = who.sign("objection-answer", about, reason="", now=now)

    def write(connection: Connection) -> list[Entry]:
        case_rows.lock_case(connection, row.case)
        stands = one(connection, row.id)
        if not upheld:
            return [_signed(objection.promise(connection, stands), who, token)]
        return [_signed(objection.uphold(connection, stands, upheld, now=now), who, token)]

    hub.ledger.commit(write)
    with hub.store.read() as connection:
        return asdict(one(connection, row.id))


def _signed(entry: Entry, who: Signatory, token: str) -> Entry:
    return replace(entry, details={**entry.details, "operator": who.operator.name, "token": token})


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
