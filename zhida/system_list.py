"""The systems of a site with where their connections lead; no secret among it."""

from __future__ import annotations

from typing import Any

from exchange.addresses import host_and_port
from exchange.errors import ZhidaError
from zhida import connections, system_wire
from zhida.connections import Finder
from zhida.site import Site, System


def listed(told: Site, find: Finder = connections.from_environment) -> list[dict[str, Any]]:
    """One row a system; ``address`` is empty where the connection is missing."""
    return [_row(told, system, find) for system in told.systems.values()]


def _row(told: Site, system: System, find: Finder) -> dict[str, Any]:
    row = {"system": system.name, "title": system.title, "unit": system.unit}
    row |= {"unit_title": told.units[system.unit].title, "adapter": system.adapter}
    row |= {"connection": system.connection, "wire": _wire(system)}
    return row | {"address": _address(told, system, find)}


def _wire(system: System) -> str:
    try:
        return system_wire.of(system).alias
    except ZhidaError:
        return ""


def _address(told: Site, system: System, find: Finder) -> str:
    try:
        return host_and_port(system_wire.endpoint(told, system, find).address)
    except ZhidaError:
        return ""
