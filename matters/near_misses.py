"""Firms that one test keeps from a policy: how many, never who.

A department that thinks of changing a threshold wants to know whom it would reach. Fewer than five are
not told: their number could tell who they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from matters.criteria import Test
from matters.criteria_columns import OfTest, holds
from matters.policy import Policy
from matters.policy_columns import holding

FEWEST = 5
Counts = Mapping[tuple[str, int], int]
"""Version and number of a test → firms that would meet the criteria if it came out otherwise."""
_MASKS = ("version", "failed", "unknown")


def near_misses(
    policies: Iterable[Policy], verdicts: Iterable[pl.DataFrame], on: date
) -> dict[str, Counts]:
    """Policy → its counts, from the chunks that ``policy_match`` gave for the day ``on``."""
    known = list(policies)
    found = {policy.name: pl.DataFrame() for policy in known}
    for chunk in verdicts:
        for policy in known:
            more = [found[policy.name], _masks(chunk, policy, on)]
            found[policy.name] = _together([each for each in more if each.height])
    return {policy.name: dict(_counts(policy, found[policy.name])) for policy in known}


def shown(count: int) -> str:
    """For people.

    >>> shown(4), shown(5)
    ('<5', '5')
    """
    return str(count) if count >= FEWEST else f"<{FEWEST}"


def _masks(chunk: pl.DataFrame, policy: Policy, on: date) -> pl.DataFrame:
    """Every pattern of tests of those who fail, with how many they are."""
    name, place = policy.name, f"{policy.name}.version"
    held = (n for n, each in enumerate(policy.versions) if holding(each, on) is True)
    version = pl.col(place) if place in chunk.columns else pl.lit(next(held, None), pl.UInt8)
    patterns = chunk.lazy().filter(pl.col(f"{name}.verdict").not_()).select(
        version=version,
        failed=pl.col(f"{name}.failed").cast(pl.UInt64),
        unknown=pl.col(f"{name}.unknown").cast(pl.UInt64),
    )  # fmt: skip
    return patterns.group_by(_MASKS).agg(firms=pl.len()).collect()


def _together(frames: list[pl.DataFrame]) -> pl.DataFrame:
    if len(frames) < 2:
        return frames[0] if frames else pl.DataFrame()
    return pl.concat(frames).group_by(_MASKS).agg(pl.col("firms").sum())


def _counts(policy: Policy, patterns: pl.DataFrame) -> Iterable[tuple[tuple[str, int], int]]:
    for place, version in enumerate(policy.versions if patterns.height else ()):
        own = patterns.filter(pl.col("version") == place)
        for test in version.tests:
            # A tree says yes the sooner the more of its tests do, or the fewer within ``none``.
            met = [holds(version.criteria, _pattern(test, value)) for value in (True, False)]
            firms = int(own.filter(met[0] | met[1])["firms"].sum())
            if firms:
                yield (version.name, test.number), firms


def _pattern(turned: Test, value: bool) -> OfTest:
    """Every test as its bits say, but one as it is told."""

    def of(test: Test) -> pl.Expr:
        if test.number == turned.number:
            return pl.lit(value)
        bit = pl.lit(1 << test.number, pl.UInt64)
        known = pl.when((pl.col("unknown") & bit) == 0)
        return known.then((pl.col("failed") & bit) == 0)

    return of
