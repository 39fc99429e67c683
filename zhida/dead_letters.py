"""Messages that a broker gave up delivering: one incident a system while any lies there."""

from __future__ import annotations

from collections.abc import Iterable

from exchange import incident
from exchange.errors import ZhidaError
from exchange.incident import Trouble
from exchange.store import incident_rows
from zhida.hub import Hub
from zhida.message import Stream
from zhida.site import System

KIND = "dead-letters"


def look(hub: Hub, streams: Iterable[Stream]) -> int:
    """Count them at every system whose wire can; how many there are.

    A system that can't be asked now stays as it is: that it is away is told by who reads from it.
    """
    by_system: dict[str, list[Stream]] = {}
    for stream in streams:
        by_system.setdefault(stream.system.name, []).append(stream)
    return sum(_look(hub, found) for found in by_system.values())


def _look(hub: Hub, streams: list[Stream]) -> int:
    system = streams[0].system
    try:
        source = hub.adapter(system)
        if not hasattr(source, "dead_letters"):
            return 0
        counts = [source.dead_letters(stream.opening.stream) for stream in streams]
    except ZhidaError:
        return 0
    count = sum(each or 0 for each in counts)
    _note(hub, system, count)
    return count


def _note(hub: Hub, system: System, count: int) -> None:
    with hub.store.read() as connection:
        is_open = bool(incident_rows.still_open(connection, KIND, system.name))
    if is_open == bool(count):
        return
    now = hub.clock()
    with hub.store.write() as connection:
        if count:
            trouble = Trouble(system.name, KIND, "intake.dead-letters", {"count": count})
            incident.begin(connection, trouble, now)
        else:
            incident.end(connection, system.name, KIND, now)
