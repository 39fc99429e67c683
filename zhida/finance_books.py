"""A day of a bank as lines of text, and their digest: whoever keeps the same lines has the same books.

::

    readings|read|<id>                             a reading that was counted, or a request
    loans|<loan>|<amount>|<paid out on>|<due on>
    messages|<loan>|<message>|<event>|<on>|<amount>
    events|<number>|<event>|<loan>

Amounts are fen, days 2026-01-31. Lines are sorted as bytes; each is followed by one line feed; UTF-8. The digest is
SHA-256 in lower-case hexadecimal: of each kind's lines, and of all of them together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

KINDS = ("readings", "loans", "messages", "events")


@dataclass(frozen=True, slots=True)
class Book:
    """The lines of a day, sorted."""

    lines: tuple[str, ...]

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """Those that begin so."""
        return tuple(each for each in self.lines if each.startswith(f"{kind}|"))

    @property
    def counts(self) -> Mapping[str, int]:
        """Kind → how many."""
        return {kind: len(self.of_kind(kind)) for kind in KINDS}

    @property
    def digests(self) -> Mapping[str, str]:
        """Kind → digest of its lines; ``all``: of all lines."""
        return {"all": digest(self.lines), **{k: digest(self.of_kind(k)) for k in KINDS}}


def book(lines: Iterable[str]) -> Book:
    """In their order.

    >>> book([line("events", 2, "delivered", "F1"), line("events", 1, "order-due", "F1")]).lines
    ('events|1|order-due|F1', 'events|2|delivered|F1')
    """
    return Book(tuple(sorted(lines, key=str.encode)))


def line(kind: str, *parts: str | int) -> str:
    """One line."""
    return "|".join([kind, *map(str, parts)])


def digest(lines: Iterable[str]) -> str:
    """SHA-256 of the lines.

    >>> digest([])[:8]
    'e3b0c442'
    """
    return hashlib.sha256("".join(f"{each}\n" for each in lines).encode()).hexdigest()
