"""A decision as a record: what is missing, what hangs on what, and who sees which value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import shapes
from matters import missing_facts, policy_decision, policy_view
from matters.facts import Facts
from matters.grants import Grants
from matters.policy_lines import Told
from matters.policy_view import View
from tests.zhida import small_grants

DAY = date(2026, 5, 6)
GOOD: Facts = {
    "district": "320114",
    "founded": date(2026, 2, 1),
    "rd_y1": 123_456_700,
    "tax_clean": True,
    "insured": 11,
    "insured_y1": 10,
}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Grants:
    return small_grants.load(tmp_path_factory.mktemp("grants") / "policies")


def seen(known: Grants, policy: str, facts: Facts, *visible: str) -> dict[str, Any]:
    told = Told(known.facts, lambda fact: fact.name in visible, {})
    view = View(facts, told, {"tax": "税务局"})
    found = known.policies[policy]
    decision = policy_decision.decide(found, facts, DAY)
    whole = policy_view.overview(found, decision, view)
    return whole | {"criteria": policy_view.criteria(found, decision, view)}


def without(*names: str) -> Facts:
    return {name: value for name, value in GOOD.items() if name not in names}


def missing(known: Grants, policy: str, facts: Facts) -> tuple[str, ...]:
    decision = policy_decision.decide(known.policies[policy], facts, DAY)
    return missing_facts.missing(known.policies[policy], decision, facts)


def test_an_amount_is_seen_by_who_sees_what_it_is_made_of(known: Grants) -> None:
    found = seen(known, "research", GOOD, "rd_y1")
    assert (found["amount_fen"], found["amount"]) == (6_172_835, "61,728.35 元")
    assert "amount_fen" not in seen(known, "research", GOOD, "insured", "tax_clean")
    assert seen(known, "newcomers", GOOD)["amount_fen"] == 1_000_000


def test_only_what_the_verdict_hangs_on_is_missing(known: Grants) -> None:
    assert missing(known, "research", GOOD) == ()
    assert missing(known, "research", without("rd_y1", "insured_y1")) == ("rd_y1", "insured_y1")
    failing = {**without("rd_y1"), "tax_clean": False}
    assert missing(known, "research", failing) == ()  # a no, whatever it spent
    assert missing(known, "newcomers", without("founded", "insured")) == ("founded",)


def test_a_quotient_by_zero_asks_nobody(known: Grants) -> None:
    facts = {**GOOD, "insured_y1": 0}
    decision = policy_decision.decide(known.policies["research"], facts, DAY)
    assert (decision.verdict, missing(known, "research", facts)) == ("unknown", ())


def test_who_is_asked_is_told_by_title(known: Grants) -> None:
    told = seen(known, "research", without("tax_clean"))["missing"]
    assert told == [
        {
            "fact": "tax_clean",
            "title": "无欠税（税务答复是否）",
            "holder": "tax",
            "holder_title": "税务局",
        }
    ]


def test_values_are_recorded_as_seen_where_they_are_shown(known: Grants) -> None:
    decision = policy_decision.decide(known.policies["research"], GOOD, DAY)
    told = Told(known.facts, lambda fact: fact.name in ("insured", "rd_y1"), {})
    assert policy_view.shown(decision, told) == ("rd_y1",)  # growth needs both years
    lines = seen(known, "research", GOOD, "insured", "rd_y1")["criteria"]
    values = [each["value"] for each in lines if "value" in each]
    assert values == ["1,234,567 元"]


_VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "district": st.sampled_from(["320114", "320111"]),
    "founded": st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    "rd_y1": st.integers(0, 10**12),
    "tax_clean": st.booleans(),
    "insured": st.integers(0, 50),
    "insured_y1": st.integers(0, 50),
}


@given(
    facts=st.fixed_dictionaries({}, optional=_VALUES),
    visible=st.sets(st.sampled_from(sorted(_VALUES))),
    policy=st.sampled_from(["research", "newcomers"]),
)
def test_every_record_is_of_its_kind_and_hides_what_is_hidden(
    known: Grants, facts: Facts, visible: set[str], policy: str
) -> None:
    found = seen(known, policy, facts, *visible)
    shapes.validate("policy-match", found)
    blind = seen(known, policy, facts)
    shapes.validate("policy-match", blind)
    lines = zip(found["criteria"], blind["criteria"], strict=True)
    assert all(one["verdict"] == other["verdict"] for one, other in lines)
    assert all("value" not in each for each in blind["criteria"])
    assert found["verdict"] == blind["verdict"]
    assert set(missing(known, policy, facts)) <= set(_VALUES) - set(facts)
