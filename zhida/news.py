"""What people have answered, told by the system that they answer in: only that is looked at.

Thousands of firms may be asked at once, and most say nothing for weeks. Where their portal lists what
was answered (``Operation.tells``), each request is looked at when it stands in the list, and once a
day. The list is a hint: what was answered, and whether, is still what a probe says.

The span is read anew each time, for it is short, and a hint that comes twice does nothing.
"""

from __future__ import annotations

from datetime import timedelta

from exchange import circuit, times
from exchange.errors import ZhidaError
from exchange.ports import Newsbearer
from exchange.store import case_rows
from zhida import legs
from zhida.hub import Hub
from zhida.keepers import bearers
from zhida.site import System

BACK = timedelta(days=1)
"""So far back: who was away for longer is helped by the daily look."""
AHEAD = timedelta(hours=1)
"""Their clock may be before ours."""


def hear(hub: Hub) -> int:
    """Let everything be looked at now that was answered: how many items."""
    return sum(_hear(hub, system) for system in bearers(hub.site.systems))


def _hear(hub: Hub, system: System) -> int:
    now = times.stamp(hub.clock())
    try:
        keys = _answered(hub, system)
    except ZhidaError:  # it is sick, which its own items tell; the daily look goes on
        return 0
    with hub.store.read() as connection:
        asleep = case_rows.asleep(connection, sorted(keys), now)
    if asleep:
        with hub.store.write() as connection:
            case_rows.wake(connection, asleep, now)
    return len(asleep)


def _answered(hub: Hub, system: System) -> set[str]:
    """Effect keys; none of a system that nobody asks now."""
    now = hub.clock()
    with hub.store.read() as connection:
        if circuit.open_until(connection, system.name, now) is not None:
            return set()
    adapter = hub.adapter(system)
    if legs.is_stopped(hub.store, system) or not isinstance(adapter, Newsbearer):
        return set()
    return {
        each.effect_key
        for name in sorted(adapter.tells)
        for each in adapter.news(name, now - BACK, now + AHEAD)
    }
