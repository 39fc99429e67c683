"""Incidents of what waits for people, and what operators do with incidents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from exchange import canonical, incident, times
from exchange.errors import Fact, Fatal, Rejected
from exchange.incident import Trouble
from exchange.ledger import Entry
from exchange.store import incident_rows, objection_rows, refused_rows, waiting_rows
from exchange.store.engine import Connection
from exchange.store.incident_rows import IncidentRow
from zhida import certificate_ends, data_request
from zhida.hub import Hub
from zhida.operators import Signatory, checked_reason
from zhida.site import Site

READ_OFF = (
    "parked", "invalid", "messages", "objection", "request",
    certificate_ends.SOON, certificate_ends.AT_ONCE,
)  # fmt: skip
"""Kinds of incidents that nobody reports: the rows tell."""


def settle(hub: Hub) -> None:
    """Open an incident for each reason for which items are parked or objections wait, for each leg
    on which items are invalid, and for each source of which messages were refused; close those
    without any.

    Read off the rows as they are, so it does not matter who parked them, or who freed them: a
    sweep, an operator, a restore. Writes only if something has changed.
    """
    now = hub.clock()
    with hub.store.read() as connection:
        parked, invalid = _parked(hub.site, connection), _invalid(hub.site, connection)
        objected = _objected(hub.site, connection, now)
        asked = _requested(hub.site, connection, now)
        ending = _ending(hub, connection, now)
        reasons = chain(parked, invalid, _refused(connection), objected, asked, ending)
        found = {_reason(trouble): (trouble, since) for trouble, since in reasons}
        known = [row for kind in READ_OFF for row in incident_rows.still_open(connection, kind)]
    begun = {_reason(row) for row in known}
    gone = [row for row in known if _reason(row) not in found]
    new = [told for key, told in found.items() if key not in begun]
    if not gone and not new:
        return
    with hub.store.write() as connection:
        for trouble, since in new:
            incident.begin(connection, trouble, since)
        for row in gone:
            incident_rows.change(connection, row.id, closed_at=times.stamp(now))


def acknowledge(hub: Hub, who: Signatory, identifier: str, note: str = "") -> None:
    """Somebody knows and takes care: nobody else is told that it began.

    Invalid items and messages stay what they are, so theirs ends with that: of the next ones
    somebody is told.
    """
    with hub.store.read() as connection:
        is_over = find(connection, identifier).kind in incident.BY_HAND
    ends = {"closed_at": times.stamp(hub.clock())} if is_over else {}
    told = Act(identifier, {"action": "acknowledge"}, note)
    act(hub, who, told, acknowledged_by=who.operator.name, **ends)


def find(connection: Connection, identifier: str) -> IncidentRow:
    """The incident of this id. ``Fatal`` if there is none."""
    row = incident_rows.get(connection, identifier)
    if row is None:
        raise Fatal("incident.unknown", incident=identifier)
    return row


@dataclass(frozen=True, slots=True)
class Act:
    """What a person does with an incident, and why (empty: not said)."""

    incident: str
    told: Mapping[str, Fact]
    reason: str = ""


def act(hub: Hub, who: Signatory, done: Act, **values: str) -> None:
    """Change it and record who did, signed; ``Rejected`` if it is over."""
    told = {"incident": done.incident, **done.told}
    token = who.sign("incident", told, reason=done.reason, now=hub.clock())
    why = {"reason": checked_reason(done.reason)} if done.reason else {}

    def write(connection: Connection) -> list[Entry]:
        if find(connection, done.incident).closed_at:
            raise Rejected("incident.closed", incident=done.incident)
        incident_rows.change(connection, done.incident, **values)
        details = {**told, **why, "operator": who.operator.name, "token": token}
        return [Entry("operator", done.incident, details=details)]

    hub.ledger.commit(write)


def _reason(told: Trouble | IncidentRow) -> tuple[str, str, str]:
    return told.system, told.kind, told.code


def _parked(site: Site, connection: Connection) -> Iterator[tuple[Trouble, datetime]]:
    """What is wrong with which system, and since when.

    Asked by item, for which there is an index; so an item that its matter no longer has is not
    seen here (``zhida parked list`` shows it).
    """
    for matter in site.matters.values():
        for row in waiting_rows.parked(connection, matter.name, list(matter.items)):
            system = site.system_of(matter.items[row.item]).name
            facts = canonical.loads(row.facts.encode())
            yield Trouble(system, "parked", row.code, facts), times.instant(row.since)


def _invalid(site: Site, connection: Connection) -> Iterator[tuple[Trouble, datetime]]:
    """One a leg, whatever the reasons: nothing was sent, and nobody else will notice."""
    oldest: dict[str, tuple[str, str]] = {}
    for matter in site.matters.values():
        for item in matter.items.values():
            system = site.system_of(item).name
            after = incident_rows.last_closed(connection, "invalid", system)
            for row in waiting_rows.invalid(connection, matter.name, [item.name], after):
                first = (row.since, row.code)
                oldest[system] = min(oldest.get(system, first), first)
    for system, (since, code) in oldest.items():
        trouble = Trouble(system, "invalid", "leg.invalid-items", {"because": code})
        yield trouble, times.instant(since)


def _refused(connection: Connection) -> Iterator[tuple[Trouble, datetime]]:
    """One a source, whatever the reasons: its sender believes that we have what it sent."""
    for told in refused_rows.since(connection):
        after = incident_rows.last_closed(connection, "messages", told.source)
        if told.last_at <= after:
            continue
        [found] = refused_rows.since(connection, told.source, after)
        row = refused_rows.first_of(connection, told.source, found.first_at)
        problems = canonical.loads(row.problems.encode()) if row else []
        because = {"because": problems[0]["code"] if problems else "-"}
        trouble = Trouble(told.source, "messages", "intake.refused", because)
        yield trouble, times.instant(found.first_at)


def _ending(hub: Hub, connection: Connection, now: datetime) -> Iterator[tuple[Trouble, datetime]]:
    """Certificates that end soon: nothing is wrong yet."""
    stamper = certificate_ends.of_stamper(hub.outside.stamper, connection)
    for each in [*certificate_ends.of_trust(hub.site, hub.trust.now()), *stamper]:
        if each.is_near(now):
            yield each.trouble(now)


def _requested(
    site: Site, connection: Connection, now: datetime
) -> Iterator[tuple[Trouble, datetime]]:
    """Requests for data that wait for a unit's answer or for the data; late ones apart."""
    pending = [r for r in data_request.load(connection, site) if r.state in data_request.PENDING]
    for each in sorted(pending, key=lambda each: each.opened_at, reverse=True):
        late = each.is_late(times.civil_day(now))
        code = "request.overdue" if late else "request.waiting"
        system = site.spokesman(each.wish.provider)
        yield Trouble(system, "request", code), times.instant(each.opened_at)


def _objected(
    site: Site, connection: Connection, now: datetime
) -> Iterator[tuple[Trouble, datetime]]:
    """Doubts that wait for their source, the oldest of each; late ones are an incident of their own."""
    for row in sorted(
        objection_rows.pending(connection), key=lambda row: row.opened_at, reverse=True
    ):
        late = row.due_at < times.stamp(now)
        code = "objection.overdue" if late else "objection.waiting"
        since = row.due_at if late else row.opened_at
        yield Trouble(site.spokesman(row.provider), "objection", code), times.instant(since)
