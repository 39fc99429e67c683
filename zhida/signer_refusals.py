"""How often each asker was refused: all are counted, not all are written down.

A hostile hub could fill the disk with refusals. The first hundred are entries of the log, then each
that doubles the number; each says how many there were.
"""

from __future__ import annotations

from collections import Counter
from threading import Lock

FIRST = 100
_MOST = 1000
"""Askers that are told apart; more are counted together."""


class Refusals:
    """Counts since the process was started. Thread-safe."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def count(self, asker: str) -> int:
        """One more; how many there are."""
        with self._lock:
            name = asker if asker in self._counts or len(self._counts) < _MOST else ""
            self._counts[name] += 1
            return self._counts[name]


def is_told(number: int) -> bool:
    """Is this one written down?

    >>> [n for n in range(1, 600) if is_told(n)][-4:]
    [100, 128, 256, 512]
    """
    return number <= FIRST or number & (number - 1) == 0
