"""A matter as a site does it: items that may be missing go where the unit has no system for them.

A window that has no OA, a bureau without an SMS gateway: the same shipped file serves them all. Nothing
else is left out silently: an item that is not marked so, or of which two systems could be meant, is
told as a mistake.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from matters import matter
from matters.matter import Item, Matter

if TYPE_CHECKING:
    from zhida.site import System


def fitted(found: Matter, systems: Iterable[System]) -> Matter:
    """Without the optional items that none of these systems does."""
    there = list(systems)
    missing = [
        name
        for name, item in found.items.items()
        if item.optional and not any(_does(system, item) for system in there)
    ]
    return matter.without(found, missing) if missing else found


def named(systems: Iterable[System], unit: str, adapter: str) -> list[System]:
    """A unit's systems that this adapter speaks for, or that have this name (``_`` for ``-``)."""
    return [
        each
        for each in systems
        if each.unit == unit and adapter in (each.adapter, each.name.replace("-", "_"))
    ]


def _does(system: System, item: Item) -> bool:
    """By its file. A system whose adapter alone knows its operations is taken to be meant."""
    if not named([system], item.unit, item.adapter):
        return False
    told = system.options.get("operations")
    return told is None or item.operation in told
