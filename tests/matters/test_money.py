"""Money as text: to the fen, and back without loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from matters import money

FEN = st.integers(-(2**63) + 1, 2**63 - 1)


@given(FEN)
def test_what_is_written_is_read_again(fen: int) -> None:
    assert money.parse(money.write(fen)) == fen
    assert money.parse(money.short(fen)) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0.0001 万元", 100),
        ("0.00000001 亿元", 100),
        ("1,234,567.8 元", 123_456_780),
        ("-5 元", -500),
    ],
)
def test_places_are_exact(text: str, fen: int) -> None:
    assert money.parse(text) == fen


@pytest.mark.parametrize(
    "text",
    ["", "5", "5 块", "５ 元", "1.2.3 元", "1e5 元", "500 万", "五万元", "1,23 元", "元", "$5 元"],
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        money.parse(text)
    assert refused.value.code == "policy.money"


@pytest.mark.parametrize("text", ["0.001 元", "0.5 分", "0.0000001 万元", "99999999999 亿元"])
def test_an_amount_is_whole_fen_in_64_bits(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        money.parse(text)
    assert refused.value.code == "policy.money-exact"


def test_the_largest_amount_is_one() -> None:
    assert money.parse("92233720368547758.07 元") == 2**63 - 1
    with pytest.raises(Invalid):
        money.parse("92233720368547758.08 元")
