"""Compare our deliveries with a target's own books (对账). Nothing here changes anything.

Both sides are a span of time: what we sent in it, and what the target's books say of it. Clocks
differ and answers are late, so the caller reads the books some minutes wider than our side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from exchange.ports import BookEntry

OPEN = frozenset({"pending", "sent", "unknown", "stored"})
"""States of a delivery that its own probing will settle."""


@dataclass(frozen=True, slots=True)
class Ours:
    """One delivery of ours, as far as its target's books can confirm it."""

    effect: str
    state: str


@dataclass(slots=True)
class Comparison:
    """Each effect stands in one of the lists, by its key; a doubled one in ``doubled`` besides."""

    agreed: list[str] = field(default_factory=list)
    """Both say the same."""
    neither: list[str] = field(default_factory=list)
    """Of those: refused or invalid with us, and their books have nothing; so they add up."""
    found: list[BookEntry] = field(default_factory=list)
    """We did not know what became of it: their books do."""
    waiting: list[str] = field(default_factory=list)
    """Not there, and not over with us either: probing goes on."""
    unknowable: list[str] = field(default_factory=list)
    """Parked with us, and not in their books: a person may decide now."""
    missing: list[str] = field(default_factory=list)
    """Applied by our receipt, and not in their books."""
    differing: list[BookEntry] = field(default_factory=list)
    """Over on both sides, with another end."""
    foreign: list[BookEntry] = field(default_factory=list)
    """In their books under a key that we do not know. (Without a key it came another way.)"""
    doubled: list[str] = field(default_factory=list)
    """Applied more than once in their books."""

    @property
    def disagrees(self) -> bool:
        """Must somebody look at it?"""
        return any((self.unknowable, self.missing, self.differing, self.foreign, self.doubled))


def compare(
    ours: Iterable[Ours],
    theirs: Iterable[BookEntry],
    known: Mapping[str, str],
    *,
    returns: bool = False,
) -> Comparison:
    """``ours`` is the span; ``known`` gives our state of any other key that their books name.

    ``returns``: what is done may come back later (``Operation.undone_by``), so the last line of a key
    counts; else what is applied outweighs a refusal.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 3, 2, tzinfo=UTC)
    >>> told = [BookEntry("k1", "N1", "applied", at), BookEntry("k9", "N9", "applied", at)]
    >>> result = compare([Ours("k1", "unknown"), Ours("k2", "applied")], told, {})
    >>> [entry.effect_key for entry in result.found], result.missing
    (['k1'], ['k2'])
    >>> [entry.reference for entry in result.foreign]
    ['N9']
    """
    result, rows = Comparison(), list(theirs)
    states = dict(known) | {delivery.effect: delivery.state for delivery in ours}
    applied = Counter(row.effect_key for row in rows if row.state != "refused" and row.effect_key)
    result.doubled = sorted(key for key, times in applied.items() if times > 1)
    lines = _last_words(rows, returns=returns)
    for line in lines:
        _place(result, line, states.get(line.effect_key))
    told = {line.effect_key for line in lines}
    for effect, state in states.items():
        if effect not in told and effect not in known:
            _absent(result, effect, state)
    return result


def _last_words(rows: Iterable[BookEntry], *, returns: bool) -> list[BookEntry]:
    """One line a key: what is applied outweighs a refusal before it, and (unless it may come back)
    after it.
    """
    by_key: dict[str, BookEntry] = {}
    for row in sorted(rows, key=lambda row: row.at):
        before = by_key.get(row.effect_key)
        if row.effect_key and (returns or before is None or before.state != "applied"):
            by_key[row.effect_key] = row
    return list(by_key.values())


def _place(result: Comparison, line: BookEntry, state: str | None) -> None:
    if state is None:
        result.foreign.append(line)
    elif state == line.state or (state, line.state) == ("stored", "waiting"):
        result.agreed.append(line.effect_key)
    elif state in OPEN or state == "parked":
        result.found.append(line)
    elif state == "invalid" or line.state != "waiting":
        result.differing.append(line)
    else:
        result.agreed.append(line.effect_key)  # their person has it again; ours had its answer


def _absent(result: Comparison, effect: str, state: str) -> None:
    if state in OPEN:
        result.waiting.append(effect)
    elif state == "parked":
        result.unknowable.append(effect)
    elif state == "applied":
        result.missing.append(effect)
    else:  # refused, invalid: nothing came about, and their books have nothing
        result.agreed.append(effect)
        result.neither.append(effect)
