"""Examples hold by the policy's own decision, clause by clause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from exchange.errors import Invalid
from matters import policy_examples
from matters.award import Award, Branch, FirstOf, Fixed, Stage
from matters.criteria import Term, Test
from matters.policy import Example, Policy
from matters.policy_decision import decide

LISTED = Test(0, Term("fact", ("otc_listed",)), "is", (True,), "一")
BIG = Test(1, Term("fact", ("firm_size",)), "is", ("large",), "二")


@pytest.fixture
def staged(policy_with: Callable[..., Policy]) -> Policy:
    [version] = policy_with().versions
    stages = (Stage("挂牌", "挂牌", LISTED, Fixed(100)), Stage("规模", "规模", BIG, Fixed(50)))
    always = replace(LISTED, term=Term("fact", ("serious_dishonesty",)), wanted=(False,), number=2)
    award = Award(stages, clauses=("三",))
    version = replace(version, criteria=always, tests=(LISTED, BIG, always), award=award)
    return replace(policy_with(), versions=(version,), examples=())


def clauses(policy: Policy, **facts: object) -> set[str]:
    return policy_examples.clauses(decide(policy, facts, date(2026, 5, 1)))  # type: ignore[arg-type]


def test_without_an_award_its_stages_are_the_reason(staged: Policy) -> None:
    good = {"serious_dishonesty": False}
    assert clauses(staged, **good, otc_listed=False, firm_size="small") == {"一", "二"}
    assert clauses(staged, **good, otc_listed=False) == {"一", "二"}
    assert clauses(staged, **good, otc_listed=True) == set()
    assert clauses(staged, serious_dishonesty=True, otc_listed=False) == {"一"}


def test_where_no_test_stands_for_it_the_amounts_clauses_do(staged: Policy) -> None:
    [version] = staged.versions
    nothing = Award((Stage("", "", None, FirstOf((Branch(None, Fixed(0)),))),), clauses=("三",))
    policy = replace(staged, versions=(replace(version, award=nothing),))
    assert clauses(policy, serious_dishonesty=False) == {"三"}


def example(**told: object) -> Example:
    given = {"serious_dishonesty": False, "otc_listed": True, "firm_size": "large"}
    base = Example("", date(2026, 5, 1), given, "pass", 150)  # type: ignore[arg-type]
    return replace(base, **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "holds"),
    [
        (example(), True),
        (example(stages={"挂牌": 100, "规模": 50}), True),
        (example(stages={"挂牌": 50, "规模": 100}), False),
        (example(amount=100, stages={"挂牌": 100}), False),
        (example(amount=151), False),
        (example(verdict="fail", amount=None), False),
        (example(facts={}, verdict="unknown", amount=None, because=("一",)), True),
        (example(facts={}, verdict="unknown", amount=None, because=()), False),
        (example(facts={}, verdict="fail", amount=None, because=("一",)), False),
        (example(on=date(2030, 1, 1), verdict="fail", amount=None), True),
    ],
)
def test_an_example_holds_in_full_or_is_told(staged: Policy, told: Example, holds: bool) -> None:
    found = list(policy_examples.mistakes(replace(staged, examples=(told,))))
    assert [each.code for each in found] == ([] if holds else ["policy.example"])


def test_an_example_may_tell_stages(policy_with: Callable[..., Policy]) -> None:
    with pytest.raises(Invalid) as refused:
        policy_with("gives: 12000 元 ", "gives: {股改: 12000 元} ")
    [problem] = refused.value.problems
    assert problem.facts["wanted"] == "符合 12,000 元 (股改 12,000 元)"
    assert problem.facts["found"] == "符合 12,000 元 ( 12,000 元)"
