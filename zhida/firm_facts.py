"""What is known of one firm, with the day of each fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from matters.facts import Facts


@dataclass(frozen=True, slots=True)
class Firm:
    """One firm, frozen: nothing that comes later changes what was decided on it."""

    facts: Facts
    snapshot: str
    """Of which snapshot; the decision cites it."""
    as_of: Mapping[str, str] = field(default_factory=dict)
    """Fact → the day as of which its holder told it."""


class FactsOf(Protocol):
    """Looks firms up in the newest snapshot. Thread-safe."""

    def __call__(self, uscc: str) -> Firm | None:
        """None: nobody knows such a firm. ``Retriable`` where no snapshot was ever taken."""
