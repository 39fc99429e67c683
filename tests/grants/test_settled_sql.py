"""What is left of a day's awards once history counts, by a query written from the clauses.

``settled.sql`` knows of the policies only what stands in ``times``, ``not_with`` and the groups, and the
caps over all stages, which stand here as the clauses tell them. Budgets are left out.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from matters import grants
from matters.award_claims import Claim, Paid, Terms
from matters.award_settling import settle
from matters.policy import Policy
from tests.grants.books import rows

QUERY = (Path(__file__).parent / "settled.sql").read_text("utf-8")
ON = date(2026, 5, 6)
FIRMS = {"": 2_000, "full": 40_000}[os.environ.get("ZHIDA_ROUNDS", "")]
WAN = 1_000_000
CAPS = {
    "first-equipment": 200 * WAN,
    "headquarters": 800 * WAN,
    "individual-to-enterprise": 2 * WAN,
    "ipo-stages": 500 * WAN,
    "open-data": 60 * WAN,
    "startup-subsidy": 25 * WAN // 10,
    "talent-startup": 400 * WAN,
}
"""合计不超过, as the clauses say."""
Left = dict[tuple[str, str], int]
"""Firm and policy: fen."""


@cache
def terms() -> Terms:
    """The shipped catalogue without its budgets."""
    shipped = grants.load()
    policies = {
        name: replace(each, versions=tuple(replace(v, budget=None) for v in each.versions))
        for name, each in shipped.policies.items()
    }
    return Terms(policies, shipped.groups)


def bundle(policy: Policy) -> str:
    return policy.group or policy.name


def by_query(claims: Sequence[Claim], paid: Sequence[Paid]) -> Left:
    policies, text, fen = terms().policies.values(), pl.String, pl.Int64
    awards = [(c.firm, c.policy, c.stage, c.gross) for c in claims]
    had = [(p.firm, p.policy, p.stage, date(p.year, 3, 1), p.fen) for p in paid]
    told = [(p.name, p.times, bundle(p), CAPS.get(p.name)) for p in policies]
    apart = [(p.name, other) for p in policies for other in p.not_with]
    groups = [(g.name, g.rule, g.cap) for g in terms().groups.values()]
    one = {"firm": text, "policy": text, "stage": text}
    tables = {
        "awards": table(awards, one | {"fen": fen}),
        "had": table(had, one | {"paid_on": pl.Date, "fen": fen}),
        "policies": table(told, {"policy": text, "times": text, "bundle": text, "cap": fen}),
        "apart": table(apart, {"policy": text, "other": text}),
        "groups": table(groups, {"bundle": text, "rule": text, "cap": fen}),
        "today": table([(ON,)], {"day": pl.Date}),
    }
    return {(firm, name): fen for firm, name, fen in rows(QUERY, tables)}


def table(told: Sequence[tuple[Any, ...]], schema: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(told, schema=dict(schema), orient="row")


def by_product(claims: Sequence[Claim], paid: Sequence[Paid]) -> Left:
    left: Counter[tuple[str, str]] = Counter()
    for each in settle(claims, paid, terms(), {}):
        left[each.claim.firm, each.claim.policy] += each.due
    return {key: fen for key, fen in left.items() if fen}


class Firms:
    """Firms with awards of today and a history, each about policies that have to do with one another."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.circles = [
            [one for one in terms().policies.values() if near(each, one)]
            for each in terms().policies.values()
        ]

    def firm(self, name: str) -> tuple[list[Claim], list[Paid]]:
        claims: list[Claim] = []
        paid: list[Paid] = []
        for policy in self.random.choice(self.circles):
            for stage in sorted({s.name for v in policy.versions for s in v.award.stages}):
                if self.random.random() < 0.6:
                    claims.append(Claim(name, policy.name, self.fen(policy), ON, stage))
                if self.random.random() < 0.25:
                    year = self.random.choice((2024, 2025, 2026, 2026))
                    paid.append(Paid(name, policy.name, year, self.fen(policy), stage))
        return claims, paid

    def fen(self, policy: Policy) -> int:
        """Never more than the policy's own cap: a gross amount is that already."""
        most = min(version.award.cap or 100 * WAN for version in policy.versions)
        return self.random.choice((most, most // 2, most // 2 + 1, self.random.randint(1, most)))


def near(one: Policy, other: Policy) -> bool:
    """Whether what a firm has of the one may count for the other."""
    same = one.name == other.name or (one.group != "" and one.group == other.group)
    return same or other.name in one.not_with or one.name in other.not_with


@pytest.fixture(scope="module")
def district() -> tuple[list[Claim], list[Paid]]:
    firms = Firms(1)
    drawn = [firms.firm(str(n)) for n in range(FIRMS)]
    return [c for claims, _ in drawn for c in claims], [p for _, paid in drawn for p in paid]


def test_the_rest_is_what_the_clauses_leave(district: tuple[list[Claim], list[Paid]]) -> None:
    claims, paid = district
    left = by_query(claims, paid)
    assert by_product(claims, paid) == left
    assert {name for _, name in left} == {*terms().policies}


def test_each_rule_leaves_some_firm_less(district: tuple[list[Claim], list[Paid]]) -> None:
    claims, paid = district
    gross = sum(claim.gross for claim in claims)
    assert 0 < sum(by_query(claims, paid).values()) < sum(by_query(claims, []).values()) < gross
