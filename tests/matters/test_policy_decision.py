"""One firm, one policy, one day: pass, fail or unknown, how much, and on what it hangs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matters import policy_file
from matters.facts import Facts, Value
from matters.policy import Policy, Version
from matters.policy_decision import Decision, decide

ON = date(2026, 5, 1)
GOOD: dict[str, Value] = {
    "district": "320114", "ui_full_months": 12, "insured_end_y2": 1000, "insured_end_y1": 945,
    "ui_recipients_y1": 56, "ui_paid_y1": 2_000_000, "other_jobs_grant_fen": 0,
    "serious_dishonesty": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def policy(request: pytest.FixtureRequest) -> Policy:
    known = request.getfixturevalue("known")
    text = request.getfixturevalue("policy_text")
    return policy_file.of_text(text, known, "stable-jobs")


def without(*names: str, **changed: Value) -> Facts:
    return {name: value for name, value in {**GOOD, **changed}.items() if name not in names}


def told(found: Decision) -> tuple[str, str, list[str], int]:
    return found.verdict, found.reason, [test.clause for test in found.hinges], found.total


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (GOOD, ("pass", "criteria", [], 1_200_000)),
        (without(ui_full_months=11), ("fail", "criteria", ["一"], 0)),
        (without("ui_full_months"), ("unknown", "criteria", ["一"], 0)),
        (without(insured_end_y1=944), ("fail", "criteria", ["二", "二"], 0)),
        (without("ui_recipients_y1", insured_end_y1=944), ("unknown", "criteria", ["二"], 0)),
        (without("ui_recipients_y1"), ("pass", "criteria", [], 1_200_000)),
        (without("insured_end_y1", ui_recipients_y1=55), ("pass", "criteria", [], 1_200_000)),
        (without(insured_end_y2=0), ("unknown", "criteria", ["二", "二"], 0)),
        (without(insured_end_y1=1200), ("pass", "criteria", [], 1_200_000)),
        (without(serious_dishonesty=True), ("fail", "criteria", ["四"], 0)),
        (without("serious_dishonesty"), ("unknown", "criteria", ["四"], 0)),
        (without("serious_dishonesty", ui_full_months=1), ("fail", "criteria", ["一"], 0)),
        (without("ui_paid_y1"), ("unknown", "award", [], 0)),
        (without("ui_paid_y1", ui_full_months=1), ("fail", "criteria", ["一"], 0)),
        (without(ui_paid_y1=0), ("fail", "award", [], 0)),
        (without("ui_full_months", ui_paid_y1=0), ("fail", "award", [], 0)),
        (without("ui_full_months", "ui_paid_y1"), ("unknown", "criteria", ["一"], 0)),
        (without(ui_paid_y1=10**15), ("pass", "criteria", [], 300_000_000)),
        (without(other_jobs_grant_fen=1_199_900), ("pass", "criteria", [], 100)),
        (without(other_jobs_grant_fen=1_200_000), ("fail", "award", [], 0)),
        ({}, ("unknown", "criteria", ["一", "一", "二", "二", "四"], 0)),
    ],
)  # fmt: skip
def test_a_firm(policy: Policy, facts: Facts, outcome: tuple[str, str, list[str], int]) -> None:
    assert told(decide(policy, facts, ON)) == outcome


def test_masks_have_a_bit_for_each_test(policy: Policy) -> None:
    found = decide(policy, without("serious_dishonesty", ui_full_months=1), ON)
    assert (found.failed, found.unknown) == (0b01010, 0b10000)
    assert [each.test.number for each in found.findings] == [0, 1, 2, 3, 4]


def test_amounts_are_told_whatever_the_criteria_say_and_due_only_on_a_pass(policy: Policy) -> None:
    found = decide(policy, without(ui_full_months=1), ON)
    assert (found.amounts, found.due) == ({"": 1_200_000}, {})


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        (date(2025, 12, 31), "fail"), (date(2026, 1, 1), "pass"),
        (date(2026, 12, 31), "pass"), (date(2027, 1, 1), "fail"),
    ],
)  # fmt: skip
def test_a_version_holds_on_its_first_and_its_last_day(
    policy: Policy, on: date, verdict: str
) -> None:
    found = decide(policy, GOOD, on)
    assert found.verdict == verdict
    assert found.reason == ("criteria" if verdict == "pass" else "no-version")
    assert (found.version is None) == (verdict == "fail")


def by_listing(policy: Policy) -> Policy:
    [now] = policy.versions
    old = replace(now, name="2025", since=date(2025, 1, 1), until=date(2025, 12, 31))
    old = replace(old, award=replace(old.award, cap=100))
    versions: list[Version] = [replace(each, by="listed_on") for each in (old, now)]
    return replace(policy, versions=tuple(versions))


@pytest.mark.parametrize(
    ("day", "outcome"),
    [
        (date(2025, 12, 31), ("pass", "criteria", [], 100)),
        (date(2026, 1, 1), ("pass", "criteria", [], 1_200_000)),
        (date(2024, 12, 31), ("fail", "no-version", [], 0)),
        (None, ("unknown", "which-version", [], 0)),
    ],
)
def test_the_day_of_a_fact_chooses_the_version(
    policy: Policy, day: date | None, outcome: tuple[str, str, list[str], int]
) -> None:
    facts = GOOD if day is None else {**GOOD, "listed_on": day}
    assert told(decide(by_listing(policy), facts, date(2028, 1, 1))) == outcome


def test_whom_every_version_refuses_fails_though_nobody_knows_which_holds(policy: Policy) -> None:
    refused = decide(by_listing(policy), {**GOOD, "district": "320115"}, date(2028, 1, 1))
    assert (refused.verdict, refused.reason, refused.version) == ("fail", "which-version", None)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_becomes_known_never_turns_a_known_verdict(
    policy: Policy, data: st.DataObject
) -> None:
    """Missing data is never a no, nor a yes: with more known, only an unknown may change."""
    numbers = st.one_of(st.integers(-2, 60), st.sampled_from([945, 1000, 10**7]))
    facts: dict[str, Value] = {
        name: data.draw(numbers if type(value) is int else st.sampled_from([value, *_other(value)]))
        for name, value in GOOD.items()
    }
    hidden = data.draw(st.sets(st.sampled_from(sorted(facts))))
    less = decide(policy, {k: v for k, v in facts.items() if k not in hidden}, ON)
    more = decide(policy, facts, ON)
    if less.verdict != "unknown":
        assert more.verdict == less.verdict
    if less.verdict == "pass":
        assert more.due == less.due


def _other(value: Value) -> list[Value]:
    return [not value] if isinstance(value, bool) else ["320105"]


def test_a_policy_is_unchanged_by_deciding(policy_with: Callable[..., Policy]) -> None:
    policy, facts = policy_with(), dict(GOOD)
    assert decide(policy, facts, ON) == decide(policy, facts, ON)
    assert facts == GOOD
