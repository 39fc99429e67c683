"""Where a dispute goes first (关闸分流): rules as data, and an answer that tells every rule's part in it.

The first rule with ``to`` that holds decides; those with ``beside`` are begun as well. A rule that looks
at what nobody has stated does not hold, and is told as unknown, so that somebody can ask.
"""

from __future__ import annotations

from dataclasses import dataclass

from matters import weighing
from matters.conditions import Condition, Fields
from matters.weighing import Word


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; exactly one of ``to`` and ``beside``."""

    name: str
    title: str
    article: str
    when: Condition | None = None
    """None: always."""
    to: str = ""
    """Role."""
    beside: str = ""
    """Event that is begun with it."""


@dataclass(frozen=True, slots=True)
class Triage:
    """The rules in their order; the last with ``to`` has no condition."""

    name: str
    title: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule came to."""

    rule: Rule
    word: Word
    missing: tuple[str, ...] = ()
    """Fields that it looks at and nobody has stated; of what is unknown only."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Where to, what begins beside, and why."""

    to: str
    rule: str
    beside: tuple[str, ...]
    findings: tuple[Finding, ...]
    """Of every rule, in order; also of those that came after the one that decided."""

    @property
    def asks(self) -> tuple[str, ...]:
        """Fields that could lead elsewhere if somebody stated them: of unknown rules before the decision."""
        names = [each.rule.name for each in self.findings]
        before = [
            f
            for f in self.findings
            if f.rule.beside or names.index(f.rule.name) < names.index(self.rule)
        ]
        return tuple(dict.fromkeys(path for each in before for path in each.missing))


def decide(triage: Triage, fields: Fields) -> Decision:
    """What the rules say of a case; there is always an answer, for the last rule asks nothing.

    ``fields``: the registration's leaves under ``/case``, and days left of periods under ``/left``.
    """
    findings = tuple(_finding(rule, fields) for rule in triage.rules)
    holding = [each.rule for each in findings if each.word == "yes"]
    first = next(rule for rule in holding if rule.to)
    beside = tuple(dict.fromkeys(rule.beside for rule in holding if rule.beside))
    return Decision(first.to, first.name, beside, findings)


def _finding(rule: Rule, fields: Fields) -> Finding:
    return Finding(rule, *weighing.weigh(rule.when, fields))
