"""A policy as Polars expressions over one row a firm: who passes, why not, and how much.

The exact evaluator of one firm is ``policy_decision``; a test demands that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import chain
from operator import or_

import polars as pl
from polars.expr.whenthen import ChainedThen

from matters import award_columns
from matters.criteria import Test
from matters.criteria_columns import OfTest, holds, test_column
from matters.policy import Policy, Version

NOTHING = pl.lit(0, pl.Int64)


@dataclass(frozen=True, slots=True)
class Columns:
    """What is to be computed for a policy."""

    meets: pl.Expr
    """Whether the criteria hold; false too where no version is in force."""
    failed: pl.Expr
    """A bit for each test (``Test.number``) that is false."""
    unknown: pl.Expr
    """A bit for each test that nobody knows. Both masks are unsigned, as wide as the tests need."""
    version: pl.Expr
    """Place in ``Policy.versions`` as UInt8; null where none is in force, or nobody knows which."""
    amounts: Mapping[str, pl.Expr]
    """Stage → int64 fen, zero for nothing, null for unknown. Of those whom the criteria refuse it says
    nothing."""

    @property
    def verdict(self) -> pl.Expr:
        """True, false, or null for unknown: who meets the criteria and is paid something."""
        return self.meets & award_columns.is_paid(self.amounts.values())


def columns(policy: Policy, on: date, of: OfTest | None = None) -> Columns:
    """Of a policy on the day of decision; ``of`` may name columns of tests worked out before."""
    test = of or (lambda each: test_column(each, on))
    found = _none(policy)
    for place, version in reversed(list(enumerate(policy.versions))):
        when = holding(version, on)
        if when is True:
            found = _of_version(policy, place, test)
        elif when is not False:
            found = _where(when, _of_version(policy, place, test), found)
    return found


def holding(version: Version, on: date) -> pl.Expr | bool:
    """Whether the version is in force, by the day of decision or by the fact that it names.

    Of several, the first that holds counts; that they do not overlap is seen to when they are read.
    """
    if not version.by:
        return version.since <= on and (version.until is None or on <= version.until)
    day = pl.col(version.by)
    since = day >= version.since
    return since if version.until is None else since & (day <= version.until)


def tests_of(policy: Policy, on: date) -> Iterator[Test]:
    """The tests of every version that may be in force."""
    held = (version for version in policy.versions if holding(version, on) is not False)
    return chain.from_iterable(version.tests for version in held)


def mask_type(policy: Policy) -> type[pl.DataType]:
    """The narrowest type that has a bit for each test: millions of rows are written of it."""
    most = max((len(version.tests) for version in policy.versions), default=0)
    widths = ((8, pl.UInt8), (16, pl.UInt16), (32, pl.UInt32), (64, pl.UInt64))
    return next(kind for width, kind in widths if most <= width)


def _none(policy: Policy) -> Columns:
    """No version is in force."""
    empty = pl.lit(0, mask_type(policy))
    stages = {stage.name for version in policy.versions for stage in version.award.stages}
    return Columns(
        pl.lit(False),
        empty,
        empty,
        pl.lit(None, pl.UInt8),
        dict.fromkeys(sorted(stages), NOTHING),
    )


def _of_version(policy: Policy, place: int, of: OfTest) -> Columns:
    version, kind = policy.versions[place], mask_type(policy)
    found = {test.number: of(test) for test in version.tests}
    return Columns(
        holds(version.criteria, of),
        _mask({number: ~expr for number, expr in found.items()}, kind),
        _mask({number: expr.is_null() for number, expr in found.items()}, kind),
        pl.lit(place, pl.UInt8),
        {**_none(policy).amounts, **award_columns.amounts(version.award, of)},
    )


def _mask(bits: Mapping[int, pl.Expr], kind: type[pl.DataType]) -> pl.Expr:
    clear = pl.lit(0, kind)
    each = (pl.when(b).then(pl.lit(1 << n, kind)).otherwise(clear) for n, b in bits.items())
    return reduce(or_, each, clear)


def _where(when: pl.Expr, own: Columns, other: Columns) -> Columns:
    """This version where it holds, else what the others say; unknown which: unknown, unless all refuse."""

    def either(one: pl.Expr, two: pl.Expr) -> ChainedThen:
        return pl.when(when).then(one).when(when.not_()).then(two)

    refused = ~own.meets & ~other.meets
    return Columns(
        either(own.meets, other.meets).otherwise(pl.when(refused).then(pl.lit(False))),
        either(own.failed, other.failed).fill_null(0),
        either(own.unknown, other.unknown).fill_null(0),
        either(own.version, other.version),
        {stage: either(own.amounts[stage], other.amounts[stage]) for stage in own.amounts},
    )
