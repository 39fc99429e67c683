"""What the policies pay, by SQL that was written from their clauses by somebody who never saw the YAML.

Each file of ``prose_sql`` is one query over ``firms`` (a column a fact, null is unknown) and ``today``.
It gives every firm that surely qualifies, and how much, stage by stage, before anything that the firm
has had already counts. The queries and the policies have nothing in common but the clauses; where one
of them is changed, the clauses say who is right.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path

import polars as pl
import pytest

from matters import grants
from matters.facts import Fact
from matters.grants import Folder, Grants
from matters.policy import Policy
from matters.policy_match import match
from tests.grants.books import rows
from tests.grants.drawn_firms import District, days_of, named, table
from tests.grants.mutants import mutants

SQL = Path(__file__).parent / "prose_sql"
NAMES = sorted(Folder.shipped().files())
FULL = os.environ.get("ZHIDA_ROUNDS", "") == "full"
FIRMS = 20_000 if FULL else 1_500
"""A policy, over all its days of decision."""
Paid = set[tuple[str, str, int]]
"""Firm, stage, fen."""


@cache
def shipped() -> Grants:
    return grants.load()


def written(name: str) -> str:
    return (SQL / f"{name}.sql").read_text("utf-8")


def by_clauses(name: str, firms: pl.DataFrame, on: date) -> Paid:
    found = rows(written(name), {"firms": firms, "today": pl.DataFrame({"day": [on]})})
    assert len({(firm, stage) for firm, stage, _ in found}) == len(found), "a stage is paid twice"
    return {(firm, stage, fen) for firm, stage, fen in found}


def by_policy(policy: Policy, firms: pl.DataFrame, on: date) -> Paid:
    return {
        (row["firm"], row["stage"], row["amount_fen"])
        for chunk in match([policy], [firms], on)
        for row in chunk.candidates.iter_rows(named=True)
        if row["verdict"] and row["amount_fen"] is not None and row["amount_fen"] > 0
    }


def columns(policy: Policy, facts: Mapping[str, Fact]) -> list[str]:
    """The facts that either side looks at: a condition that only one of them knows is noticed."""
    spoken = set(re.findall(r"[a-z_0-9]+", re.sub("--.*", "", written(policy.name))))
    return sorted(spoken & facts.keys() | named(policy))


def districts(policy: Policy, firms: int, seed: int = 0) -> Iterator[tuple[date, pl.DataFrame]]:
    facts, days = shipped().facts, days_of(policy)
    names, drawn = columns(policy, facts), District(policy, facts, seed)
    for day in days:
        each = islice(drawn.firms(names, day), firms // len(days) + 1)
        yield day, table(each, names, facts)


def test_every_policy_has_its_query_and_every_query_its_policy() -> None:
    assert [file.stem for file in sorted(SQL.glob("*.sql"))] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_policy_pays_what_its_clauses_say(name: str) -> None:
    policy, paid, firms = shipped().policies[name], 0, 0
    stages = set()
    for day, drawn in districts(policy, FIRMS):
        wanted = by_clauses(name, drawn, day)
        assert by_policy(policy, drawn, day) == wanted, day
        paid, firms = paid + len({firm for firm, _, _ in wanted}), firms + drawn.height
        stages |= {stage for _, stage, _ in wanted}
    assert firms // 50 < paid < firms - firms // 10, "nearly nobody, or nearly everybody, is paid"
    assert stages == {stage.name for each in policy.versions for stage in each.award.stages}


@pytest.mark.parametrize("name", NAMES if FULL else NAMES[::6])
def test_nothing_in_a_policy_can_be_a_little_off_unnoticed(name: str) -> None:
    policy = shipped().policies[name]
    drawn = [(by_policy(policy, firms, day), firms, day) for day, firms in districts(policy, 3000)]
    for change, other in mutants(policy):
        assert any(by_policy(other, firms, day) != paid for paid, firms, day in drawn), change
