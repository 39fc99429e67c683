"""Each system now: does it answer, in which mode is it, how much waits for it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from exchange import canonical, times
from exchange.case import root_of
from exchange.store import delivery_rows, incident_rows, item_pages
from exchange.store.case_rows import WORKABLE
from exchange.store.delivery_rows import CircuitRow
from exchange.store.incident_rows import IncidentRow
from zhida import leg_view, site_words
from zhida.watch import Watch

_NOBODY = dict.fromkeys(
    ("system", "title", "unit", "unit_title", "mode", "since", "operator", "reason"), ""
)
"""For items that the site has no system for any more."""
UP, SLOW, FAILING, DOWN = "up", "slow", "failing", "down"


def every(watch: Watch) -> list[dict[str, Any]]:
    """One row a system: its leg (``leg_view``), ``state``, ``since``, and how much waits and is held.

    ``down``: its circuit is open, so nobody asks it before ``open_until``. ``failing``: it did not
    answer lately, and is asked again. What says ``up`` has answered when it was last asked.
    The last row is of no system, if anything waits that the site knows none for.
    """
    with watch.store.read() as connection:
        circuits = {row.system: row for row in delivery_rows.circuits(connection)}
        counts = item_pages.counts(connection, (*WORKABLE, *item_pages.HELD))
        troubles = {row.system: row for row in incident_rows.still_open(connection, "system")}
    waits, held = _by_system(watch, counts)
    now = times.stamp(watch.clock())
    legs = [*leg_view.every(watch), *([_NOBODY] if waits[""] or held[""] else [])]
    return [
        leg
        | _circuit(watch, circuits.get(leg["system"]), troubles.get(leg["system"]), now)
        | {"waiting": waits[leg["system"]], "held": held[leg["system"]]}
        for leg in legs
    ]


def _by_system(
    watch: Watch, counts: dict[tuple[str, str, str, str], int]
) -> tuple[Counter[str], Counter[str]]:
    waits: Counter[str] = Counter()
    held: Counter[str] = Counter()
    systems = {
        (matter.name, item.name): watch.site.system_of(item).name
        for matter in watch.site.matters.values()
        for item in matter.items.values()
    }
    for (matter, item, state, _), count in counts.items():
        counted = held if state in item_pages.HELD else waits
        counted[systems.get((matter, root_of(item)), "")] += count
    return waits, held


def _circuit(
    watch: Watch, row: CircuitRow | None, trouble: IncidentRow | None, now: str
) -> dict[str, Any]:
    """Why it does not answer is told by its incident's facts; before there is one, by the code alone."""
    told: dict[str, Any] = {"state": state(row, now), "failing_since": "", "open_until": ""}
    if row is None or not row.failures:
        return told | {"failures": 0, "what": ""}
    what = row.code
    if trouble is not None and trouble.code == row.code:
        facts = canonical.loads(trouble.facts.encode())
        what = site_words.describe(watch.site, row.code, facts)[0]
    told |= {"failing_since": row.since, "failures": row.failures, "what": what}
    return told | {"open_until": row.open_until if row.open_until > now else ""}


def state(row: CircuitRow | None, now: str) -> str:
    """
    >>> at = "2026-03-02T01:00:00.000000Z"
    >>> state(CircuitRow("police", 3, at, at, "wire.refused"), "2026-03-02T00:59:00.000000Z")
    'down'
    """
    if row is None or not (row.failures or row.slow):
        return UP
    if not row.failures:
        return SLOW
    return DOWN if row.open_until > now else FAILING
