"""What is done of facts on a schedule: which sources are due, and one of them at a time.

Each in a process of its own, for a large holder's list takes memory, and one that fails stops no other.
"""

from __future__ import annotations

from collections import Counter

from exchange import times
from exchange.errors import ZhidaError
from zhida import alerts, fact_look, fact_outcome, fact_view, grants_file
from zhida.hub import Hub


def due(hub: Hub) -> list[str]:
    """The systems to look at now; those that are late are told of, whether or not anybody looks."""
    told, now = grants_file.load(hub.site), times.stamp(hub.clock())
    fact_look.watch(hub, told)
    alerts.tell(hub)
    return [each.system for each in told.sources if fact_view.next_at(hub, each) <= now]


def take(hub: Hub, system: str) -> dict[str, int]:
    """What one source tells: how many rows came to what. Raises as ``fact_look.look``."""
    told = grants_file.load(hub.site)
    try:
        done = fact_look.look(hub, told, told.source(system))
    finally:
        alerts.tell(hub)
    return {done.state: 1, **fact_outcome.counts(done)}


def take_all(hub: Hub) -> dict[str, int]:
    """Every source that is due: how many came to what. One that fails stops no other."""
    told, words = grants_file.load(hub.site), Counter[str]()
    for source in told.sources:
        try:
            words[fact_look.look(hub, told, source).state] += 1
        except ZhidaError:  # its incident tells; its facts grow stale, which the snapshot says
            words["failed"] += 1
    return dict(words)
