"""One sync into one of its targets, and by which names it is known."""

from __future__ import annotations

from dataclasses import dataclass

from zhida.sync_file import Place, Sync


@dataclass(frozen=True, slots=True)
class Line:
    """One sync into one of its targets."""

    sync: Sync
    target: Place

    @property
    def names(self) -> tuple[str, str]:
        """By which the store knows it."""
        return self.sync.name, self.target.name

    @property
    def key(self) -> str:
        """The same in one text: for locks, sealed bodies and the target's own table."""
        return f"{self.sync.name}→{self.target.name}"
