"""An incident as people see it: what, whose, whom to call, can it wait. No personal data."""

from __future__ import annotations

from typing import Any

from exchange import canonical, incident, times
from exchange.store import (
    case_rows,
    incident_rows,
    objection_rows,
    refused_rows,
    waiting_rows,
)
from exchange.store.case_rows import WORKABLE
from exchange.store.engine import Connection
from exchange.store.incident_rows import IncidentRow
from zhida import data_request, incidents, site_words
from zhida.site import Contact, Site, System, Unit
from zhida.watch import Watch

_NOBODY = Contact("", "")
_UNCOUNTED = (
    "acceptance-near",
    "acceptance-over",
    "acceptance-stuck",
    "books",
    "calendar",
    "clawback",
    "crl",
    "crl-over",
    "dispute-stuck",
    "ending",
    "ending-soon",
    "facts",
    "finance-files",
    "paper",
    "period-near",
    "period-over",
    "time-stamp",
    "witness",
    "sync",
)
_BOTH = ("facts",)
"""Kinds that the holder mends and somebody of ours sees to."""


def every(watch: Watch, *, closed: bool = False) -> list[dict[str, Any]]:
    """Incidents, newest first; those that are over only if ``closed``."""
    with watch.store.read() as connection:
        rows = incident_rows.newest(connection)
        return [view(watch, connection, row) for row in rows if closed or not row.closed_at]


def one(watch: Watch, identifier: str) -> dict[str, Any]:
    """One incident."""
    with watch.store.read() as connection:
        return view(watch, connection, incidents.find(connection, identifier))


def view(watch: Watch, connection: Connection, row: IncidentRow) -> dict[str, Any]:
    """Everything that a line, a table or a program needs to know of it.

    ``waiting`` counts the items that wait on the system now, ``due_at`` is the earliest legal day
    among their cases (``YYYY-MM-DD``, or empty), ``urgent`` says that it is today or past.
    """
    site = watch.site
    system = site.systems.get(row.system)
    unit = site.units.get(system.unit if system else row.system)
    facts = canonical.loads(row.facts.encode())
    contact = _owner(site, facts.get("owner", "")) or _contact(site, system, unit)
    what, remedy = site_words.describe(site, row.code, facts)
    count, due_at = _waiting(site, connection, row)
    now = watch.clock()
    today = times.civil_day(now).isoformat()
    return {
        "incident": row.id,
        "kind": row.kind,
        "system": row.system,
        "system_title": system.title if system else row.system,
        "unit_title": unit.title if unit else "",
        "code": row.code,
        "what": what,
        "remedy": remedy,
        "contact": contact.name,
        "phone": contact.phone,
        "operator": _operator(site, facts.get("operator", "")) if row.kind in _BOTH else "",
        "waiting": count,
        "due_at": due_at,
        "urgent": bool(due_at) and due_at <= today,
        "today": today,
        "opened_at": row.opened_at,
        "told_at": row.told_at,
        "acknowledged_by": row.acknowledged_by,
        "silenced_until": row.silenced_until,
        "silenced": row.silenced_until > times.stamp(now),
        "closed_at": row.closed_at,
    }


def _contact(site: Site, system: System | None, unit: Unit | None) -> Contact:
    """Who looks after the system, else its unit's, else (a system no longer there) the hub's."""
    unit = unit or site.units.get(site.unit)
    told = (system.contact if system else None) or (unit.contact if unit else None)
    return told or _NOBODY


def _operator(site: Site, name: str) -> str:
    """Who of ours: the operator or unit that the site names, else the hub's contact."""
    found = _owner(site, name) or _contact(site, None, None)
    return f"{found.name} {found.phone}".strip()


def _owner(site: Site, name: str) -> Contact | None:
    """Whom the matter names: an operator, or a unit's contact."""
    if name in site.operators:
        return Contact(site.operators[name].title, "")
    unit = site.units.get(name)
    return (unit.contact or Contact(unit.title, "")) if unit else None


def _waiting(site: Site, connection: Connection, row: IncidentRow) -> tuple[int, str]:
    if row.kind in _UNCOUNTED or (row.kind in incident.BY_HAND and row.closed_at):
        return 0, ""
    if row.about:
        return _one_item(connection, row)
    if row.kind == "messages":
        after = incident_rows.last_closed(connection, row.kind, row.system)
        return sum(e.count for e in refused_rows.since(connection, row.system, after)), ""
    if row.kind == "objection":
        pending = objection_rows.pending(connection)  # the first due first
        due = [each.due_at for each in pending if site.spokesman(each.provider) == row.system]
        return len(due), times.civil_day(times.instant(due[0])).isoformat() if due else ""
    if row.kind == "request":
        asked = [r for r in data_request.load(connection, site) if r.state in data_request.PENDING]
        days = sorted(r.due_on for r in asked if site.spokesman(r.wish.provider) == row.system)
        return len(days), days[0] if days else ""
    states = (row.kind,) if row.kind in ("parked", "invalid") else WORKABLE
    code = row.code if row.kind == "parked" else ""
    found = [
        waiting_rows.waiting(connection, matter.name, items, states, code=code)
        for matter in site.matters.values()
        if (
            items := [i.name for i in matter.items.values() if site.system_of(i).name == row.system]
        )
    ]
    return sum(w.count for w in found), min((w.due_at for w in found if w.due_at), default="")


def _one_item(connection: Connection, row: IncidentRow) -> tuple[int, str]:
    case, _, item = row.about.partition("/")
    found = case_rows.get_item(connection, case, item)
    return (1, found.due_at) if found is not None and not row.closed_at else (0, "")
