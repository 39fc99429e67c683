"""What a firm may be asked for, and its answers, read exactly or not at all."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matters import declared_facts, grants
from matters.award import Award, Branch, FirstOf, Fixed, Share, Stage
from matters.criteria import Group, Ratio, Term, Test
from matters.declared_facts import askable, read
from matters.fact_columns import needed
from matters.facts import Fact, Kind, Value
from matters.policy import Material, Version
from tests.zhida import grant_town, small_grants


def fact(kind: Kind, **more: object) -> Fact:
    return replace(Fact("f", "某事", kind, "tax"), **more)


def test_its_examples_hold() -> None:
    assert doctest.testmod(declared_facts).failed == 0


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("flag", "1", True),
        ("flag", "否", False),
        ("flag", "true", None),
        ("count", " 12 ", 12),
        ("count", "-1", None),
        ("count", "1.5", None),
        ("count", "１２", None),
        ("money", "1200", 120_000),
        ("money", "1200.5", 120_050),
        ("money", "1,200", None),
        ("money", "1200.505", None),
        ("money", "500 万元", None),
        ("date", "2026-02-28", date(2026, 2, 28)),
        ("date", "2026-02-30", None),
        ("date", "20260228", None),
        ("code", "某某园区", "某某园区"),
        ("code", "甲\n乙", None),
        ("code", "", None),
        ("code", "甲" * 201, None),
    ],
)
def test_an_answer_is_of_its_kind_or_none_at_all(
    kind: Kind, text: str, value: Value | None
) -> None:
    found = read(fact(kind), text)
    assert (found, type(found)) == (value, type(value))


def test_a_code_of_a_list_is_one_of_the_list() -> None:
    size = fact("code", codes={"small": "小型"})
    assert read(size, "small") == "small"
    assert read(size, "小型") is None


@given(st.sampled_from(["flag", "code", "count", "money", "date"]), st.text(max_size=300))
def test_whatever_a_firm_writes_is_read_or_not(kind: Kind, text: str) -> None:
    found = read(fact(kind), text)
    assert found is None or isinstance(found, bool | int | str | date)


def test_only_what_a_paper_of_the_firm_s_proved_may_be_asked_for(tmp_path: Path) -> None:
    known = small_grants.load(tmp_path / "policies")
    policy = replace(known.policies["research"], unknown_means="ask")
    missing = ("rd_y1", "tax_clean", "district", "insured")
    assert askable(policy, missing, known.facts) == ("rd_y1",)
    assert askable(replace(policy, unknown_means="wait"), missing, known.facts) == ()
    answers = {**known.facts, "rd_y1": replace(known.facts["rd_y1"], kind="flag", answer=True)}
    assert askable(policy, missing, answers) == ()


def test_no_shipped_policy_lets_a_firm_clear_itself() -> None:
    """Whether it is an offender, or where it is registered, no firm says of itself."""
    known = grants.load()
    words = (
        *("dishonest", "penalty", "abnormal", "arrears", "fraud", "district", "_other"),
        *("overdue", "accident_", "product_incident", "fire_open", "infringement", "for_property"),
    )
    asked = {
        name
        for policy in known.policies.values()
        for name in askable(policy, needed([policy]), known.facts)
    }
    assert len(asked) > 100
    found = {name for name in asked if any(word in name for word in words)}
    assert found - {"care_other_months_y1", "intern_accident_cover"} == set()  # these are merits


PARTS = Group(
    "all",
    (
        Test(0, Term("fact", ("a",)), "is", (True,), "一"),
        Group("any", (Test(1, Term("fact", ("b",)), "is", (False,), "一"),)),
        Group("none", (Group("all", (Test(2, Term("sum", ("c", "d")), "at_least", (1,), "一"),)),)),
        Test(3, Term("fact", ("e",)), "at_least", (1,), "一"),
    ),
)


def test_what_speaks_against_a_firm_or_takes_something_off_is_its_holder_s_to_say() -> None:
    pay = FirstOf(
        (
            Branch(Test(4, Term("fact", ("g",)), "is_not", (True,), "一"), Fixed(1)),
            Branch(None, Share(Term("difference", ("f", "h")), Ratio(1, 2))),
        )
    )
    award = Award((Stage("", "", None, pay),), less=("i",))
    names = "abcdefghi"
    known = {n: Fact(n, n, "flag" if n in "abg" else "count", "tax") for n in names}
    every = Material("材料", tuple(names))
    made = grant_town.policy(
        unknown_means="ask",
        materials=(every,),
        versions=(Version("2026", date(2026, 1, 1), None, "", {}, {}, PARTS, award, None, ()),),
    )
    assert askable(made, names, known) == ("a", "e", "f")
