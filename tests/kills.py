"""Where the kills of a test fell: counted by it, printed, and told to ``make guarantees``.

A kill counts only if something was in flight. What was in flight is read from our store and from
the other side's own wire and books, never from what the test meant to hit.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

# Of a delivery.
OWNED = "owned"
"""Our row is written; the peer heard nothing."""
SENT = "sent"
"""The peer heard the call, and its books have no row yet."""
APPLIED = "applied-not-recorded"
"""The peer's books have the row; our store does not know."""
BEFORE, RECORDED = IDLE = "before owned", "recorded"
"""Nothing in flight: not yet, or not any more."""
# Of a message that comes in from a queue.
UNCONFIRMED = "unconfirmed"
"""Its sender does not know whether the queue has it."""
QUEUED = "queued"
"""Only the queue has it."""
TAKEN = "taken-not-settled"
"""Our case stands; the queue does not know."""
PROPERTY = "histogram"


class Kills:
    """Of one test. ``victim``: what was killed; ``store``: whose rounds these are, if it matters."""

    def __init__(self) -> None:
        self.victim = self.store = ""
        self.seed = 0
        self.fell: Counter[str] = Counter()

    def of(self, victim: str, *, store: str = "", seed: int = 0) -> None:
        """Say what this test kills."""
        self.victim, self.store, self.seed = victim, store, seed

    @property
    def in_flight(self) -> int:
        """How many count."""
        return in_flight(self.fell)

    def told(self) -> str:
        """As a property of the test."""
        return json.dumps([self.victim, self.store, dict(sorted(self.fell.items()))])

    def line(self) -> str:
        """For the terminal."""
        where = f" ({self.store})" if self.store else ""
        busy, idle = split(self.fell)
        told = f"{self.in_flight} in flight ({busy}); not counted: {idle or 0}"
        seed = f", seed {self.seed}" if self.seed else ""
        return f"kill -9 of {self.victim}{where}{seed}: {told}"


def in_flight(fell: Counter[str]) -> int:
    """How many of these kills hit something in flight.

    >>> in_flight(Counter({"owned": 3, "before owned": 2, "recorded": 1}))
    3
    """
    return sum(count for state, count in fell.items() if state not in IDLE)


def split(fell: Counter[str]) -> tuple[str, str]:
    """What was in flight, and what was not, each in words, the most frequent first.

    >>> split(Counter({"owned": 3, "sent": 4, "before owned": 12}))
    ('sent 4, owned 3', 'before owned 12')
    """
    counts = sorted(fell.items(), key=lambda each: (-each[1], each[0]))
    busy = [f"{state} {n}" for state, n in counts if state not in IDLE]
    return ", ".join(busy), ", ".join(f"{state} {n}" for state, n in counts if state in IDLE)


def read(properties: Iterable[tuple[str, object]]) -> list[tuple[str, str, Counter[str]]]:
    """What a test has told: victim, store, where its kills fell."""
    told = [json.loads(str(value)) for name, value in properties if name == PROPERTY]
    return [(victim, store, Counter(fell)) for victim, store, fell in told]
