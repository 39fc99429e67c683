"""The existing systems of which a matter makes use, as they are, and what was written into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange.errors import ZhidaError
from exchange.ports import Operation
from matters.matter import Matter
from zhida import system_wire
from zhida.hub import declared
from zhida.site import Site, System

OFFICE = ("oa", "desk")
"""Adapters by which a unit's people are reached in the OA that they have."""


def systems(site: Site, matter: Matter, written: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    """Each system with its adapter, its wire, what is read there and which effects are asked for.

    ``written``: system and operation → how many requests have left.

    ``changed``: systems into which a request has left by an operation that its adapter does not
    declare. Whether anybody has changed a system on his own account no hub can know.
    """
    used = _used(site, matter)
    rows = [_row(site, system, does, written) for system, does in used.values()]
    foreign = [which for which in written if not _is_declared(site, *which)]
    return {
        "changed": len({system for system, _ in foreign}),
        "undeclared": sum(written[which] for which in foreign),
        "written": sum(written.values()),
        "existing": len({row["connection"] for row in rows}),
        "systems": rows,
    }


Does = dict[str, Operation | None]
"""What is used of a system: streams that are read (None), and operations."""


def _used(site: Site, matter: Matter) -> dict[str, tuple[System, Does]]:
    found: dict[str, tuple[System, Does]] = {}
    for source in site.sources(matter):
        system = site.find_system(source.unit, source.adapter)
        found.setdefault(system.name, (system, {}))[1][source.stream] = None
    for item in matter.items.values():
        system = site.system_of(item)
        known = declared(system).get(item.operation)
        found.setdefault(system.name, (system, {}))[1][item.operation] = known
    return found


def _row(
    site: Site, system: System, does: Does, written: Mapping[tuple[str, str], int]
) -> dict[str, Any]:
    told = {"system": system.name, "title": system.title}
    told |= {"unit": system.unit, "unit_title": site.units[system.unit].title}
    told |= {"adapter": system.adapter, "wire": _wire(system), "connection": system.connection}
    effects = [name for name, each in does.items() if each is not None and each.effect]
    return told | {
        "by": "oa" if system.adapter in OFFICE else "interface",
        "reads": [name for name in does if name not in effects],
        "writes": effects,
        "written": sum(number for (name, _), number in written.items() if name == system.name),
    }


def _wire(system: System) -> str:
    try:
        return system_wire.of(system).alias
    except ZhidaError:
        return ""


def _is_declared(site: Site, system: str, operation: str) -> bool:
    return system in site.systems and operation in declared(site.systems[system])
