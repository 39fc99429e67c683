"""What an award pays, as Polars expressions: int64 fen, null for unknown.

Parts of a fen are kept until the rounding: every part of a rule is counted over one denominator.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from math import lcm
from operator import add, or_

import polars as pl

from matters.award import Award, Branch, Each, FirstOf, Fixed, Rule, Share, Stage, Sum, Tier, Tiers
from matters.criteria_columns import OfTest, holds, whole
from matters.exact_column import MOST, Exact, constant, literal, rounded


def amounts(award: Award, of: OfTest) -> dict[str, pl.Expr]:
    """Stage → its amount, zero where nothing is paid.

    What is taken off, and the cap, are used up by the stages in their order: each is paid what all up
    to it come to, less what those before it came to. A stage that is unknown takes nothing of either.
    """
    found: dict[str, pl.Expr] = {}
    total, before = constant(0), constant(0)
    for stage in award.stages:
        exact = _stage(stage, of).from_zero()
        fen = rounded(exact, denominator(stage.pay), award.unit, award.rounding)
        known = _is_known(fen.expr, award.less)
        total += Exact(pl.when(known).then(fen.expr).otherwise(literal(0, fen.most)), fen.most)
        paid = _less(total, award.less).from_zero(award.cap)
        found[stage.name] = pl.when(known).then((paid - before).fen())
        before = paid
    return found


def is_paid(amounts: Iterable[pl.Expr]) -> pl.Expr:
    """Whether any stage gives anything."""
    return reduce(or_, (each > 0 for each in amounts))


def _stage(stage: Stage, of: OfTest) -> Exact:
    """What its rule gives where it holds, times its denominator."""
    pay = _over(stage.pay, denominator(stage.pay), of)
    if stage.when is None:
        return pay
    return Exact(_chosen(holds(stage.when, of), pay.expr, literal(0, pay.most)), pay.most)


def _is_known(fen: pl.Expr, less: tuple[str, ...]) -> pl.Expr:
    """Of nothing, nothing can be taken off: then nobody need know how much it would be."""
    known = fen.is_not_null()
    for name in less:
        known &= pl.col(name).is_not_null() | (fen == 0)
    return known


def _less(total: Exact, names: tuple[str, ...]) -> Exact:
    """What is unknown takes off nothing here: its stages are unknown already."""
    if not names:
        return total
    paid = reduce(add, (Exact(pl.col(name).fill_null(0), MOST) for name in names))
    return total - paid.from_zero()


def denominator(rule: Rule) -> int:
    """What all parts of a rule are whole numbers over."""
    match rule:
        case Share(rate=rate):
            return rate.denominator
        case Sum(parts=parts):
            return lcm(*map(denominator, parts))
        case FirstOf(branches=branches):
            return lcm(*(denominator(branch.pay) for branch in branches))
        case _:
            return 1


def _over(rule: Rule, over: int, of: OfTest) -> Exact:
    """A rule's amount, times ``over``."""
    match rule:
        case Fixed(pay=pay):
            return constant(pay * over)
        case Each(of=term, pay=pay):
            return whole(term).times(pay * over)
        case Share(of=term, rate=rate):
            return whole(term).times(rate.numerator * (over // rate.denominator))
        case Tiers(by=term, tiers=tiers):
            return _tier(whole(term), tiers, over)
        case Sum(parts=parts):
            return reduce(add, (_over(part, over, of) for part in parts))
        case FirstOf(branches=branches):
            return _first(branches, over, of)


def _tier(by: Exact, tiers: tuple[Tier, ...], over: int) -> Exact:
    most = max(abs(tier.pay) for tier in tiers) * over
    found = literal(0, most)
    for tier in tiers:
        reached = by.expr >= literal(tier.start, by.most)
        found = pl.when(reached).then(literal(tier.pay * over, most)).otherwise(found)
    return Exact(pl.when(by.expr.is_not_null()).then(found), most)


def _first(branches: tuple[Branch, ...], over: int, of: OfTest) -> Exact:
    paid = [_over(branch.pay, over, of) for branch in branches]
    most = max(each.most for each in paid)
    found = literal(0, most)
    for branch, each in zip(reversed(branches), reversed(paid), strict=True):
        when = None if branch.when is None else holds(branch.when, of)
        pay = each.wide(most)
        found = pay if when is None else _chosen(when, pay, found)
    return Exact(found, most)


def _chosen(when: pl.Expr, then: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
    """One or the other; where ``when`` is unknown, unknown."""
    return pl.when(when).then(then).when(when.not_()).then(otherwise)
