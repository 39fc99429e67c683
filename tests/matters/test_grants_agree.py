"""The shipped policies say of many firms at once what they say of each, and what their examples say."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from functools import cache
from typing import Any

import polars as pl
import pytest

from benchmarks import grant_firms
from matters import fact_columns, grants
from matters.exact_column import MOST
from matters.grants import Folder, Grants
from matters.policy import Policy
from matters.policy_decision import decide
from matters.policy_match import match

NAMES = sorted(Folder.shipped().files())
some = pytest.mark.skipif(not NAMES, reason="no policies are shipped yet")
PAIRS = {"": 6_000, "full": 1_000_000}[os.environ.get("ZHIDA_ROUNDS", "")]
"""Of a firm and a policy, over all policies and days together."""
DAYS = (date(2026, 5, 6), date(2025, 12, 31))
EXTREMES = (MOST, -MOST, 0, -1)
VERDICTS = {"pass": True, "fail": False, "unknown": None}
Found = dict[str, tuple[bool | None, int, int, dict[str, int | None]]]
"""Firm → verdict, both masks, and fen of each stage that is not nothing."""


@cache
def shipped() -> Grants:
    return grants.load()


@cache
def firms(on: date) -> pl.DataFrame:
    """Near every threshold, with extremes, and of each fact 15% unknown."""
    policies = shipped().policies.values()
    kinds = fact_columns.needed(policies)
    drawn = {
        name: [*values, *EXTREMES] if kinds[name] is pl.Int64 else values
        for name, values in grant_firms.pools(policies, on).items()
    }
    return grant_firms.frame(drawn, kinds, range(PAIRS // len(NAMES) // len(DAYS) + 1))


def in_columns(policy: Policy, table: pl.DataFrame, on: date) -> Found:
    found: Found = {}
    for chunk in match([policy], [table], on):
        for row in chunk.verdicts.iter_rows(named=True):
            told = (row[f"{policy.name}.{what}"] for what in ("verdict", "failed", "unknown"))
            found[row["firm"]] = (*told, {})  # type: ignore[assignment]
        for row in chunk.candidates.iter_rows(named=True):
            found[row["firm"]][3][row["stage"]] = row["amount_fen"]
    return found


def one_by_one(policy: Policy, table: pl.DataFrame, on: date) -> Found:
    found: Found = {}
    for row in table.iter_rows(named=True):
        facts = {name: value for name, value in row.items() if value is not None}
        told = decide(policy, facts, on)
        fen = told.amounts
        if told.reason == "which-version":
            stages = [stage.name for version in policy.versions for stage in version.award.stages]
            fen = dict.fromkeys(stages)
        paid = {stage: each for stage, each in fen.items() if each != 0}
        if told.verdict == "fail":
            paid = {}
        found[row["firm"]] = (VERDICTS[told.verdict], told.failed, told.unknown, paid)
    return found


def is_money(found: tuple[Any, ...]) -> bool:
    return all(fen is None or fen < 2**63 for fen in found[3].values())


@some
@pytest.mark.parametrize("on", DAYS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_a_policy_says_the_same_of_many_and_of_each(name: str, on: date) -> None:
    policy = shipped().policies[name]
    table = firms(on).select("firm", *fact_columns.needed([policy]))
    many, each = in_columns(policy, table, on), one_by_one(policy, table, on)
    assert many.keys() == each.keys()
    for firm, wanted in each.items():
        if is_money(wanted):
            assert many[firm] == wanted, (name, firm, on)


@some
def test_the_drawn_firms_are_of_every_sort() -> None:
    on = DAYS[0]
    found = [in_columns(policy, firms(on), on) for policy in shipped().policies.values()]
    seen = Counter(verdict for many in found for verdict, *_ in many.values())
    assert all(seen[verdict] > seen.total() // 50 for verdict in (True, False, None)), seen


@some
@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_so_in_columns_too(name: str) -> None:
    policy = shipped().policies[name]
    kinds = fact_columns.needed([policy])
    for example in policy.examples:
        facts = {fact: example.facts.get(fact) for fact in kinds}
        table = pl.DataFrame([{"firm": "x", **facts}], schema={"firm": pl.String, **kinds})
        verdict, _, _, paid = in_columns(policy, table, example.on)["x"]
        assert verdict is VERDICTS[example.verdict], example.title
        if example.amount is not None:
            assert sum(fen or 0 for fen in paid.values()) == example.amount, example.title
