"""Whose books can be read: told without opening, or even importing, an adapter."""

from __future__ import annotations

from zhida.site import Site

BOOKED = frozenset({"medical_insurance", "oa", "public_security"})
"""Adapters that are a ``Bookkeeper`` (a test compares)."""


def keepers(site: Site) -> list[str]:
    """The systems of a site that keep books, by name."""
    return [name for name, system in site.systems.items() if system.adapter in BOOKED]
