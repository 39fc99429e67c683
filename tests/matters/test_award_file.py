"""What an award may say, and what can't be meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matters import award_file
from matters.award import Branch, Each, FirstOf, Fixed, Share, Stage, Sum, Tier, Tiers
from matters.criteria import Ratio, Term
from matters.policy_reading import Known, Reading


@pytest.fixture
def reading(known: Known) -> Reading:
    return Reading(known, clauses=["一"])


@pytest.fixture
def read(reading: Reading) -> Callable[[object], object]:
    def pay(told: object) -> object:
        [stage] = award_file.award(reading, {"pay": told}, "").stages
        return stage.pay

    return pay


@pytest.fixture
def wrong(reading: Reading) -> Callable[..., list[tuple[str, str]]]:
    def find(**told: object) -> list[tuple[str, str]]:
        award_file.award(reading, told, "")
        return [(each.code, each.at) for each in reading.mistakes]

    return find


LISTED = {"fact": "otc_listed", "is": True, "clause": "一"}


def test_each_form_is_read(read: Callable[[object], object], reading: Reading) -> None:
    assert read("20 万元") == Fixed(20_000_000)
    assert read({"each": "graduates", "pay": "1500 元"}) == Each(
        Term("fact", ("graduates",)), 150_000
    )
    difference = {"difference": ["revenue_y1", "revenue_y2"]}
    term = Term("difference", ("revenue_y1", "revenue_y2"))
    assert read({"share": difference, "rate": "0.5‰"}) == Share(term, Ratio(5, 10_000))
    tiers = [{"from": "1 元", "pay": "1 分"}, {"from": "2 元", "pay": "5 分"}]
    assert read({"by": "revenue_y1", "tiers": tiers}) == Tiers(
        Term("fact", ("revenue_y1",)), (Tier(100, 1), Tier(200, 5))
    )
    assert read({"sum": ["1 元", "2 元"]}) == Sum((Fixed(100), Fixed(200)))
    found = read({"first_of": [{"when": LISTED, "pay": "1 元"}, {"pay": "2 元"}]})
    assert found == FirstOf((Branch(reading.tests[0], Fixed(100)), Branch(None, Fixed(200))))
    assert reading.mistakes == []


def test_tiers_are_read_as_their_fact_is(read: Callable[[object], object]) -> None:
    found = read({"by": "graduates", "tiers": [{"from": 3, "pay": "1 元"}]})
    assert found == Tiers(Term("fact", ("graduates",)), (Tier(3, 100),))


def test_stages_keep_their_order_and_their_tests(reading: Reading) -> None:
    told = {
        "stages": {
            "股改": {"when": LISTED, "pay": "1 元"},
            "发行": {"title": "首发", "pay": "2 元"},
        }
    }
    found = award_file.award(reading, told | {"cap": "2 元"}, "").stages
    assert found == (
        Stage("股改", "股改", reading.tests[0], Fixed(100)),
        Stage("发行", "首发", None, Fixed(200)),
    )


@pytest.mark.parametrize(
    ("told", "code", "at"),
    [
        ({}, "policy.pay", ""),
        ({"pay": "1 元", "stages": {"a": {"pay": "1 元"}}}, "policy.pay", ""),
        ({"pay": {"each": "graduates"}}, "policy.pay", "/pay"),
        ({"pay": {"pay": "1 元"}}, "policy.pay", "/pay"),
        ({"pay": {"share": "revenue_y1", "rate": "1%", "each": "graduates"}}, "policy.pay", "/pay"),
        ({"pay": {"each": "revenue_y1", "pay": "1 元"}}, "policy.kind", "/pay/each"),
        ({"pay": {"each": {"share": ["graduates", "insured_end_y1"]}, "pay": "1 元"}}, "policy.kind", "/pay/each"),
        ({"pay": {"each": {"sum": ["graduates", "insured_end_y1"], "fact": "graduates"}, "pay": "1 元"}}, "policy.term", "/pay/each"),
        ({"pay": {"by": "listed_on", "tiers": [{"from": 1, "pay": "1 元"}]}}, "policy.kind", "/pay/by"),
        ({"pay": {"by": "revenue_y1", "tiers": [{"from": 1, "pay": "1 元"}]}}, "policy.value", "/pay/tiers/0/from"),
        ({"pay": {"by": "graduates", "tiers": [{"from": 2, "pay": "1 元"}, {"from": 2, "pay": "2 元"}]}}, "policy.tiers", "/pay/tiers/1"),
        ({"pay": {"first_of": [{"pay": "1 元"}, {"pay": "2 元"}]}}, "policy.branch", "/pay/first_of/0"),
        ({"pay": "-1 元"}, "policy.negative", "/pay"),
        ({"pay": "1 元", "round": {"to": "0 元"}}, "policy.value", "/round/to"),
        ({"pay": "1 元", "less": ["other_grant_fen"]}, "policy.unknown-fact", "/less/0"),
        ({"pay": "1 元", "clause": ["一", "二"]}, "policy.unknown-clause", "/clause"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told(
    wrong: Callable[..., list[tuple[str, str]]], told: dict[str, object], code: str, at: str
) -> None:
    assert wrong(**told) == [(code, at)]
