"""Criteria in Chinese."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from matters import award_words, criteria_words
from matters.award import Award, Branch, Each, FirstOf, Fixed, Rule, Share, Stage, Sum, Tier, Tiers
from matters.criteria import Group, Ratio, Term, Test, TestWord
from matters.facts import Fact, Value

FACTS = {
    "a": Fact("a", "参保人数", "count", "人社"),
    "b": Fact("b", "上年参保人数", "count", "人社"),
    "m": Fact("m", "营业收入", "money", "统计"),
    "n": Fact("n", "上年营业收入", "money", "统计"),
    "f": Fact("f", "严重失信", "flag", "信用"),
    "c": Fact("c", "规模", "code", "统计", {"large": "大型", "small": "小型"}),
    "d": Fact("d", "挂牌日", "date", "金融"),
    "q": Fact("q", "所在区", "code", "登记", scheme="gb_t_2260"),
}


def criterion(name: str, word: TestWord, *wanted: Value | Ratio) -> str:
    return criteria_words.criterion(Test(0, Term("fact", (name,)), word, wanted, "一"), FACTS)


@pytest.mark.parametrize(
    ("name", "word", "wanted", "text"),
    [
        ("a", "at_least", (1200,), "参保人数不低于 1,200"),
        ("m", "more_than", (500_000_000,), "营业收入高于 500 万元"),
        ("m", "less_than", (12_345,), "营业收入低于 123.45 元"),
        ("f", "is", (True,), "严重失信：是"),
        ("f", "is_not", (True,), "严重失信：否"),
        ("f", "is", (False,), "严重失信：否"),
        ("f", "is_not", (False,), "严重失信：是"),
        ("c", "is", ("large",), "规模为大型"),
        ("c", "one_of", ("large", "small"), "规模属于大型、小型"),
        ("c", "none_of", ("other",), "规模不属于other"),
        ("q", "is", ("320114",), "所在区为雨花台区（320114）"),
        ("q", "is", ("999999",), "所在区为999999"),
        ("d", "on_or_after", (date(2026, 1, 1),), "挂牌日在 2026-01-01（含）以后"),
        ("d", "in_year", (0,), "挂牌日在决定日当年"),
        ("d", "in_year", (-1,), "挂牌日在决定日的上一年"),
        ("d", "in_year", (-3,), "挂牌日在决定日所在年前第 3 年"),
        ("d", "within_months", (24,), "挂牌日在决定日前 24 个月内"),
        ("d", "months_left", (0,), "挂牌日晚于决定日"),
        ("d", "months_left", (6,), "挂牌日晚于决定日后 6 个月的对应日"),
        ("d", "months_past", (0,), "挂牌日不晚于决定日"),
        ("d", "months_past", (12,), "挂牌日到决定日已满 12 个月"),
        ("gone", "at_least", (5,), "gone不低于 5"),
    ],
)
def test_a_criterion(name: str, word: TestWord, wanted: tuple[Value, ...], text: str) -> None:
    assert criterion(name, word, *wanted) == text


@pytest.mark.parametrize(
    ("term", "wanted", "text"),
    [
        (Term("sum", ("m", "n")), 100, "营业收入、上年营业收入之和不高于 1 元"),
        (Term("difference", ("a", "b")), 5, "参保人数减去上年参保人数不高于 5"),
        (Term("share", ("a", "b")), Ratio(55, 1000), "参保人数占上年参保人数的比例不高于 5.5%"),
        (Term("growth", ("a", "b")), Ratio(1, 10), "参保人数比上年参保人数的增长率不高于 10%"),
        (Term("fall", ("b", "a")), Ratio(1, 10), "参保人数比上年参保人数的下降率不高于 10%"),
    ],
)
def test_a_term(term: Term, wanted: int | Ratio, text: str) -> None:
    assert criteria_words.criterion(Test(0, term, "at_most", (wanted,), "一"), FACTS) == text


def test_a_tree_in_one_sentence() -> None:
    flag = Test(0, Term("fact", ("f",)), "is", (True,), "一")
    many = Test(1, Term("fact", ("a",)), "at_least", (3,), "一")
    tree = Group("all", (Group("none", (flag,)), Group("any", (many, flag)), Group("all", (many,))))
    assert criteria_words.sentence(tree, FACTS) == (
        "同时符合（均不得有（严重失信：是）；符合其一（参保人数不低于 3；严重失信：是）；参保人数不低于 3）"
    )


def test_a_quotient_just_below_a_threshold_is_told_as_such() -> None:
    assert criteria_words.percent(Fraction(54_999_999, 10**9)) == "约 5.5%"
    assert criteria_words.percent(Fraction(55, 1000)) == "5.5%"


A, M = Term("fact", ("a",)), Term("fact", ("m",))
LARGE = Test(0, Term("fact", ("c",)), "is", ("large",), "一")


@pytest.mark.parametrize(
    ("pay", "text"),
    [
        (Fixed(5_000_000), "5 万元"),
        (Each(A, 150_000), "参保人数，每人 1,500 元"),
        (Share(M, Ratio(5, 10_000)), "营业收入的 0.05%"),
        (Tiers(M, (Tier(5 * 10**9, 5 * 10**6), Tier(10**10, 10**7))), "按营业收入取最高一档（达到 5,000 万元 的 5 万元，达到 1 亿元 的 10 万元）"),
        (FirstOf((Branch(LARGE, Fixed(100)), Branch(None, Fixed(200)))), "规模为大型的，1 元；其余的，2 元"),
        (Sum((Fixed(100), Each(A, 100))), "1 元，加上参保人数，每人 1 元"),
    ],
)  # fmt: skip
def test_what_is_paid(pay: Rule, text: str) -> None:
    assert award_words.rule(pay, FACTS) == text


def test_a_whole_award() -> None:
    stages = (Stage("g", "股改", LARGE, Fixed(100)), Stage("f", "发行", None, Fixed(200)))
    found = award_words.award(Award(stages, cap=250, less=("n", "m"), unit=100), FACTS)
    assert (
        found
        == "股改（规模为大型）：1 元；发行：2 元；按 1 元舍去尾数；扣除上年营业收入、营业收入；合计至多 2.50 元"
    )
