"""Who is on the list of core enterprises, on which day, and what is left of its limit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matters import core_list
from matters.core_list import Criterion, Firm
from tests.matters.finances import firm, listed, removed

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
JUNE = date(2026, 6, 1)
ONE = timedelta(days=1)


def test_each_criterion_is_met_not_met_or_unknown() -> None:
    criteria = {name: Criterion(name, name, "公开：示例") for name in ("a", "b", "c", "d")}
    about = firm(facts={"a": True, "b": False, "c": None})
    found = core_list.eligible(core_list.CoreList("示例", criteria, {}), about)
    assert found == {"a": "met", "b": "not-met", "c": "unknown", "d": "unknown"}


@pytest.mark.parametrize(("fact", "wanted"), [(True, True), (False, False), (None, False)])
def test_only_what_is_surely_met_makes_eligible(fact: bool | None, wanted: bool) -> None:
    assert core_list.is_eligible(listed(), firm(facts={"in-zone": fact})) is wanted
    assert not core_list.is_eligible(listed(), firm(facts={}))


@pytest.mark.parametrize(
    ("about", "day", "wanted"),
    [
        (firm(term=None), JUNE, "candidate"),
        (firm(), FIRST - ONE, "not-yet"),
        (firm(), FIRST, "listed"),
        (firm(), LAST, "listed"),
        (firm(), LAST + ONE, "expired"),
        (removed(JUNE, "stays"), JUNE - ONE, "listed"),
        (removed(JUNE, "stays"), JUNE, "removed"),
        (removed(JUNE, "stops"), LAST + ONE, "removed"),
    ],
)
def test_where_a_firm_stands_on_a_day(about: Firm, day: date, wanted: str) -> None:
    assert core_list.standing(about, day) == wanted
    assert core_list.is_listed(about, day, since=day) is (wanted == "listed")


@pytest.mark.parametrize(
    ("existing", "since", "day", "wanted"),
    [
        ("stays", JUNE - ONE, JUNE, True),
        ("stays", JUNE - ONE, LAST, True),
        ("stays", JUNE - ONE, LAST + ONE, False),
        ("stays", JUNE, JUNE, False),
        ("stays", None, JUNE, None),
        ("stays", None, LAST + ONE, False),
        ("stops", JUNE - ONE, JUNE, False),
        ("stops", None, JUNE, False),
        ("stops", None, JUNE - ONE, True),
    ],
)
def test_what_a_removal_means_for_what_was_asked_for_before(
    existing: str, since: date | None, day: date, wanted: bool | None
) -> None:
    assert core_list.is_listed(removed(JUNE, existing), day, since=since) is wanted


def test_what_is_left_is_never_less_than_nothing_and_unknown_where_the_use_is() -> None:
    assert core_list.limit_left(firm(), 0) == 500_000_000
    assert core_list.limit_left(firm(), 499_999_999) == 1
    assert core_list.limit_left(firm(), 500_000_001) == 0
    assert core_list.limit_left(firm(), None) is None
    assert core_list.limit_left(firm(term=None), 0) == 0


@given(st.dates(date(2025, 6, 1), date(2027, 6, 1)), st.dates(date(2025, 6, 1), date(2027, 6, 1)))
def test_a_removal_never_puts_anybody_on_the_list(day: date, on: date) -> None:
    for existing in ("stays", "stops"):
        after = core_list.is_listed(removed(on, existing), day, since=day)
        assert not after or core_list.is_listed(firm(), day, since=day)
        assert on > day or after is False
