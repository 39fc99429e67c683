"""What an award's rule gives one firm, stage by stage: fractions of a fen until the one rounding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Literal

from matters import criteria_decision
from matters.award import Award, Each, FirstOf, Fixed, Rule, Share, Stage, Sum, Tiers
from matters.criteria import Ratio, Term
from matters.facts import Facts
from matters.kleene import Truth

Exact = Fraction | None


def amounts(award: Award, facts: Facts, truths: Sequence[Truth]) -> dict[str, int | None]:
    """Stage → fen, never less than 0; None: unknown. ``truths``: of the version's tests, by number."""
    less = _total(_times(_whole(Term("fact", (name,)), facts), 1) for name in award.less)
    off = None if less is None else max(0, int(less))
    left = award.cap
    found: dict[str, int | None] = {}
    for stage in award.stages:
        fen = _before(award, stage, facts, truths)
        if fen and off is None:
            fen = None
        if fen:
            taken = min(fen, off or 0)
            off, fen = (off or 0) - taken, fen - taken
        if fen and left is not None:
            fen = min(fen, left)
            left -= fen
        found[stage.name] = fen
    return found


def _before(award: Award, stage: Stage, facts: Facts, truths: Sequence[Truth]) -> int | None:
    """Before ``less`` and ``cap``."""
    held = True if stage.when is None else criteria_decision.truth(stage.when, truths)
    if held is not True:
        return None if held is None else 0
    exact = exactly(stage.pay, facts, truths)
    return None if exact is None else max(0, rounded(exact, award.unit, award.rounding))


def exactly(rule: Rule, facts: Facts, truths: Sequence[Truth]) -> Exact:
    """What a rule gives, in fen and their fractions."""
    match rule:
        case Fixed():
            return Fraction(rule.pay)
        case Each():
            return _times(_whole(rule.of, facts), rule.pay)
        case Share():
            return _times(_whole(rule.of, facts), _fraction(rule.rate))
        case Tiers():
            return _tier(rule, _whole(rule.by, facts))
        case FirstOf():
            return _first_of(rule, facts, truths)
        case Sum():
            return _total(exactly(part, facts, truths) for part in rule.parts)


def rounded(exact: Fraction, unit: int, how: Literal["down", "half-up", "up"]) -> int:
    """To whole multiples of ``unit``: towards zero, to the nearest (a half away from it), away from it.

    >>> from fractions import Fraction as F
    >>> [rounded(F(-1501, 10), 100, how) for how in ("down", "half-up", "up")]
    [-100, -200, -200]
    >>> [rounded(F(1501, 10), 100, how) for how in ("down", "half-up", "up")]
    [100, 200, 200]
    """
    parts = abs(exact) / unit
    whole, rest = divmod(parts, 1)
    above = rest >= Fraction(1, 2) if how == "half-up" else rest > 0 and how == "up"
    size = (int(whole) + above) * unit
    return size if exact >= 0 else -size


def _tier(rule: Tiers, value: int | None) -> Exact:
    if value is None:
        return None
    reached = [tier.pay for tier in rule.tiers if value >= tier.start]
    return Fraction(reached[-1] if reached else 0)


def _first_of(rule: FirstOf, facts: Facts, truths: Sequence[Truth]) -> Exact:
    for branch in rule.branches:
        held = True if branch.when is None else criteria_decision.truth(branch.when, truths)
        if held is None:
            return None
        if held:
            return exactly(branch.pay, facts, truths)
    return Fraction(0)


def _whole(term: Term, facts: Facts) -> int | None:
    value = criteria_decision.term_value(term, facts)
    return value if isinstance(value, int) else None


def _times(value: int | None, factor: int | Fraction) -> Exact:
    return None if value is None else Fraction(value * factor)


def _fraction(ratio: Ratio) -> Fraction:
    return Fraction(ratio.numerator, ratio.denominator)


def _total(parts: Iterable[Exact]) -> Exact:
    found = list(parts)
    known = [part for part in found if part is not None]
    return sum(known, Fraction(0)) if len(known) == len(found) else None
