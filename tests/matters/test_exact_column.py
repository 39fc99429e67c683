"""No number wraps around, however large."""

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from matters.award_decision import rounded as exactly_rounded
from matters.exact_column import MOST, Exact, compared, constant, fact, rounded

NUMBER = st.one_of(st.integers(-100, 100), st.integers(-MOST, MOST), st.sampled_from([MOST, -MOST]))


def value(found: Exact, **facts: int | None) -> int | None:
    frame = pl.DataFrame(facts, schema=dict.fromkeys(facts, pl.Int64), orient="row")
    if not facts:
        frame = pl.DataFrame({"-": [0]})
    whole: int | None = frame.lazy().select(x=found.expr).collect()["x"].item()
    return whole


@given(NUMBER, NUMBER, st.integers(-(10**9), 10**9), st.integers(-(10**6), 10**6))
def test_sums_and_products_are_those_of_python(a: int, b: int, times: int, other: int) -> None:
    found = fact("a").times(times) - (fact("b") + constant(other)).times(other)
    assert value(found, a=[a], b=[b]) == a * times - (b + other) * other
    assert abs(a * times - (b + other) * other) <= found.most


@given(NUMBER, NUMBER, st.integers(1, 10**6), st.integers(1, 10**6))
def test_comparisons_are_of_the_whole_product(a: int, b: int, left: int, right: int) -> None:
    by_columns = compared(fact("a").times(left), fact("b").times(right), pl.Expr.ge)
    frame = pl.DataFrame({"a": [a], "b": [b]})
    assert frame.lazy().select(by_columns).collect().item() == (a * left >= b * right)


@given(
    st.integers(0, MOST),
    st.sampled_from([1, 2, 5, 1000, 10**6]),
    st.sampled_from([1, 3, 100, 10**6]),
    st.sampled_from(["down", "half-up", "up"]),
)
def test_rounding_is_exact(number: int, over: int, unit: int, how: str) -> None:
    found = rounded(fact("a").from_zero(), over, unit, how)  # type: ignore[arg-type]
    wanted = exactly_rounded(Fraction(number, over), unit, how)  # type: ignore[arg-type]
    assert value(found, a=[number]) == wanted <= found.most


def test_a_half_is_rounded_up_and_less_is_not() -> None:
    halves = {50: 100, 49: 0, 51: 100, 149: 100, 150: 200}
    for number, wanted in halves.items():
        assert value(rounded(constant(number), 1, 100, "half-up")) == wanted


def test_unknown_stays_unknown() -> None:
    found = rounded(fact("a").times(10**9).from_zero(10**7), 7, 3, "up")
    assert value(found, a=[None]) is None


def test_zero_and_the_cap_are_the_ends() -> None:
    found = fact("a").times(10**9).from_zero(500)
    assert [value(found, a=[number]) for number in (-MOST, 0, MOST)] == [0, 0, 500]
    assert value(fact("a").from_zero(), a=[-1]) == 0


def test_what_is_too_large_for_money_is_unknown() -> None:
    found = fact("a").times(2000).fen()
    frame = pl.DataFrame({"a": [MOST, 1]})
    assert frame.lazy().select(found).collect()["a"].to_list() == [None, 2000]


def test_what_not_even_128_bits_hold_is_refused() -> None:
    with pytest.raises(Invalid, match=r"award\.too-large"):
        fact("a").times(10**18).times(10**6)
