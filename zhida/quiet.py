"""Quiet for a while: nobody is told of an incident until then, or until it is worse than it was."""

from __future__ import annotations

from datetime import datetime

from exchange import incident, times
from exchange.incident import Weight
from exchange.store import incident_rows
from exchange.store.engine import Connection
from exchange.store.incident_rows import IncidentRow
from zhida import incident_view, incidents
from zhida.hub import Hub
from zhida.incidents import Act
from zhida.operators import Signatory
from zhida.watch import Watch


def silence(
    hub: Hub, who: Signatory, identifier: str, until: datetime, *, reason: str = ""
) -> None:
    """Signed, in the ledger. How bad it is now is kept, to see when it is worse."""
    at, watch = times.stamp(until), _watch(hub)
    with hub.store.read() as connection:
        known = weight(watch, connection, incidents.find(connection, identifier))
    act = Act(identifier, {"action": "silence", "until": at}, reason)
    incidents.act(hub, who, act, silenced_until=at, silenced_as=known.text())


def wake(hub: Hub) -> None:
    """End the quiet about what has become worse. Writes only if something has."""
    now = times.stamp(hub.clock())
    watch = _watch(hub)
    with hub.store.read() as connection:
        rows = incident_rows.silenced(connection, now)
        worse = [row.id for row in rows if _is_worse(watch, connection, row)]
    if worse:
        with hub.store.write() as connection:
            for identifier in worse:
                incident_rows.change(connection, identifier, silenced_until=now)


def weight(watch: Watch, connection: Connection, row: IncidentRow) -> Weight:
    """How bad it is now."""
    told = incident_view.view(watch, connection, row)
    return Weight(row.code, told["urgent"], told["waiting"])


def _is_worse(watch: Watch, connection: Connection, row: IncidentRow) -> bool:
    """Of a quiet that began before anybody kept how bad it was, nothing can be said."""
    before = incident.weight(row.silenced_as)
    return before is not None and weight(watch, connection, row).is_worse(before)


def _watch(hub: Hub) -> Watch:
    return Watch(hub.site, hub.store, hub.clock)
