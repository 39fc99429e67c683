"""One test away from a policy: counted for each test, and never told of fewer than five."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import polars as pl

from matters import criteria_decision
from matters.award import Award, Fixed, Stage
from matters.criteria import Group, Node, Term, Test
from matters.near_misses import near_misses, shown
from matters.policy import Policy
from matters.policy_decision import decide
from matters.policy_match import match
from tests.matters.drawn_policies import ON, Drawn, frame, policy, version

FLAGS = [Test(n, Term("fact", (f"f{n + 1}",)), "is", (True,), "一") for n in range(3)]
AWARD = Award((Stage("", "", None, Fixed(5)),))


def counts(node: Node, *firms: dict[str, Any]) -> dict[tuple[str, int], int]:
    made = policy(version(node, AWARD, tuple(FLAGS)))
    chunks = [each.verdicts for each in match([made], [frame(firms[:1]), frame(firms[1:])], ON)]
    return dict(near_misses([made], chunks, ON)["drawn"])


def firm(*flags: bool | None) -> dict[str, Any]:
    return {f"f{n}": flag for n, flag in enumerate(flags, 1) if flag is not None}


def test_one_failed_test_of_all_is_a_near_miss() -> None:
    node = Group("all", tuple(FLAGS))
    one, two, both = firm(False, True, True), firm(True, False, True), firm(False, False, True)
    found = counts(node, one, one, two, both, firm(True, True, True), firm(False, True, None))
    assert found == {("2026", 0): 2, ("2026", 1): 1}


def test_of_alternatives_each_would_do() -> None:
    node = Group("all", (Group("any", tuple(FLAGS[:2])), FLAGS[2]))
    assert counts(node, firm(False, False, True), firm(False, None, True)) == {
        ("2026", 0): 1,
        ("2026", 1): 1,
    }
    assert counts(node, firm(False, True, False)) == {("2026", 2): 1}


def test_what_excludes_a_firm_is_a_near_miss_too() -> None:
    node = Group("all", (FLAGS[0], Group("none", (FLAGS[1], FLAGS[2]))))
    assert counts(node, firm(True, True, False)) == {("2026", 1): 1}
    assert counts(node, firm(True, True, True)) == {}


def by_hand(made: Policy, firms: list[dict[str, Any]]) -> Counter[tuple[str, int]]:
    found: Counter[tuple[str, int]] = Counter()
    for facts in firms:
        decision = decide(made, facts, ON)
        if decision.verdict != "fail" or decision.version is None:
            continue
        truths = [each.verdict for each in decision.findings]
        for test in decision.version.tests:
            turned = [
                (*truths[: test.number], t, *truths[test.number + 1 :]) for t in (True, False)
            ]
            node = decision.version.criteria
            if any(criteria_decision.truth(node, each) for each in turned):
                found[decision.version.name, test.number] += 1
    return found


def test_drawn_policies_come_out_as_firm_by_firm() -> None:
    total = 0
    for seed in range(20):
        drawn = Drawn(seed)
        made = replace(drawn.policy(), name="drawn")
        firms = [drawn.firm() for _ in range(60)]
        chunks = [each.verdicts for each in match([made], [frame(firms)], ON)]
        wanted = by_hand(made, firms)
        assert near_misses([made], chunks, ON)["drawn"] == wanted
        total += wanted.total()
    assert total > 50


def test_nobody_looked_at_is_nobody_near() -> None:
    made = policy(version(FLAGS[0], AWARD, tuple(FLAGS[:1])))
    assert near_misses([made], [], ON) == {"drawn": {}}
    assert near_misses(
        [made],
        [
            pl.DataFrame({"firm": ["a"], "drawn.verdict": [True]}).with_columns(
                pl.lit(0, pl.UInt8).alias("drawn.failed"),
                pl.lit(0, pl.UInt8).alias("drawn.unknown"),
            )
        ],
        ON,
    ) == {"drawn": {}}


def test_few_are_not_told() -> None:
    assert [shown(n) for n in (0, 1, 4, 5, 1000)] == ["<5", "<5", "<5", "5", "1000"]
