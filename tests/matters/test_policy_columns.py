"""All firms at once come out as each one does by itself."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import polars as pl
import pytest

from matters import fact_columns
from matters.award import Award, Fixed, Stage
from matters.criteria import Group, Term, Test
from matters.policy import Policy
from matters.policy_columns import Columns, columns, holding, mask_type
from matters.policy_decision import Decision, decide
from tests.matters.drawn_policies import ON, Drawn, frame, policy, version

ROUNDS = {"": 60, "full": 5000}[os.environ.get("ZHIDA_ROUNDS", "")]
"""Random policies, each with so many random firms:"""
FIRMS = 60


def worked_out(made: Columns, policy: Policy, facts: pl.DataFrame) -> list[dict[str, Any]]:
    fitted = fact_columns.fitted(facts, fact_columns.needed([policy]))
    found = fitted.lazy().select(
        "firm",
        verdict=made.verdict,
        failed=made.failed,
        unknown=made.unknown,
        version=made.version,
        **{f"fen {stage}": expr for stage, expr in made.amounts.items()},
    )
    return found.collect().to_dicts()


def told(decision: Decision, policy: Policy) -> dict[str, Any]:
    """A decision as the columns tell it."""
    verdict = {"pass": True, "fail": False, "unknown": None}[decision.verdict]
    stages = {stage.name for version in policy.versions for stage in version.award.stages}
    fen = {f"fen {name}": decision.amounts.get(name, 0) for name in stages}
    if decision.reason == "which-version":
        fen = dict.fromkeys(fen)
    return {
        "firm": "x",
        "verdict": verdict,
        "failed": decision.failed,
        "unknown": decision.unknown,
        "version": policy.versions.index(decision.version) if decision.version else None,
        **fen,
    }


def is_money(found: dict[str, Any]) -> bool:
    return all(fen is None or fen < 2**63 for name, fen in found.items() if name.startswith("fen"))


@pytest.mark.parametrize("part", range(10))
def test_a_firm_comes_out_in_columns_as_it_does_by_itself(part: int) -> None:
    seen = set()
    for seed in range(part * ROUNDS // 10, (part + 1) * ROUNDS // 10):
        drawn = Drawn(seed)
        made = drawn.policy()
        firms = [drawn.firm() for _ in range(FIRMS)]
        for facts, found in zip(
            firms, worked_out(columns(made, ON), made, frame(firms)), strict=True
        ):
            wanted = told(decide(made, facts, ON), made)
            if is_money(wanted):
                assert found == wanted, (seed, facts)
                seen.add(found["verdict"])
    assert seen == {True, False, None}


def in_days(day: date | None, *spans: tuple[date, date | None], by: str) -> tuple[Any, Any]:
    """Verdict and version for a firm whose date fact is so."""
    yes = Test(0, Term("fact", ("f1",)), "is", (True,), "一")
    award = Award((Stage("", "", None, Fixed(5)),))
    made = policy(*(version(yes, award, (yes,), since=s, until=u, by=by) for s, u in spans))
    facts: dict[str, Any] = {"f1": True} if day is None else {"f1": True, "d1": day}
    [found] = worked_out(columns(made, ON), made, frame([facts]))
    return found["verdict"], found["version"]


OLD, NEW = (date(2024, 1, 1), date(2025, 6, 30)), (date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (date(2023, 12, 31), (False, None)),
        (date(2024, 1, 1), (True, 0)),
        (date(2025, 6, 30), (True, 0)),
        (date(2025, 7, 1), (False, None)),
        (date(2026, 1, 1), (True, 1)),
        (None, (None, None)),
    ],
)
def test_the_version_is_chosen_by_the_day_of_a_fact(day: date | None, wanted: object) -> None:
    assert in_days(day, OLD, NEW, by="d1") == wanted


def test_the_version_is_chosen_by_the_day_of_decision() -> None:
    assert in_days(None, OLD, NEW, by="") == (True, 1)
    assert in_days(None, OLD, by="") == (False, None)
    assert in_days(None, (ON, ON), by="") == (True, 0)
    assert in_days(None, (date(2026, 4, 1), None), by="") == (False, None)


def test_a_version_that_cannot_hold_is_known_before_any_firm_is() -> None:
    made = version(Group("all", ()), Award((Stage("", "", None, Fixed(5)),)), (), until=ON)
    assert holding(made, ON) is True
    assert holding(made, date(2026, 4, 1)) is False


@pytest.mark.parametrize(("tests", "kind"), [(8, pl.UInt8), (9, pl.UInt16), (63, pl.UInt64)])
def test_a_mask_has_room_for_its_tests_and_not_much_more(tests: int, kind: object) -> None:
    some = tuple(Test(n, Term("fact", ("f1",)), "is", (True,), "一") for n in range(tests))
    made = policy(version(Group("any", some), Award((Stage("", "", None, Fixed(5)),)), some))
    assert mask_type(made) == kind
    [found] = worked_out(columns(made, ON), made, frame([{"f1": False}]))
    assert found["failed"] == 2**tests - 1
    [found] = worked_out(columns(made, ON), made, frame([{}]))
    assert (found["failed"], found["unknown"]) == (0, 2**tests - 1)
