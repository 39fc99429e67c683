"""Bank cards: Luhn, and nothing said about accounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from mappings.check_digits import luhn
from mappings.identifiers import bank_card


@pytest.mark.parametrize("number", ["4111111111111111", "5555555555554444", "378282246310005"])
def test_the_test_cards_of_payment_schemes_are_valid(number: str) -> None:
    assert bank_card.validate(bank_card.format(number)) == number


@given(st.text("0123456789", min_size=11, max_size=18))
def test_every_body_with_its_digit_is_valid(body: str) -> None:
    assert bank_card.is_valid(body + luhn(body))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("62258814142", "identifier.wrong-length"),
        ("6225881414207430622588", "identifier.wrong-length"),
        ("622588141420743X", "identifier.wrong-characters"),
        ("6225881414207431", "identifier.wrong-check-digit"),
    ],
)
def test_what_is_refused_is_told_without_the_number(written: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        bank_card.validate(written)
    assert caught.value.code == code
    assert written not in str(caught.value.facts)
