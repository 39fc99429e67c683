"""Figures of the work: what waits where, who does not answer, what people have to see to, how sweeps go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from exchange import times
from exchange.case import root_of
from exchange.store import delivery_rows, figure_rows, incident_rows, item_pages, sweep_rows
from exchange.store.case_rows import WORKABLE
from exchange.store.engine import Connection
from zhida import (
    alert_line,
    catalogue_syncs,
    finance_push_view,
    leg_view,
    sync_to,
    sync_view,
    system_state,
)
from zhida.legs import LIVE, SHADOW, STOPPED
from zhida.metric import Sample
from zhida.site import System
from zhida.watch import Watch

STATES = (*WORKABLE, *item_pages.HELD)
SENT = ("sent", "stored", "unknown", "applied", "refused", "parked")
"""States of a delivery that are told even when there are none."""
PERIODS = ("near", "overdue", "unknown")
_TROUBLE = {system_state.UP: 0, system_state.SLOW: 1, system_state.FAILING: 2, system_state.DOWN: 3}
_MODES = {LIVE: 0, SHADOW: 1, STOPPED: 2}
HOUR = timedelta(hours=1)


def systems(watch: Watch) -> Iterator[Sample]:
    """Of each system: does it answer, what waits for it and since when."""
    now = watch.clock()
    with watch.store.read() as connection:
        circuits = {row.system: row for row in delivery_rows.circuits(connection)}
        counts = _counts(watch, connection)
        oldest = _oldest(watch, connection)
    modes = {row["system"]: row["mode"] for row in leg_view.every(watch)}
    for system in watch.site.systems.values():
        labels = _labels(system)
        state = system_state.state(circuits.get(system.name), times.stamp(now))
        yield Sample("zhida_system_trouble", _TROUBLE[state], labels)
        yield Sample("zhida_system_mode", _MODES.get(modes[system.name], 0), labels)
        waits = seconds(oldest.get(system.name, ""), now)
        yield Sample("zhida_oldest_waiting_seconds", waits, labels)
        for name in STATES:
            number = counts[system.name, name]
            yield Sample("zhida_items", number, labels | {"state": name})


def deliveries(watch: Watch) -> Iterator[Sample]:
    """What was sent to each system in the last hour, and what has become of it."""
    since = times.stamp(watch.clock() - HOUR)
    with watch.store.read() as connection:
        for system in watch.site.systems.values():
            found = figure_rows.sent_since(connection, system.name, since)
            for name in dict.fromkeys([*SENT, *found]):
                labels = _labels(system) | {"state": name}
                yield Sample("zhida_deliveries_last_hour", found.get(name, 0), labels)


def people(watch: Watch) -> Iterator[Sample]:
    """What waits for a person: incidents, periods, proposals."""
    at = times.stamp(watch.clock())
    with watch.store.read() as connection:
        rows = incident_rows.still_open(connection)
        clocks = figure_rows.clocks(connection)
        proposals = figure_rows.open_proposals(connection)
    kinds = Counter(row.kind for row in rows)
    for kind in dict.fromkeys([*alert_line.KINDS, *kinds]):
        yield Sample("zhida_incidents_open", kinds[kind], {"kind": kind})
    alone = [r for r in rows if not r.acknowledged_by and r.silenced_until <= at]
    yield Sample("zhida_incidents_unacknowledged", len(alone))
    for matter in watch.site.matters:
        for word in PERIODS:
            labels = {"matter": matter, "state": word}
            yield Sample("zhida_periods", clocks.get((matter, word), 0), labels)
    yield Sample("zhida_proposals_open", proposals)


def sweeps(watch: Watch) -> Iterator[Sample]:
    """How long the last one of each matter took, and since when it is over; nothing before the first begins."""
    now = watch.clock()
    with watch.store.read() as connection:
        rows = [sweep_rows.get(connection, matter) for matter in watch.site.matters]
    for row in rows:
        if row.ended_at:
            labels = {"matter": row.matter}
            yield Sample("zhida_sweep_seconds", row.took_ms / 1000, labels)
            yield Sample("zhida_sweep_ended_seconds_ago", seconds(row.ended_at, now), labels)


def syncs(watch: Watch) -> Iterator[Sample]:
    """Of each line of each sync: how old its data are against what was promised, and what is held."""
    now = watch.clock()
    for sync in catalogue_syncs.of_site(watch.site):
        for line in sync_to.lines(sync):
            told = sync_view.status(watch, line)
            labels = {"sync": told["sync"], "target": told["target"]}
            if told["done_at"]:
                yield Sample("zhida_sync_age_seconds", seconds(told["done_at"], now), labels)
            yield Sample("zhida_sync_promise_seconds", sync.fresh.total_seconds(), labels)
            yield Sample("zhida_sync_trouble", _sync_trouble(told), labels)
            held = sum(each["count"] for each in told["held"])
            yield Sample("zhida_sync_held_rows", held, labels)


def _sync_trouble(told: Mapping[str, Any]) -> int:
    """
    >>> _sync_trouble({"paused_at": "", "code": "", "is_fresh": False})
    1
    """
    if told["paused_at"]:
        return 3
    return 2 if told["code"] else int(not told["is_fresh"])


def feeds(watch: Watch) -> Iterator[Sample]:
    """What banks have not taken yet."""
    for row in finance_push_view.status(watch):
        if row["state"] != finance_push_view.ASKS:
            labels = {"bank": row["bank"]}
            yield Sample("zhida_feed_waiting", row["backlog"], labels)
            yield Sample("zhida_feed_oldest_seconds", row["oldest_age_s"], labels)


def seconds(stamp: str, now: datetime) -> float:
    """Since a stamp, never below 0 (another machine's clock may be ahead); 0 for none."""
    return max((now - times.instant(stamp)).total_seconds(), 0.0) if stamp else 0.0


def _labels(system: System) -> dict[str, str]:
    return {"system": system.name, "unit": system.unit}


def _counts(watch: Watch, connection: Connection) -> Counter[tuple[str, str]]:
    whose, found = _whose(watch), Counter[tuple[str, str]]()
    for (matter, item, state, _), number in item_pages.counts(connection, STATES).items():
        found[whose.get((matter, root_of(item)), ""), state] += number
    return found


def _oldest(watch: Watch, connection: Connection) -> dict[str, str]:
    """System → when the oldest case was opened that waits for it."""
    whose, found = _whose(watch), dict[str, str]()
    for state in WORKABLE:
        for (matter, item), at in figure_rows.oldest(connection, state).items():
            system = whose.get((matter, root_of(item)), "")
            found[system] = min(found.get(system, at), at)
    return found


def _whose(watch: Watch) -> dict[tuple[str, str], str]:
    return {
        (matter.name, item.name): watch.site.system_of(item).name
        for matter in watch.site.matters.values()
        for item in matter.items.values()
    }
