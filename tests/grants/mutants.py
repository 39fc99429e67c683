"""A policy with one thing in it a little off: what a comparison is worth is how many of them it notices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any

from matters.award import Award, Each, Fixed, Share, Tier
from matters.criteria import Ratio, Test
from matters.policy import Policy
from tests.grants.aims import parts

ALIKE = {
    ("foreign-trade", "booth_fees_y1"),
    ("loan-interest", "loan_interest_y1"),
    ("rd-growth", "rd_deduction_y1"),
    ("quality-award", "quality_award"),
}
"""Whom these tests keep out would get nothing anyway: a share of nothing, no such level."""
NEVER_REACHED = {"headquarters", "talent-startup"}
"""Caps that no firm can reach on one day: they hold over the stages of several years."""


def mutants(policy: Policy) -> Iterator[tuple[object, Policy]]:
    """What was changed, and the policy with it changed."""
    for version in policy.versions:
        for part in (*version.tests, *parts(version.award)):
            for other in off(part, version.award.unit):
                if not equivalent(policy, part, other):
                    changed = moved(version, part, other)
                    versions = [changed if each is version else each for each in policy.versions]
                    yield other, replace(policy, versions=tuple(versions))


def off(part: object, unit: int) -> Iterator[object]:
    """The part with its number a little off, one way or several; of money, by what is rounded to."""
    match part:
        case Test():
            yield flipped(part)
        case Fixed(pay) | Each(_, pay):
            yield replace(part, pay=pay + unit)
        case Share(_, Ratio(numerator, denominator)):
            yield replace(part, rate=Ratio(numerator * 101, denominator * 100))
        case Tier(start, pay):
            yield from (replace(part, start=start + 1), replace(part, pay=pay + unit))
        case Award():
            yield from award(part)


def award(part: Award) -> Iterator[Award]:
    """Another cap, another rounding, and nothing taken off."""
    if part.cap is not None:
        yield replace(part, cap=part.cap + 1)
    if part.less:
        yield replace(part, less=())
    if part.unit > 1:
        yield replace(part, unit=1)
        for word in ("down", "half-up", "up"):
            if word != part.rounding:
                yield replace(part, rounding=word)


def flipped(test: Test) -> Test:
    """The same test, but the exact threshold (or the first of several) comes out the other way."""
    first: Any = test.wanted[0]
    step = -1 if test.word in ("at_most", "more_than", "on_or_before") else 1
    match first:
        case bool():
            first = not first
        case int():
            first += step
        case Ratio(numerator, denominator):
            first = Ratio(numerator * 1000 + step, denominator * 1000)
        case date():
            first += timedelta(step)
        case str():
            first = "?"
    return replace(test, wanted=(first, *test.wanted[1:]))


def equivalent(policy: Policy, part: object, other: object) -> bool:
    """Whether nobody could tell the difference."""
    if isinstance(part, Award) and isinstance(other, Award):
        return policy.name in NEVER_REACHED and part.cap != other.cap
    return (
        isinstance(part, Test)
        and part.word in ("more_than", "is_not")
        and (policy.name, part.term.facts[0]) in ALIKE
    )


def moved(thing: Any, old: object, new: object) -> Any:
    """The same with one part in place of another, wherever it stands."""
    if thing == old:
        return new
    if isinstance(thing, tuple):
        return tuple(moved(part, old, new) for part in thing)
    if not is_dataclass(thing) or isinstance(thing, type):
        return thing
    return replace(
        thing, **{f.name: moved(getattr(thing, f.name), old, new) for f in fields(thing)}
    )
