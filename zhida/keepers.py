"""Whose books can be read, and who tells what people have answered: without opening, or even importing, an adapter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zhida.site import System

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


def keepers(systems: Mapping[str, System]) -> list[str]:
    """Those that keep books, by name."""
    return [name for name, system in systems.items() if _keeps(system)]


def bearers(systems: Mapping[str, System]) -> Iterator[System]:
    """Those that tell what was answered, by what their files describe (``news``)."""
    for system in systems.values():
        told = system.options.get("operations")
        if isinstance(told, Mapping) and any("news" in each for each in told.values()):
            yield system


def _keeps(system: System) -> bool:
    """A generic system keeps those that its own file describes (``books``)."""
    operations = system.options.get("operations")
    if system.adapter != "generic" or not isinstance(operations, Mapping):
        return system.adapter in BOOKED
    return any("books" in each for each in operations.values() if isinstance(each, Mapping))
