"""Whose books can be read: told without opening, or even importing, an adapter."""

from __future__ import annotations

from collections.abc import Mapping

from zhida.site import Site, System

BOOKED = frozenset(
    {
        "bank",
        "desk",
        "health",
        "medical_insurance",
        "oa",
        "public_security",
        "social_security",
        "tax",
        "treasury",
    }
)
"""Adapters that are a ``Bookkeeper`` (a test compares)."""


def keepers(site: Site) -> list[str]:
    """The systems of a site that keep books, by name."""
    return [name for name, system in site.systems.items() if _keeps(system)]


def _keeps(system: System) -> bool:
    """A generic system keeps those that its own file describes (``books``)."""
    operations = system.options.get("operations")
    if system.adapter != "generic" or not isinstance(operations, Mapping):
        return system.adapter in BOOKED
    return any("books" in each for each in operations.values() if isinstance(each, Mapping))
