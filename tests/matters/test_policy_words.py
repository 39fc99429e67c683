"""Why a firm gets a grant: told in full to who may see it, and as a yes or no to who may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from matters import policy_words
from matters.award import Award, Fixed, Stage
from matters.facts import Fact, Facts, Value
from matters.policy import Policy
from matters.policy_decision import decide
from matters.policy_lines import Line, Told
from matters.policy_reading import Known
from matters.policy_words import Explanation

GOOD: dict[str, Value] = {
    "district": "320114", "ui_full_months": 13, "insured_end_y2": 1000, "insured_end_y1": 945,
    "ui_paid_y1": 2_000_000, "other_jobs_grant_fen": 0, "serious_dishonesty": False,
}  # fmt: skip
Explain = Callable[..., Explanation]


@pytest.fixture
def explain(policy_with: Callable[..., Policy], known: Known) -> Explain:
    def make(
        facts: Facts, *, hidden: tuple[str, ...] = (), on: date = date(2026, 5, 1), by: str = ""
    ) -> Explanation:
        policy = policy_with()
        if by:
            policy = replace(policy, versions=(replace(policy.versions[0], by=by),))
        days = {"insured_end_y2": "2026-02-01", "insured_end_y1": "2026-01-15"}
        told = Told(known.facts, lambda fact: fact.name not in hidden, days)
        return policy_words.explain(policy, decide(policy, facts, on), told)

    return make


def line(found: Explanation, part: str) -> Line:
    [one] = [each for each in found.lines if part in each.text]
    return one


def test_a_pass_is_told_line_by_line(explain: Explain) -> None:
    found = explain(GOOD)
    assert (found.verdict, found.because) == ("符合", "符合全部条件")
    assert found.amounts == {"": "12,000 元"}
    assert "事实ui_paid_y1的 60%" in found.award
    assert [(each.depth, each.verdict) for each in found.lines] == [
        (0, "符合"), (1, "符合"), (1, "符合"), (1, "符合"), (2, "符合"), (2, "未知"), (1, "符合"), (2, "不符合"),
    ]  # fmt: skip
    months = line(found, "ui_full_months")
    assert (months.value, months.threshold, months.clause) == ("13", "12", "一")
    assert months.clause_text.startswith("在本区登记")
    assert months.holders == ("registry",)


def test_a_quotient_is_told_with_its_facts_and_the_older_day(explain: Explain) -> None:
    fall = line(explain(GOOD), "下降率")
    assert fall.value == "5.5%（事实insured_end_y2 1,000，事实insured_end_y1 945）"
    assert fall.as_of == "2026-01-15"
    share = line(explain(GOOD), "占")
    assert share.value == "未知（事实ui_recipients_y1 未知，事实insured_end_y2 1,000）"


@pytest.mark.parametrize(
    ("facts", "because", "hinges"),
    [
        ({**GOOD, "ui_full_months": 11}, "条款一的条件不符合", ["ui_full_months"]),
        ({**GOOD, "serious_dishonesty": True}, "条款四的条件不符合", ["serious_dishonesty"]),
        ({k: v for k, v in GOOD.items() if k != "ui_full_months"}, "条款一所需的事实未知", ["ui_full_months"]),
        ({k: v for k, v in GOOD.items() if k != "ui_paid_y1"}, "条款三的金额所依据的事实未知", []),
        ({**GOOD, "ui_paid_y1": 1}, "条款三算得的金额为零", []),
    ],
)  # fmt: skip
def test_why_not(explain: Explain, facts: Facts, because: str, hinges: list[str]) -> None:
    found = explain(facts)
    assert found.because == because
    assert found.amounts == {}
    assert [
        part for each in found.lines if each.hinges for part in hinges if part in each.text
    ] == hinges
    assert sum(each.hinges for each in found.lines) == len(hinges)


def test_who_may_not_see_a_value_sees_only_whether_it_fits(explain: Explain) -> None:
    hidden = ("ui_full_months", "insured_end_y1")
    found = explain(GOOD, hidden=hidden)
    assert [line(found, part).value for part in ("ui_full_months", "下降率")] == ["—", "—"]
    assert [line(found, part).verdict for part in ("ui_full_months", "下降率")] == ["符合", "符合"]
    assert line(found, "district").value == "320114"
    told = "".join(each.value for each in found.lines)
    assert "13" not in told
    assert "945" not in told


@pytest.mark.parametrize("fact", ["ui_paid_y1", "other_jobs_grant_fen"])
def test_an_amount_would_tell_what_it_was_worked_out_from(explain: Explain, fact: str) -> None:
    assert explain(GOOD, hidden=(fact,)).amounts == {"": "—"}
    assert explain(GOOD, hidden=("ui_full_months",)).amounts == {"": "12,000 元"}


def test_a_fixed_amount_tells_nothing(policy_with: Callable[..., Policy], known: Known) -> None:
    policy = policy_with()
    fixed = Award((Stage("", "", None, Fixed(100)),))
    policy = replace(policy, versions=(replace(policy.versions[0], award=fixed),))
    told = Told(known.facts, lambda fact: False, {})
    found = policy_words.explain(policy, decide(policy, GOOD, date(2026, 5, 1)), told)
    assert found.amounts == {"": "1 元"}
    assert {each.value for each in found.lines if each.clause} == {"—"}


def test_a_fact_that_left_the_catalogue_is_shown_to_nobody() -> None:
    told = Told({}, lambda fact: True, {})
    assert not told.sees(("gone",))
    assert Told({"a": Fact("a", "a", "flag", "h")}, lambda fact: True, {}).sees(("a",))


def test_without_a_version_the_reason_is_the_day(explain: Explain) -> None:
    found = explain(GOOD, on=date(2030, 1, 1))
    assert (found.verdict, found.because, found.lines) == (
        "不符合",
        "决定日不在任何版本的施行期内",
        (),
    )
    unknown = explain(GOOD, by="listed_on")
    assert (unknown.verdict, unknown.because) == ("未知", "事实listed_on未知，无法确定适用哪一版本")
