"""An entry counts once; two entries under one number are nobody's to choose from."""

from __future__ import annotations

import pytest

from adapters._account_entries import CREDIT, REVERSAL, TwiceError, once
from adapters._account_tail import tail

PAID = {"reference": "K1", "entry": CREDIT, "amount_fen": 100}


def test_what_is_told_again_counts_once_and_the_order_stays() -> None:
    other = PAID | {"reference": "K2"}
    assert once([PAID, other, dict(PAID)]) == [PAID, other]


def test_a_reversal_may_have_the_number_of_what_it_reverses() -> None:
    taken_back = PAID | {"entry": REVERSAL, "amount_fen": -100}
    assert once([PAID, taken_back]) == [PAID, taken_back]


def test_another_amount_under_the_same_number_is_told_with_its_place() -> None:
    with pytest.raises(TwiceError) as caught:
        once([PAID, PAID | {"reference": "K2"}, PAID | {"amount_fen": 101}])
    assert caught.value.number == 3


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("1250000000012345", "2345"),
        ("CN-0012-3456", "3456"),
        ("12345", "2345"),
        ("1234", ""),
        ("************2345", ""),
        ("６２１７０００１", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_a_whole_number_has_a_tail(number: object, told: str) -> None:
    assert tail(number) == told
