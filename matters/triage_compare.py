"""What a draft of the rules of triage would have done with past disputes, beside the rules as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from matters import triage
from matters.conditions import Fields
from matters.triage import Decision, Triage


@dataclass(slots=True)
class Side:
    """Where the disputes go by one set of rules."""

    to: Counter[str] = field(default_factory=Counter)
    """Role → how many."""
    by: Counter[str] = field(default_factory=Counter)
    """Rule → how many it decides on."""
    beside: Counter[str] = field(default_factory=Counter)
    """Event → with how many it is begun."""
    unknown: Counter[str] = field(default_factory=Counter)
    """Rule → of how many it can't be told whether it holds."""
    asks: Counter[str] = field(default_factory=Counter)
    """Field that nobody stated → in how many it could lead elsewhere."""


@dataclass(frozen=True, slots=True)
class Change:
    """One dispute that would go elsewhere, or have something else begun beside it."""

    number: str
    before: Decision
    after: Decision

    @property
    def goes_elsewhere(self) -> bool:
        """Has it another role?"""
        return self.before.to != self.after.to

    @property
    def begun(self) -> dict[str, str]:
        """Event that only the draft begins → its rule."""
        return _only(self.after, self.before)

    @property
    def dropped(self) -> dict[str, str]:
        """Event that only the rules as they are begin → its rule."""
        return _only(self.before, self.after)


@dataclass(slots=True)
class Effect:
    """What the draft changes."""

    disputes: int = 0
    before: Side = field(default_factory=Side)
    after: Side = field(default_factory=Side)
    changes: list[Change] = field(default_factory=list)


def compare(before: Triage, after: Triage, cases: Iterable[tuple[str, Fields]]) -> Effect:
    """``cases``: number and fields of each dispute, as of its day (``matters.triage_fields``)."""
    found = Effect()
    for number, fields in cases:
        found.disputes += 1
        one, two = triage.decide(before, fields), triage.decide(after, fields)
        _count(found.before, one)
        _count(found.after, two)
        if one.to != two.to or set(one.beside) != set(two.beside):
            found.changes.append(Change(number, one, two))
    return found


def _count(side: Side, decision: Decision) -> None:
    side.to[decision.to] += 1
    side.by[decision.rule] += 1
    side.beside.update(decision.beside)
    side.unknown.update(f.rule.name for f in decision.findings if f.word == "unknown")
    side.asks.update(decision.asks)


def _only(one: Decision, other: Decision) -> dict[str, str]:
    return {event: rule for event, rule in _begun(one) if event not in other.beside}


def _begun(decision: Decision) -> Iterator[tuple[str, str]]:
    """Each event with the first rule that begins it."""
    for event in decision.beside:
        rules = (each.rule for each in decision.findings if each.word == "yes")
        yield event, next(rule.name for rule in rules if rule.beside == event)
