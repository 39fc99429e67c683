"""What a run of a sync is asked to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

RUN, BACKFILL = "run", "backfill"
DROP, ERRORS, DRIFT, PLACE = ACCEPTED = ("drop", "errors", "drift", "place")
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be run: all that is new, or a span of the cursor again."""

    between: tuple[str, str] | None = None
    """First and last value of the cursor, as a person writes them."""
    accept: frozenset[str] = frozenset()
    """What would stop the run and is all right this once; ``drift``: from now on."""
    tell: Tell = lambda _: None

    @property
    def kind(self) -> str:
        """As the store has it."""
        return BACKFILL if self.between else RUN
