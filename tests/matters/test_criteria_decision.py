"""A test on one firm: exact at every threshold, unknown where something is not known."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matters import criteria_decision
from matters.criteria import Group, Ratio, Term, TermWord, Test, TestWord
from matters.facts import Facts, Value
from matters.kleene import Truth

ON = date(2026, 5, 31)


def verdict(
    term: Term, word: TestWord, *wanted: Value | Ratio, facts: Facts, on: date = ON
) -> Truth:
    return criteria_decision.finding(Test(0, term, word, wanted, "一"), facts, on).verdict


A = Term("fact", ("a",))


@pytest.mark.parametrize(
    ("word", "wanted", "value", "holds"),
    [
        ("is", True, True, True), ("is", True, False, False), ("is", False, False, True),
        ("is", "320114", "320114", True), ("is", "320114", "320105", False),
        ("is_not", "320114", "320105", True), ("is_not", "320114", "320114", False),
        ("at_least", 5, 5, True), ("at_least", 5, 4, False), ("more_than", 5, 5, False),
        ("more_than", 5, 6, True), ("at_most", 5, 5, True), ("at_most", 5, 6, False),
        ("less_than", 5, 5, False), ("less_than", 5, 4, True),
        ("on_or_after", date(2026, 1, 1), date(2026, 1, 1), True),
        ("on_or_after", date(2026, 1, 1), date(2025, 12, 31), False),
        ("on_or_before", date(2026, 1, 1), date(2026, 1, 1), True),
        ("on_or_before", date(2026, 1, 1), date(2026, 1, 2), False),
        ("in_year", 0, date(2026, 1, 1), True), ("in_year", 0, date(2026, 12, 31), True),
        ("in_year", 0, date(2025, 12, 31), False), ("in_year", -1, date(2025, 1, 1), True),
        ("in_year", -1, date(2024, 12, 31), False), ("in_year", -1, date(2026, 1, 1), False),
        ("within_months", 3, date(2026, 5, 31), True), ("within_months", 3, date(2026, 6, 1), False),
        ("within_months", 3, date(2026, 3, 1), True), ("within_months", 3, date(2026, 2, 28), False),
        ("within_months", 24, date(2024, 6, 1), True), ("within_months", 24, date(2024, 5, 31), False),
        ("months_left", 0, date(2026, 6, 1), True), ("months_left", 0, date(2026, 5, 31), False),
        ("months_left", 0, date(1900, 1, 1), False),
        ("months_left", 1, date(2026, 7, 1), True), ("months_left", 1, date(2026, 6, 30), False),
        ("months_past", 0, date(2026, 5, 31), True), ("months_past", 0, date(2026, 6, 1), False),
        ("months_past", 3, date(2026, 2, 28), True), ("months_past", 3, date(2026, 3, 1), False),
        ("months_past", 12, date(2026, 6, 1), False), ("months_past", 12, date(1899, 12, 31), True),
    ],
)  # fmt: skip
def test_each_word_on_its_threshold(
    word: TestWord, wanted: Value, value: Value, holds: bool
) -> None:
    assert verdict(A, word, wanted, facts={"a": value}) is holds


@pytest.mark.parametrize(
    "word",
    [
        "is",
        "is_not",
        "one_of",
        "none_of",
        "at_least",
        "in_year",
        "within_months",
        "months_left",
        "months_past",
    ],
)
def test_what_is_not_known_is_unknown(word: TestWord) -> None:
    assert verdict(A, word, 1, facts={"b": 1}) is None


@pytest.mark.parametrize(("value", "among"), [("a", True), ("b", True), ("c", False)])
def test_one_of_several(value: str, among: bool) -> None:
    assert verdict(A, "one_of", "a", "b", facts={"a": value}) is among
    assert verdict(A, "none_of", "a", "b", facts={"a": value}) is not among


def test_a_sum_is_unknown_if_one_part_is() -> None:
    about = Term("sum", ("a", "b", "c"))
    assert verdict(about, "at_least", 6, facts={"a": 1, "b": 2, "c": 3}) is True
    assert verdict(about, "at_least", 1, facts={"a": 1, "b": 2}) is None


def test_a_difference_may_be_negative() -> None:
    about = Term("difference", ("a", "b"))
    assert verdict(about, "at_most", -1, facts={"a": 1, "b": 2}) is True
    assert verdict(about, "at_most", -1, facts={"a": 2, "b": 2}) is False


QUOTIENTS: list[TermWord] = ["share", "growth", "fall"]


@pytest.mark.parametrize("word", QUOTIENTS)
@pytest.mark.parametrize("below", [0, -5])
def test_a_quotient_by_zero_or_less_is_unknown(word: TermWord, below: int) -> None:
    facts = {"a": below, "b": 7} if word == "fall" else {"a": 7, "b": below}
    assert verdict(Term(word, ("a", "b")), "at_least", Ratio(0, 1), facts=facts) is None
    assert verdict(Term(word, ("a", "b")), "at_most", Ratio(0, 1), facts=facts) is None


@given(
    st.sampled_from(QUOTIENTS),
    st.integers(-(2**62), 2**62),
    st.integers(1, 2**62),
    st.integers(-(10**6), 10**6),
    st.integers(0, 6),
)
def test_a_quotient_is_compared_by_multiplying_out(
    word: TermWord, above: int, below: int, numerator: int, places: int
) -> None:
    wanted = Ratio(numerator, 10**places)
    facts = {"a": below, "b": above} if word == "fall" else {"a": above, "b": below}
    left = {"share": above, "growth": above - below, "fall": below - above}[word]
    about = Term(word, ("a", "b"))
    order = left * wanted.denominator - wanted.numerator * below
    assert verdict(about, "at_least", wanted, facts=facts) is (order >= 0)
    assert verdict(about, "more_than", wanted, facts=facts) is (order > 0)
    assert verdict(about, "at_most", wanted, facts=facts) is (order <= 0)
    assert verdict(about, "less_than", wanted, facts=facts) is (order < 0)


def test_a_finding_tells_what_it_found() -> None:
    test = Test(0, Term("fall", ("old", "new")), "at_most", (Ratio(55, 1000),), "二")
    found = criteria_decision.finding(test, {"old": 1000, "new": 945}, ON)
    assert (found.values, found.value, found.verdict) == ((1000, 945), Fraction(55, 1000), True)
    missing = criteria_decision.finding(test, {"old": 1000}, ON)
    assert (missing.values, missing.value, missing.verdict) == ((1000, None), None, None)


TESTS = [Test(number, A, "is", (True,), str(number)) for number in range(3)]


@pytest.mark.parametrize("truths", list(product([True, False, None], repeat=2)))
def test_trees_are_kleenes(truths: tuple[Truth, ...]) -> None:
    a, b = truths
    both = False if False in truths else None if None in truths else True
    one = True if True in truths else None if None in truths else False
    parts = (TESTS[0], TESTS[1])
    assert criteria_decision.truth(Group("all", parts), [a, b]) is both
    assert criteria_decision.truth(Group("any", parts), [a, b]) is one
    opposite = None if one is None else not one
    assert criteria_decision.truth(Group("none", parts), [a, b]) is opposite


@pytest.mark.parametrize(
    ("truths", "numbers"),
    [
        ((False, True, False), [0]),
        ((True, False, False), [1, 2]),
        ((False, False, False), [0, 1, 2]),
        ((True, None, False), [1]),
        ((None, True, False), [0]),
        ((True, True, False), []),
    ],
)
def test_a_verdict_hangs_on_what_would_have_to_be_otherwise(
    truths: tuple[Truth, ...], numbers: list[int]
) -> None:
    tree = Group("all", (TESTS[0], Group("any", (TESTS[1], TESTS[2]))))
    wanted = criteria_decision.truth(tree, truths)
    found = [] if wanted else [t.number for t in criteria_decision.hinges(tree, truths)]
    assert found == numbers


def test_of_none_what_holds_is_the_reason() -> None:
    tree = Group("none", (TESTS[0], TESTS[1], TESTS[2]))
    assert [t.number for t in criteria_decision.hinges(tree, [True, False, None])] == [0]
    assert [t.number for t in criteria_decision.hinges(tree, [False, False, None])] == [2]


def test_facts_of_another_kind_are_no_numbers() -> None:
    with pytest.raises(TypeError):
        verdict(Term("sum", ("a", "b")), "at_least", 1, facts={"a": True, "b": 1})
