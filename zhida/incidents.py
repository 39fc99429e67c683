"""Incidents of parked items, and what operators do with incidents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange import canonical, incident, times
from exchange.errors import Fact, Fatal, Rejected
from exchange.incident import Trouble
from exchange.ledger import Entry
from exchange.store import incident_rows, waiting_rows
from exchange.store.engine import Connection
from exchange.store.incident_rows import IncidentRow
from zhida.hub import Hub
from zhida.operators import Signatory
from zhida.site import Site


def settle(hub: Hub) -> None:
    """Open an incident for each reason for which items are parked, close those without any.

    Read off the items as they are, so it does not matter who parked them, or who freed them: a
    sweep, an operator, a restore. Writes only if something has changed.
    """
    with hub.store.read() as connection:
        found = dict(_parked(hub.site, connection))
        known = incident_rows.still_open(connection, "parked")
    begun = {(row.system, row.code) for row in known}
    gone = [row for row in known if (row.system, row.code) not in found]
    new = [told for key, told in found.items() if key not in begun]
    if not gone and not new:
        return
    now = hub.clock()
    with hub.store.write() as connection:
        for trouble, since in new:
            incident.begin(connection, trouble, since)
        for row in gone:
            incident_rows.change(connection, row.id, closed_at=times.stamp(now))


def acknowledge(hub: Hub, who: Signatory, identifier: str) -> None:
    """Somebody knows and takes care: nobody else is told that it began."""
    _act(hub, who, identifier, {"action": "acknowledge"}, acknowledged_by=who.operator.name)


def silence(hub: Hub, who: Signatory, identifier: str, until: datetime) -> None:
    """Nobody is told anything of it until then."""
    at = times.stamp(until)
    _act(hub, who, identifier, {"action": "silence", "until": at}, silenced_until=at)


def find(connection: Connection, identifier: str) -> IncidentRow:
    """The incident of this id. ``Fatal`` if there is none."""
    row = incident_rows.get(connection, identifier)
    if row is None:
        raise Fatal("incident.unknown", incident=identifier)
    return row


def _act(hub: Hub, who: Signatory, identifier: str, act: dict[str, Fact], **values: str) -> None:
    """Change it and record who did, signed; ``Rejected`` if it is over."""
    told = {"incident": identifier, **act}
    token = who.sign("incident", told, reason="", now=hub.clock())

    def write(connection: Connection) -> list[Entry]:
        if find(connection, identifier).closed_at:
            raise Rejected("incident.closed", incident=identifier)
        incident_rows.change(connection, identifier, **values)
        details = {**told, "operator": who.operator.name, "token": token}
        return [Entry("operator", identifier, details=details)]

    hub.ledger.commit(write)


def _parked(
    site: Site, connection: Connection
) -> Iterator[tuple[tuple[str, str], tuple[Trouble, datetime]]]:
    """System and reason, with what is wrong and since when.

    Asked by item, for which there is an index; so an item that its matter no longer has is not
    seen here (``zhida parked list`` shows it).
    """
    for matter in site.matters.values():
        for row in waiting_rows.parked(connection, matter.name, list(matter.items)):
            system = site.system_of(matter.items[row.item]).name
            facts = canonical.loads(row.facts.encode())
            trouble = Trouble(system, "parked", row.code, facts)
            yield (system, row.code), (trouble, times.instant(row.since))
