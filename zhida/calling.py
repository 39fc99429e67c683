"""Incidents of what is so now: begun when it becomes so, closed when it is so no more."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from exchange import incident, times
from exchange.incident import Trouble
from exchange.store import incident_rows
from zhida.hub import Hub


def settle(
    hub: Hub, kinds: Collection[str], now: Iterable[tuple[Trouble, datetime]]
) -> dict[str, int]:
    """Everything of these kinds that is so, with since when: how many of each are open.

    Writes only if something has changed.
    """
    found = {(each.system, each.kind, each.about): (each, since) for each, since in now}
    with hub.store.read() as connection:
        rows = [row for kind in kinds for row in incident_rows.still_open(connection, kind)]
    begun = {(row.system, row.kind, row.about) for row in rows}
    gone = [row for row in rows if (row.system, row.kind, row.about) not in found]
    new = [told for key, told in found.items() if key not in begun]
    if gone or new:
        with hub.store.write() as connection:
            for trouble, since in new:
                incident.begin(connection, trouble, since)
            for row in gone:
                incident_rows.change(connection, row.id, closed_at=times.stamp(hub.clock()))
    return {kind: sum(key[1] == kind for key in found) for kind in kinds}
