"""A sweep's beginning and end: noted, so that one that does not come any more is seen."""

from __future__ import annotations

from exchange import times
from exchange.store import sweep_rows
from matters.matter import Matter
from zhida import alerts
from zhida.hub import Hub


def begin(hub: Hub, matter: Matter) -> None:
    """A sweep of this matter begins."""
    with hub.store.write() as connection:
        sweep_rows.begin(connection, matter.name, times.stamp(hub.clock()))


def close(hub: Hub, matter: Matter) -> int:
    """Its last step: people are told of incidents (how many lines), and its end is noted."""
    told = len(alerts.tell(hub))
    with hub.store.write() as connection:
        sweep_rows.end(connection, matter.name, times.stamp(hub.clock()))
    return told
