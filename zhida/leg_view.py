"""The mode of each system as its operators see it: live, stopped, shadow; since when, by whom, why."""

from __future__ import annotations

from typing import Any

from exchange.store import leg_rows
from zhida.watch import Watch


def every(watch: Watch) -> list[dict[str, Any]]:
    """One row a system of the site."""
    with watch.store.read() as connection:
        told = {row.system: row for row in leg_rows.told(connection)}
    found: list[dict[str, Any]] = []
    for system in watch.site.systems.values():
        row = told.get(system.name)
        leg = {"system": system.name, "title": system.title, "unit": system.unit}
        leg["unit_title"] = watch.site.units[system.unit].title
        leg |= {"mode": row.mode if row else system.mode, "since": row.since if row else ""}
        leg |= {"operator": row.operator if row else "", "reason": row.reason if row else ""}
        found.append(leg)
    return found
