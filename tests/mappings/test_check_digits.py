"""Check digits against vectors that others have published, and against single typing mistakes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.check_digits import gb11714_check, gb32100_check, iso7064_mod_11_10, luhn

DIGITS = st.text("0123456789", min_size=1, max_size=18)
VAT = ("136695976", "129273398", "811569869")
"""German VAT numbers: the tax office's example, and two that firms print on their letters."""
CARDS = ("4111111111111111", "5555555555554444", "378282246310005", "6011111111111117")
"""Test cards that payment schemes publish."""


@pytest.mark.parametrize("number", [*VAT, "07945", "33392005961"])
def test_mod_11_10_fits_published_numbers(number: str) -> None:
    assert iso7064_mod_11_10(number[:-1]) == number[-1]


@pytest.mark.parametrize("number", CARDS)
def test_luhn_fits_the_test_cards_of_payment_schemes(number: str) -> None:
    assert luhn(number[:-1]) == number[-1]


@pytest.mark.parametrize("code", ["M000100Y4", "755918469", "192317458", "D2143569X"])
def test_gb11714_fits_published_codes(code: str) -> None:
    assert gb11714_check(code[:8]) == code[8]


@given(DIGITS, st.data())
def test_one_wrong_digit_is_always_noticed(digits: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from("0123456789".replace(digits[place], "")))
    wrong = digits[:place] + other + digits[place + 1 :]
    for rule in (iso7064_mod_11_10, luhn):
        assert rule(wrong) != rule(digits)


def test_gb11714_takes_eight_digits_or_capitals_only() -> None:
    for body in ("m000100Y", "M000100", "张0001000"):
        with pytest.raises(ValueError):
            gb11714_check(body)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", max_size=40))
def test_gb32100_is_the_standards_sum(body: str) -> None:
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(signs.index(each) * 3**place for place, each in enumerate(body))
    assert gb32100_check(body) == signs[(31 - total % 31) % 31]


@pytest.mark.parametrize("wrong", ["9133000075591846I", "é1", " 1"])
def test_gb32100_knows_no_other_character(wrong: str) -> None:
    with pytest.raises(ValueError, match="GB 32100"):
        gb32100_check(wrong)
