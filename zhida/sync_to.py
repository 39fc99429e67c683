"""One sync into one of its targets, and by which names it is known."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.errors import Invalid
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


def lines(sync: Sync, target: str = "") -> list[Line]:
    """Its lines, or the one into a target. ``Invalid`` if there is none."""
    found = [Line(sync, each) for each in sync.targets if target in ("", each.name, each.system)]
    if not found:
        known = ", ".join(each.name for each in sync.targets)
        raise Invalid("sync.no-target", sync=sync.name, target=target[:80], nearest=known)
    return found
