"""Amounts for all firms: what the examples of a policy would say."""

from typing import Any

import pytest

from matters.award import Award, Branch, Each, FirstOf, Fixed, Rule, Share, Stage, Sum, Tier, Tiers
from matters.award_columns import amounts, denominator
from matters.criteria import Ratio, Term, Test
from matters.criteria_columns import test_column
from tests.matters.drawn_policies import ON, frame

N1, M1 = Term("fact", ("n1",)), Term("fact", ("m1",))
F1, F2 = (Test(n, Term("fact", (f"f{n + 1}",)), "is", (True,), "一") for n in (0, 1))


def paid(award: Award | Rule, **facts: Any) -> list[int | None]:
    """Fen of each stage."""
    whole = award if isinstance(award, Award) else Award((Stage("", "", None, award),))
    made = amounts(whole, lambda test: test_column(test, ON))
    return list(frame([facts]).lazy().select(**made).collect().row(0))


def test_the_highest_tier_that_is_reached() -> None:
    tiers = Tiers(M1, (Tier(100, 5), Tier(200, 10)))
    assert [paid(tiers, m1=value) for value in (99, 100, 199, 200)] == [[0], [5], [5], [10]]
    assert paid(tiers) == [None]


def test_a_part_of_a_fen_is_kept_until_the_rounding() -> None:
    halves = Sum((Share(M1, Ratio(5, 10)), Share(M1, Ratio(5, 1000))))
    assert denominator(halves) == 1000
    assert [paid(halves, m1=value) for value in (3, 198, 200)] == [[1], [99], [101]]


@pytest.mark.parametrize(("how", "wanted"), [("down", 100), ("half-up", 200), ("up", 200)])
def test_an_amount_is_rounded_once(how: Any, wanted: int) -> None:
    award = Award((Stage("", "", None, Share(M1, Ratio(5, 10))),), unit=100, rounding=how)
    assert paid(award, m1=300) == [wanted]
    assert paid(award, m1=400) == [200]


def test_a_loss_is_no_award() -> None:
    assert paid(Share(M1, Ratio(5, 10)), m1=-300) == [0]
    assert paid(Sum((Share(M1, Ratio(1, 1)), Fixed(100))), m1=-60) == [40]


def test_the_first_branch_that_holds_and_none_beyond_an_unknown() -> None:
    first = FirstOf((Branch(F1, Fixed(1)), Branch(F2, Fixed(2)), Branch(None, Fixed(3))))
    assert paid(first, f1=True) == [1]
    assert paid(first, f1=False, f2=True) == [2]
    assert paid(first, f1=False, f2=False) == [3]
    assert paid(first, f2=True) == [None]
    assert paid(FirstOf(first.branches[:2]), f1=False, f2=False) == [0]


def staged(cap: int | None = None, less: tuple[str, ...] = ()) -> Award:
    stages = Stage("甲", "", F1, Fixed(50)), Stage("乙", "", F2, Each(N1, 10))
    return Award(stages, cap=cap, less=less)


def test_stages_use_up_the_cap_in_their_order() -> None:
    assert paid(staged(cap=70), f1=True, f2=True, n1=9) == [50, 20]
    assert paid(staged(cap=40), f1=True, f2=True, n1=9) == [40, 0]
    assert paid(staged(cap=70), f1=False, f2=True, n1=9) == [0, 70]
    assert paid(staged(cap=70), f2=True, n1=9) == [None, 70]


def test_what_others_paid_is_taken_off_once() -> None:
    award = staged(less=("p1",))
    assert paid(award, f1=True, f2=True, n1=9, p1=60) == [0, 80]
    assert paid(award, f1=True, f2=True, n1=9, p1=-60) == [50, 90]
    assert paid(award, f1=True, f2=False) == [None, 0]


def test_the_cap_comes_after_what_others_paid() -> None:
    assert paid(staged(cap=70, less=("p1",)), f1=True, f2=True, n1=9, p1=60) == [0, 70]


def test_an_amount_far_beyond_an_int64_is_capped_exactly() -> None:
    award = Award((Stage("", "", None, Each(N1, 10**10)),), cap=10**9)
    assert paid(award, n1=9 * 10**15) == [10**9]
