"""What a policy pays, as a rule over facts. Money is int64 fen.

A rule gives an amount before what the firm has had already counts (``award_settling``): first the
rule, then rounding, then ``less``, then ``cap``. An amount that is zero or less is no award. A fact
that a rule needs and nobody states makes the amount, and so the award, unknown.

A rule is worked out exactly, its shares as fractions, and rounded once, at the end. Each stage is an
award by itself: one whose ``when`` fails gives nothing, one whose ``when`` is unknown is unknown.
``less`` is taken off the stages in their order until it is used up, and ``cap`` is given to the stages
in their order; a stage that is unknown takes nothing of either. What one firm is given for a stage is
never less than nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from matters.criteria import Node, Ratio, Term


@dataclass(frozen=True, slots=True)
class Fixed:
    """So much."""

    pay: int


@dataclass(frozen=True, slots=True)
class Each:
    """So much for each of a count (a person, a patent)."""

    of: Term
    pay: int


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an amount of money."""

    of: Term
    rate: Ratio


@dataclass(frozen=True, slots=True)
class Tier:
    """From this count or amount of money on (inclusive), so much."""

    start: int
    pay: int


@dataclass(frozen=True, slots=True)
class Tiers:
    """By the highest tier that is reached; below the first, nothing. Tiers rise."""

    by: Term
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A rule for those who fulfil ``when``; None: for all others."""

    when: Node | None
    pay: Rule


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first branch that holds; none holds: nothing. One unknown before it: unknown."""

    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """All of these together."""

    parts: tuple[Rule, ...]


Rule = Fixed | Each | Share | Tiers | FirstOf | Sum


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the award that is paid by itself, once (股改、辅导、受理、发行)."""

    name: str
    """Empty where a policy has no stages."""
    title: str
    when: Node | None
    pay: Rule


@dataclass(frozen=True, slots=True)
class Award:
    """What a version pays."""

    stages: tuple[Stage, ...]
    """One without a name where the award is paid as a whole."""
    cap: int | None = None
    """The most that one firm gets of this policy for one occurrence, all stages together."""
    less: tuple[str, ...] = ()
    """Money facts: what others have paid for the same thing is taken off (差额)."""
    unit: int = 1
    """Rounded to whole multiples of so many fen: 1, 100 (yuan), 10000 (hundred yuan)."""
    rounding: Literal["down", "half-up", "up"] = "down"
    """``down`` towards zero, ``up`` away from it, ``half-up`` a half away from it."""
    clauses: tuple[str, ...] = ()
    """Clauses that the amount follows from."""
