"""Single tests at their borders, and trees of what is not known."""

from datetime import date, timedelta
from typing import Any

import pytest

from matters.criteria import Group, Node, Ratio, Term, Test, TestWord
from matters.criteria_columns import holds, test_column
from tests.matters.drawn_policies import ON, frame

YES, NO, MAYBE = {"f1": True}, {"f1": False}, dict[str, Any]()


def found(node: Node, **facts: Any) -> bool | None:
    firms = frame([facts]).lazy()
    value: bool | None = firms.select(x=holds(node, lambda t: test_column(t, ON))).collect()["x"][0]
    return value


def test(term: Term, word: Any, *wanted: Any) -> Test:
    return Test(0, term, word, wanted, "一")


test.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("left", "wanted"), [(946, True), (945, True), (944, False), (0, False), (2000, True)]
)
def test_a_fall_of_exactly_the_limit_is_within_it(left: int, wanted: bool) -> None:
    limit = test(Term("fall", ("n1", "n2")), "at_most", Ratio(55, 1000))
    assert found(limit, n1=1000, n2=left) is wanted


@pytest.mark.parametrize("under", [0, -1, None])
def test_a_quotient_by_nothing_or_less_is_unknown(under: int | None) -> None:
    for word in ("share", "growth"):
        limit = test(Term(word, ("n1", "n2")), "at_least", Ratio(0, 1))  # type: ignore[arg-type]
        assert found(limit, n1=5, **({} if under is None else {"n2": under})) is None


def test_a_share_is_not_rounded() -> None:
    third = test(Term("share", ("m1", "m2")), "at_least", Ratio(333333, 10**6))
    assert found(third, m1=2999997 * 10**9, m2=9 * 10**15) is True
    assert found(third, m1=2999997 * 10**9 - 1, m2=9 * 10**15) is False


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (date(2026, 3, 31), True),
        (date(2026, 4, 1), False),
        (date(2026, 3, 1), True),
        (date(2026, 2, 28), False),
    ],
)
def test_a_month_before_the_last_of_march_is_the_last_of_february(day: date, wanted: bool) -> None:
    assert found(test(Term("fact", ("d1",)), "within_months", 1), d1=day) is wanted


@pytest.mark.parametrize(
    ("word", "months", "last"),
    [
        ("months_left", 0, date(2026, 3, 31)),
        ("months_left", 1, date(2026, 4, 30)),
        ("months_past", 0, date(2026, 3, 31)),
        ("months_past", 1, date(2026, 2, 28)),
    ],
)
def test_later_than_so_many_months_after_or_at_least_so_many_before(
    word: TestWord, months: int, last: date
) -> None:
    of_day = test(Term("fact", ("d1",)), word, months)
    assert found(of_day, d1=last) is (word == "months_past")
    assert found(of_day, d1=last + timedelta(1)) is (word == "months_left")
    assert found(of_day, d1=date(1899, 12, 31)) is (word == "months_past")
    assert found(of_day) is None


@pytest.mark.parametrize(
    ("day", "wanted"), [("2025-01-01", True), ("2025-12-31", True), ("2024-12-31", False)]
)
def test_a_year_has_its_first_and_its_last_day(day: str, wanted: bool) -> None:
    last = test(Term("fact", ("d1",)), "in_year", -1)
    assert found(last, d1=date.fromisoformat(day)) is wanted
    assert found(last, d1=date(2026, 1, 1)) is False


@pytest.mark.parametrize(
    ("word", "one", "two", "wanted"),
    [
        ("all", YES, YES, True),
        ("all", MAYBE, YES, None),
        ("all", MAYBE, NO, False),
        ("any", MAYBE, NO, None),
        ("any", MAYBE, YES, True),
        ("any", NO, NO, False),
        ("none", MAYBE, NO, None),
        ("none", MAYBE, YES, False),
        ("none", NO, NO, True),
    ],
)
def test_what_is_not_known_is_never_no(word: Any, one: Any, two: Any, wanted: bool | None) -> None:
    parts = tuple(test(Term("fact", (name,)), "is", True) for name in ("f1", "f2"))
    second = {"f2": two["f1"]} if two else {}
    assert found(Group(word, parts), **one, **second) is wanted


def test_an_unknown_code_is_neither_among_others_nor_not() -> None:
    many = tuple(f"x{n}" for n in range(20))
    for word, wanted in (("one_of", True), ("none_of", False)):
        among = test(Term("fact", ("c1",)), word, *many)
        assert (found(among, c1="x3"), found(among)) == (wanted, None)
        assert found(among, c1="y") is not wanted
