"""Tell people of incidents: once when one begins, once when it is over (at the end of a sweep); and
again when somebody's silence has ended and it is not over, or it has become worse meanwhile.

At least once: an incident counts as told only after the sink took its line. A sink that fails
stops nothing; the next sweep tries again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from exchange import incident, times
from exchange.errors import ZhidaError
from exchange.store import delivery_rows, incident_rows
from exchange.store.engine import Connection
from exchange.store.incident_rows import IncidentRow
from zhida import alert_line, alert_sinks, clocks, duty, incident_view, incidents, quiet
from zhida.hub import Hub
from zhida.watch import Watch

_log = logging.getLogger(__name__)
_ONE_ROOF = ("system", "source")
"""A system that is down can't be read from either: whoever was told of one knows the other."""


def tell(hub: Hub) -> list[str]:
    """Tell what nobody has been told yet; the lines that were told.

    One worker at a time: while another is telling, there is nothing to do.
    """
    incidents.settle(hub)
    clocks.settle(hub)
    quiet.wake(hub)
    with hub.locks.hold("alerts") as mine:
        return list(_told(hub)) if mine and _waits(hub) else []


def line_of(hub: Hub, system: str) -> str:
    """The line of this system's open incident, told or not; empty if there is none."""
    watch = Watch(hub.site, hub.store, hub.clock)
    with hub.store.read() as connection:
        rows = incident_rows.still_open(connection, system=system)
        first = min(rows, key=lambda row: (row.kind != "system", row.opened_at), default=None)
        return alert_line.began(incident_view.view(watch, connection, first)) if first else ""


def _waits(hub: Hub) -> bool:
    with hub.store.read() as connection:
        return bool(incident_rows.untold(connection, times.stamp(hub.clock())))


def _told(hub: Hub) -> Iterator[str]:
    with hub.store.read() as connection:
        ids = [row.id for row in incident_rows.untold(connection, times.stamp(hub.clock()))]
    person = duty.now(hub)
    try:
        with alert_sinks.open_sink(hub, person.mobile if person else "") as send:
            for identifier in ids:
                seen = hub.clock()
                line = _line(hub, identifier, seen)
                if line:
                    line += f"今班：{person.title}。" if person else ""
                    send(line)
                    _mark(hub, identifier, seen)
                    yield line
    except ZhidaError as error:
        _log.error("an alert could not be told error=%s", error)


def _line(hub: Hub, identifier: str, now: datetime) -> str:
    """What is to be said of it now; empty if nothing."""
    watch = Watch(hub.site, hub.store, hub.clock)
    with hub.store.read() as connection:
        row = incidents.find(connection, identifier)
        if not _is_due(connection, row, now):
            return ""
        told = incident_view.view(watch, connection, row)
    return alert_line.ended(told) if row.closed_at else alert_line.began(told)


def _is_due(connection: Connection, row: IncidentRow, now: datetime) -> bool:
    if incident.is_silenced(row, now):
        return False
    if row.closed_at:
        return incident.is_over(row, now) and not _fails_again(connection, row)
    is_again = bool(row.told_at)  # its silence has ended
    return not row.acknowledged_by and (is_again or not _is_known(connection, row))


def _fails_again(connection: Connection, row: IncidentRow) -> bool:
    """One or two failures since: it is not known yet whether it is really over."""
    circuit = delivery_rows.get_circuit(connection, row.system)
    return row.kind == "system" and circuit is not None and circuit.failures > 0


def _is_known(connection: Connection, row: IncidentRow) -> bool:
    if row.kind not in _ONE_ROOF:
        return False
    others = incident_rows.still_open(connection, system=row.system)
    return any(other.told_at for other in others if other.kind in _ONE_ROOF)


def _mark(hub: Hub, identifier: str, seen: datetime) -> None:
    """Told as it was ``seen``: what ended while the robot took the line is yet to be told."""
    with hub.store.write() as connection:
        incident_rows.change(connection, identifier, told_at=times.stamp(seen))
