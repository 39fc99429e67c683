"""Entries of an account, from whichever message they come: each once, and none that contradicts another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

CREDIT, REVERSAL, RETURNED = "credit", "credit-reversal", "returned"
"""Somebody paid; such an entry was taken back; what had gone out came back, so nobody paid."""
Entry = TypeVar("Entry", bound=Mapping[str, Any])


class TwiceError(ValueError):
    """One number of the bank's stands for two different entries. ``number``: which of the list, from 1."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def once(entries: Iterable[Entry]) -> list[Entry]:
    """The entries without repetitions. ``TwiceError`` where a number says something else than before.

    A reversal may have the number of what it reverses: number and kind together name an entry.

    >>> told = {"reference": "A1", "entry": "credit", "amount_fen": 1}
    >>> len(once([told, dict(told), told | {"entry": "credit-reversal", "amount_fen": -1}]))
    2
    """
    known: dict[tuple[str, str], Entry] = {}
    for number, entry in enumerate(entries, 1):
        name = (entry["reference"], entry["entry"])
        if known.setdefault(name, entry) != entry:
            raise TwiceError(number)
    return list(known.values())
