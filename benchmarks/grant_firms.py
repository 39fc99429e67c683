"""Firms drawn near the thresholds of policies: some pass, many just don't, of some too little is known.

Each value follows from the number of its firm and the name of its fact, so the same firms come again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any
from zlib import crc32

import polars as pl

from matters import fact_columns
from matters.award import Branch, Each, FirstOf, Rule, Share, Sum, Tiers
from matters.criteria import BY_DECISION, Group, Node, Ratio, Term, Test, tests
from matters.durations import Duration
from matters.policy import Policy, Version

_ORDINARY = (0, 1, 3, 12, 40, 1_000)
_MONEY = (0, 1, 5_000_000, 123_456_789_01, 9_999_999_999_99)
_MEETING, _MISSING = 3, 1
"""How often a value that meets a test is drawn, and one that just misses it."""
Pools = Mapping[str, Sequence[Any]]


def pools(policies: Iterable[Policy], on: date) -> Pools:
    """Fact → values to draw from."""
    known = list(policies)
    found: dict[str, list[Any]] = defaultdict(list)
    for version in chain.from_iterable(policy.versions for policy in known):
        for name, values in _of_version(version, on):
            found[name] += values
    kinds = fact_columns.needed(known)
    return {name: found[name] or _default(kind, on) for name, kind in kinds.items()}


def frame(drawn: Pools, kinds: fact_columns.Kinds, rows: range, unknown: int = 15) -> pl.DataFrame:
    """So many firms; of each fact, so many percent are unknown."""
    number = pl.int_range(rows.start, rows.stop, eager=True).alias("#")
    firm = "91320114MA" + pl.col("#").cast(pl.String).str.zfill(8)
    columns = [_column(name, values, kinds[name], unknown) for name, values in drawn.items()]
    return number.to_frame().lazy().select(firm.alias(fact_columns.FIRM), *columns).collect()


def _column(name: str, values: Sequence[Any], kind: Any, unknown: int) -> pl.Expr:
    seed = crc32(name.encode())
    place = pl.col("#").hash(seed) % len(values)
    known = (pl.col("#").hash(seed + 1) % 100) >= unknown
    value = pl.lit(pl.Series(values, dtype=kind)).gather(place)
    return pl.when(known).then(value).alias(name)


def _of_version(version: Version, on: date) -> Iterator[tuple[str, list[Any]]]:
    if version.by:
        days = [version.since, version.until or on, on - timedelta(90)]
        yield version.by, [*days, version.since - timedelta(1)]
    for test in version.tests:
        wrong = _is_inverted(version.criteria, test, inverted=False)
        yield from _near(test, on, inverted=wrong)
    for stage in version.award.stages:
        yield from _paid(stage.pay)


def _is_inverted(node: Node, test: Test, *, inverted: bool) -> bool:
    if isinstance(node, Group):
        turned = inverted != (node.word == "none")
        return any(
            _is_inverted(part, test, inverted=turned) for part in node.parts if test in tests(part)
        )
    return inverted


def _near(test: Test, on: date, *, inverted: bool) -> Iterator[tuple[str, list[Any]]]:
    """Values that meet a test, and values that just miss it."""
    meets, misses = _values(test, on)
    if inverted:
        meets, misses = misses, meets
    for name in test.term.facts:
        yield name, [*meets * _MEETING, *misses * _MISSING]


def _values(test: Test, on: date) -> tuple[list[Any], list[Any]]:
    wanted: Any = test.wanted[0]
    if isinstance(wanted, bool):
        return _turned(test.word == "is_not", [wanted], [not wanted])
    if isinstance(wanted, str):
        return _turned(test.word in ("is_not", "none_of"), list(test.wanted), ["-"])
    if isinstance(wanted, Ratio):  # of two facts: some will and some won't
        whole = wanted.denominator
        return [0, 1, 10, 30, 1000, whole, whole + wanted.numerator, whole - wanted.numerator], []
    if isinstance(wanted, date) or test.word in BY_DECISION:
        return _days(test, wanted, on)
    size = max(abs(wanted) // 100, 1)
    low, high = [wanted - 1, wanted - size], [wanted + 1, wanted + size]
    if test.word in ("at_least", "at_most"):
        right, wrong = (high, low) if test.word == "at_least" else (low, high)
        return [wanted, *right], wrong
    right, wrong = (high, low) if test.word == "more_than" else (low, high)
    return right, [wanted, *wrong]


def _days(test: Test, wanted: Any, on: date) -> tuple[list[Any], list[Any]]:
    day = timedelta(1)
    if test.word == "in_year":
        first, last = date(on.year + wanted, 1, 1), date(on.year + wanted, 12, 31)
        return [first, last], [first - day, last + day]
    if test.word == "within_months":
        before = Duration(-wanted, "month").after(on)
        return [on, before + day], [before, on + day]
    if test.word == "months_left":
        last = Duration(wanted, "month").after(on)
        return [last + day, last + 400 * day], [last]
    if test.word == "months_past":
        last = Duration(-wanted, "month").after(on)
        return [last, last - 400 * day], [last + day]
    early, late = [wanted - day], [wanted + day]
    return ([wanted, *late], early) if test.word == "on_or_after" else ([wanted, *early], late)


def _turned(other: bool, meets: list[Any], misses: list[Any]) -> tuple[list[Any], list[Any]]:
    return (misses, meets) if other else (meets, misses)


def _paid(rule: Rule | Branch) -> Iterator[tuple[str, list[Any]]]:
    match rule:
        case Each(of=term):
            yield from _spread(term, _ORDINARY)
        case Share(of=term):
            yield from _spread(term, _MONEY)
        case Tiers(by=term, tiers=tiers):
            yield from _spread(term, [t.start + more for t in tiers for more in (-1, 0, 1)])
        case Sum(parts=parts) | FirstOf(branches=parts):
            yield from chain.from_iterable(map(_paid, parts))
        case Branch(pay=pay):
            yield from _paid(pay)
        case _:
            return


def _spread(term: Term, values: Sequence[int]) -> Iterator[tuple[str, list[Any]]]:
    return ((name, list(values)) for name in term.facts)


def _default(kind: Any, on: date) -> list[Any]:
    kinds: dict[Any, list[Any]] = {pl.Boolean: [True, False], pl.String: ["-"], pl.Date: [on]}
    return kinds.get(kind, list(_ORDINARY))
