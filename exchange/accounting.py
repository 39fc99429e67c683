"""Exact accounting: whatever came in is somewhere, in one column, at every moment (G13).

What came *in* is counted from the ledger, whose entries nobody takes away; where it is *now* from
the tables that work changes. The two meet only if nothing was lost and nothing counted twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

IN_FLIGHT = "in-flight"
UNACCOUNTED = "unaccounted"
DUPLICATE = "delivery.duplicate"

ITEM_COLUMNS: Mapping[str, str] = {
    "waiting": "waiting",
    "ready": IN_FLIGHT,
    "sent": IN_FLIGHT,
    "unknown": IN_FLIGHT,
    "stored": IN_FLIGHT,
    "applied": "applied",
    "refused": "refused",
    "invalid": "invalid",
    "parked": "parked",
    "superseded": "superseded",
    "given-up": "given-up",
    "cancelled": "cancelled",
    "shadowed": "shadowed",
    "blocked": "blocked",
    "skipped": "skipped",
    "halted": "halted",
    "by-hand": "by-hand",
}
"""State of an item → its column. A state that stands nowhere makes its flow unbalanced."""

COLUMNS = (*dict.fromkeys(ITEM_COLUMNS.values()), "opened", "changed", "duplicate")
"""Every column that counts; ``opened`` is a message that became a case, ``changed`` one that
became a newer version of a case's document."""


def column(state: str, code: str = "") -> str:
    """Where an item in this state is counted.

    >>> column("sent"), column("applied"), column("applied", "delivery.duplicate"), column("lost")
    ('in-flight', 'applied', 'duplicate', 'unaccounted')
    """
    if (state, code) == ("applied", DUPLICATE):
        return "duplicate"
    return ITEM_COLUMNS.get(state, UNACCOUNTED)


@dataclass(slots=True)
class Flow:
    """One way that things take: a source's messages, or a matter's item (leg)."""

    kind: str
    """``source`` or ``leg``."""
    name: str
    """The source system, or matter and item; empty: the ledger tells of what no table knows."""
    into: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def missing(self) -> int:
        """In, and nowhere; below zero: somewhere, and never came in."""
        return self.into - sum(self.counts[name] for name in COLUMNS)

    @property
    def balanced(self) -> bool:
        """Does the identity hold?

        >>> Flow("leg", "m/i", 3, Counter(applied=2, parked=1)).balanced
        True
        >>> Flow("leg", "m/i", 3, Counter(applied=2, unaccounted=1)).balanced
        False
        """
        return self.missing == 0 and not self.counts[UNACCOUNTED] and bool(self.name)
