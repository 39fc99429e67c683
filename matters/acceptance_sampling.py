"""Which flats, doors or rooms are looked at: drawn, so that nobody chooses, and so that anybody can draw again.

The seed is the hub's (a keyed digest), which the owner can't know before; who has it gets the same plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from exchange.ports import Scalar
from matters.acceptance_parts import Sampling


@dataclass(frozen=True, slots=True)
class Draw:
    """What is looked at in one round."""

    title: str
    of: int
    """How many there are."""
    numbers: tuple[int, ...]
    """Those that are looked at, from 1, in order."""


def size(sampling: Sampling, of: int) -> int:
    """How many of so many: the share, rounded up, and never less than ``at_least``.

    >>> size(Sampling("/project/flats", "套", 10, 3), 121), size(Sampling("/project/flats", "套", 10, 3), 2)
    (13, 2)
    """
    return min(of, max(sampling.at_least, -(-of * sampling.percent // 100)))


def draw(sampling: Sampling, count: Scalar | None, seed: str) -> Draw | None:
    """The plan; None if nobody has stated how many there are: then the unit chooses, and says so."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        return None
    chosen = sorted(_shuffled(count, size(sampling, count), seed))
    return Draw(sampling.title, count, tuple(chosen))


def _shuffled(of: int, wanted: int, seed: str) -> Iterator[int]:
    """So many different numbers from 1 to ``of``: the next digest says which (Fisher and Yates, sparsely)."""
    moved: dict[int, int] = {}
    for place in range(wanted):
        digest = hashlib.sha256(f"{seed}/{place}".encode()).digest()
        other = place + int.from_bytes(digest) % (of - place)
        yield moved.get(other, other) + 1
        moved[other] = moved.get(place, place)
