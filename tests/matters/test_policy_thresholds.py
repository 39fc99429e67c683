"""An example must stand on a threshold: one that notices when it moves by the least."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from matters import policy_thresholds
from matters.award import Award, Branch, FirstOf, Fixed, Rule, Stage, Sum, Tier, Tiers
from matters.criteria import Ratio, Term, Test, TestWord
from matters.facts import Facts, Value
from matters.policy import Example, Policy

Find = Callable[..., list[tuple[str, object]]]
FAR = (
    "ui_full_months: 12, insured_end_y2: 1000, insured_end_y1: 945,\n            ui_paid_y1: 20000.99",
    "ui_full_months: 13, insured_end_y2: 1000, insured_end_y1: 990,\n            ui_paid_y1: 20000.99",
    "ui_full_months: 12, insured_end_y2: 10, insured_end_y1: 10", "ui_full_months: 13, insured_end_y2: 10, insured_end_y1: 10",
)  # fmt: skip


def test_examples_far_from_every_threshold_are_too_few(policy_mistakes: Find) -> None:
    assert [code for code, _ in policy_mistakes(*FAR)] == ["policy.no-threshold"]


@pytest.mark.parametrize(
    "change",
    [
        ("ui_full_months: 13, insured_end_y2: 1000", "ui_full_months: 12, insured_end_y2: 1000"),
        ("insured_end_y1: 990", "insured_end_y1: 945"),
    ],
)
def test_one_on_any_of_them_is_enough(
    policy_with: Callable[..., Policy], change: tuple[str, str]
) -> None:
    assert policy_thresholds.is_met(policy_with(*FAR, *change))


@pytest.fixture
def policy_of(policy_with: Callable[..., Policy]) -> Callable[..., Policy]:
    """A policy of one test and one example."""
    base = policy_with()

    def make(test: Test, pay: Rule, facts: Facts) -> Policy:
        award = Award((Stage("", "", None, pay),))
        version = replace(base.versions[0], criteria=test, tests=(test,), award=award)
        example = Example("", date(2026, 5, 1), facts, "pass", 0)
        return replace(base, versions=(version,), examples=(example,))

    return make


def one(word: TestWord, wanted: Value | Ratio, *facts: str) -> Test:
    term = Term("fall", facts) if len(facts) > 1 else Term("fact", facts)
    return Test(0, term, word, (wanted,), "一")


@pytest.mark.parametrize(
    ("word", "beside"),
    [("at_least", 6), ("at_least", 4), ("more_than", 6), ("at_most", 4), ("less_than", 4)],
)
def test_a_number_is_a_threshold(
    policy_of: Callable[..., Policy], word: TestWord, beside: int
) -> None:
    test = one(word, 5, "graduates")
    assert policy_thresholds.is_met(policy_of(test, Fixed(1), {"graduates": 5}))
    assert not policy_thresholds.is_met(policy_of(test, Fixed(1), {"graduates": beside}))
    assert not policy_thresholds.is_met(policy_of(test, Fixed(1), {}))


def test_a_quotient_is_met_exactly(policy_of: Callable[..., Policy]) -> None:
    test = one("at_most", Ratio(55, 1000), "insured_end_y2", "insured_end_y1")
    on = {"insured_end_y2": 1000, "insured_end_y1": 945}
    assert policy_thresholds.is_met(policy_of(test, Fixed(1), on))
    beside = {"insured_end_y2": 10**9, "insured_end_y1": 945 * 10**6 + 1}
    assert not policy_thresholds.is_met(policy_of(test, Fixed(1), beside))


@pytest.mark.parametrize(("word", "beside"), [("on_or_after", 2), ("on_or_before", 31)])
def test_a_day_is_a_threshold(
    policy_of: Callable[..., Policy], word: TestWord, beside: int
) -> None:
    test = one(word, date(2025, 1, 1), "registered_on")
    day = date(2025, 1, 2) if beside == 2 else date(2024, 12, 31)
    assert policy_thresholds.is_met(policy_of(test, Fixed(1), {"registered_on": date(2025, 1, 1)}))
    assert not policy_thresholds.is_met(policy_of(test, Fixed(1), {"registered_on": day}))


@pytest.mark.parametrize(
    ("word", "months", "on", "beside"),
    [
        ("months_left", 0, date(2026, 5, 2), date(2026, 5, 3)),
        ("months_left", 0, date(2026, 5, 2), date(2026, 5, 1)),
        ("months_left", 6, date(2026, 11, 2), date(2026, 11, 3)),
        ("months_past", 0, date(2026, 5, 1), date(2026, 4, 30)),
        ("months_past", 12, date(2025, 5, 1), date(2025, 4, 30)),
        ("months_past", 12, date(2025, 5, 1), date(2025, 5, 2)),
    ],
)
def test_so_many_months_are_a_threshold_on_the_day_of_decision(
    policy_of: Callable[..., Policy], word: TestWord, months: int, on: date, beside: date
) -> None:
    test = one(word, months, "registered_on")
    assert policy_thresholds.is_met(policy_of(test, Fixed(1), {"registered_on": on}))
    assert not policy_thresholds.is_met(policy_of(test, Fixed(1), {"registered_on": beside}))


TIERS = Tiers(Term("fact", ("revenue_y1",)), (Tier(500, 10), Tier(900, 20)))


@pytest.mark.parametrize("pay", [TIERS, Sum((Fixed(1), TIERS)), FirstOf((Branch(None, TIERS),))])
@pytest.mark.parametrize(("revenue", "is_met"), [(500, True), (900, True), (501, False)])
def test_a_tier_is_a_threshold_wherever_it_stands(
    policy_of: Callable[..., Policy], pay: Rule, revenue: int, is_met: bool
) -> None:
    test = one("is", True, "otc_listed")
    policy = policy_of(test, pay, {"otc_listed": True, "revenue_y1": revenue})
    assert policy_thresholds.is_met(policy) is is_met


def test_a_threshold_that_changes_nothing_for_the_firm_is_not_met(
    policy_of: Callable[..., Policy],
) -> None:
    test = one("is", True, "otc_listed")
    policy = policy_of(test, TIERS, {"otc_listed": False, "revenue_y1": 500})
    assert not policy_thresholds.is_met(policy)


def test_a_policy_without_thresholds_needs_no_such_example(
    policy_of: Callable[..., Policy],
) -> None:
    policy = policy_of(one("is", True, "otc_listed"), Fixed(1), {})
    assert policy_thresholds.is_met(policy)
