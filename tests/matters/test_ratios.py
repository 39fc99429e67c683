"""Ratios as text: exact, in lowest powers of ten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from matters import ratios
from matters.criteria import Ratio


@given(st.integers(-999_999, 999_999), st.integers(0, 6))
def test_what_is_written_is_read_again(numerator: int, places: int) -> None:
    while places and numerator % 10 == 0:
        numerator, places = numerator // 10, places - 1
    ratio = Ratio(numerator, 10**places)
    assert ratios.parse(ratios.write(ratio)) == ratio


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("100%", Ratio(1, 1)), ("1000%", Ratio(10, 1)), ("0%", Ratio(0, 1)), ("-3%", Ratio(-3, 100)),
        ("0.10", Ratio(1, 10)), ("1‰", Ratio(1, 1000)),
    ],
)  # fmt: skip
def test_forms(text: str, ratio: Ratio) -> None:
    assert ratios.parse(text) == ratio


@pytest.mark.parametrize(
    "text", ["", "%", "5,5%", "1/3", "5.5％", "1e-3", ".5", "0.0000001", "0.00001%"]
)
def test_what_is_no_ratio(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        ratios.parse(text)
    assert refused.value.code == "policy.ratio"
