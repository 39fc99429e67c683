"""What is given to a recipient at once: the rows of one batch of one sync."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exchange.ports import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """New and changed rows, or the keys of those that are gone; in the order of their keys."""

    sync: str
    document: str
    batch: str
    number: int
    """Of the batch, from 1, one after the other: a recipient sees whether one is missing."""
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Sequence[Record]
    gone: bool = False
    ids: Sequence[str] = ()
    """Of messages: one a row. Says nothing of what is in it."""
    route: str = ""
    """Of messages: the routing key."""
    file: Mapping[str, Any] = field(default_factory=dict)
    """Of files: ``FILE``."""

    @property
    def about(self) -> dict[str, Any]:
        """What every message and every file says of its batch."""
        return {
            "batch": self.batch,
            "document": self.document,
            "gone": self.gone,
            "key": list(self.key),
            "number": self.number,
            "sync": self.sync,
        }
