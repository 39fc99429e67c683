"""What an award gives one firm: exact, rounded once, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matters import award_decision
from matters.award import Award, Branch, Each, FirstOf, Fixed, Rule, Share, Stage, Sum, Tier, Tiers
from matters.criteria import Ratio, Term, Test
from matters.facts import Facts
from matters.kleene import Truth

A, B = Term("fact", ("a",)), Term("fact", ("b",))
TESTS = [Test(number, A, "is", (True,), str(number)) for number in range(3)]


def gives(pay: Rule, facts: Facts, truths: Sequence[Truth] = (), **more: object) -> int | None:
    award = Award((Stage("", "", None, pay),), **more)  # type: ignore[arg-type]
    return award_decision.amounts(award, facts, truths)[""]


@pytest.mark.parametrize(
    ("pay", "fen"),
    [
        (Fixed(700), 700),
        (Each(A, 150), 450),
        (Share(B, Ratio(55, 1000)), 54),
        (Tiers(A, (Tier(2, 10), Tier(3, 20), Tier(4, 30))), 20),
        (Tiers(A, (Tier(4, 10),)), 0),
        (Sum((Each(A, 100), Share(B, Ratio(1, 10)))), 399),
        (Each(Term("difference", ("a", "b")), 100), 0),
        (Sum((Each(Term("difference", ("a", "b")), 1), Fixed(2000))), 1010),
    ],
)
def test_each_rule(pay: Rule, fen: int) -> None:
    assert gives(pay, {"a": 3, "b": 993}) == fen


@pytest.mark.parametrize("pay", [Each(A, 1), Share(A, Ratio(1, 2)), Tiers(A, (Tier(1, 1),)), Sum((Fixed(9), Each(A, 1)))])  # fmt: skip
def test_an_amount_that_hangs_on_something_unknown_is_unknown(pay: Rule) -> None:
    assert gives(pay, {"b": 1}) is None


def test_parts_are_rounded_together() -> None:
    half = Share(A, Ratio(5, 10))
    assert gives(Sum((half, half)), {"a": 1}) == 1
    assert gives(Sum((half, half, half)), {"a": 1}, rounding="up") == 2


@pytest.mark.parametrize(("how", "fen"), [("down", 100), ("half-up", 200), ("up", 200)])
def test_rounding_to_a_unit(how: str, fen: int) -> None:
    assert gives(Fixed(150), {}, unit=100, rounding=how) == fen
    assert gives(Fixed(200), {}, unit=100, rounding=how) == 200


@given(
    st.integers(-(10**20), 10**20),
    st.integers(1, 10**6),
    st.sampled_from([1, 100, 10_000]),
    st.sampled_from(["down", "half-up", "up"]),
)
def test_rounding_goes_to_the_right_side(above: int, below: int, unit: int, how: str) -> None:
    exact = Fraction(above, below)
    found = award_decision.rounded(exact, unit, how)  # type: ignore[arg-type]
    assert found % unit == 0
    away = abs(found) - abs(exact)
    assert {"down": -unit < away <= 0, "up": 0 <= away < unit}.get(how, abs(away) * 2 <= unit)
    assert found == 0 or (found > 0) == (exact > 0)
    if how == "half-up" and abs(away) * 2 == unit:
        assert away > 0


def test_the_first_branch_that_holds() -> None:
    pay = FirstOf((Branch(TESTS[0], Fixed(1)), Branch(TESTS[1], Fixed(2)), Branch(None, Fixed(3))))
    assert gives(pay, {}, [True, None]) == 1
    assert gives(pay, {}, [False, True]) == 2
    assert gives(pay, {}, [False, False]) == 3
    assert gives(pay, {}, [None, True]) is None
    assert gives(FirstOf(pay.branches[:2]), {}, [False, False]) == 0


def test_first_rounding_then_less_then_cap() -> None:
    more = {"unit": 100, "rounding": "down", "less": ("b",), "cap": 500}
    assert gives(Each(A, 199), {"a": 2, "b": 50}, **more) == 250
    assert gives(Each(A, 399), {"a": 2, "b": 50}, **more) == 500
    assert gives(Each(A, 199), {"a": 2, "b": 300}, **more) == 0
    assert gives(Each(A, 199), {"a": 2}, **more) is None
    assert gives(Each(A, 99), {"a": 1}, **more) == 0, "nothing less something unknown is nothing"


def test_what_others_paid_back_raises_nothing() -> None:
    assert gives(Fixed(100), {"b": -50}, less=("b",)) == 100


STAGED = Award(
    tuple(Stage(str(i), "", TESTS[i], Fixed(100)) for i in range(3)), cap=250, less=("b",)
)


@pytest.mark.parametrize(
    ("truths", "less", "fen"),
    [
        ((True, True, True), 0, [100, 100, 50]),
        ((True, True, True), 150, [0, 50, 100]),
        ((False, True, True), 0, [0, 100, 100]),
        ((None, True, True), 0, [None, 100, 100]),
        ((None, True, True), 30, [None, 70, 100]),
        ((None, True, True), None, [None, None, None]),
        ((False, False, None), None, [0, 0, None]),
    ],
)
def test_stages_share_what_is_taken_off_and_the_cap_in_their_order(
    truths: tuple[Truth, ...], less: int | None, fen: list[int | None]
) -> None:
    facts = {} if less is None else {"b": less}
    assert list(award_decision.amounts(STAGED, facts, truths).values()) == fen
