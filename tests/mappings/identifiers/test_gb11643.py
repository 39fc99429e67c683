"""Citizen identity numbers: what is a number, what is only written oddly, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from mappings.check_digits import iso7064_mod_11_2
from mappings.identifiers import gb11643

BODIES = st.builds(
    lambda area, day, sequence: f"{area}{day.isoformat().replace('-', '')}{sequence:03}",
    st.integers(110000, 839999),
    st.dates(),
    st.integers(0, 999),
)


def code_of(number: str) -> str:
    with pytest.raises(Invalid) as caught:
        gb11643.validate(number)
    return caught.value.code


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_published_examples_are_valid(number: str) -> None:
    assert gb11643.validate(number) == number


@given(BODIES)
def test_every_number_with_its_check_character_is_valid(body: str) -> None:
    number = body + iso7064_mod_11_2(body)
    assert gb11643.validate(number) == number
    assert gb11643.compact(gb11643.format(number)) == number


@given(BODIES, st.integers(0, 16), st.integers(1, 9))
def test_one_mistyped_digit_is_always_noticed(body: str, place: int, shift: int) -> None:
    number = body + iso7064_mod_11_2(body)
    wrong = str((int(number[place]) + shift) % 10)
    assert not gb11643.is_valid(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize("area", ["81", "82", "83"])
def test_residence_permits_of_hong_kong_macao_and_taiwan_are_numbers_too(area: str) -> None:
    body = f"{area}000019900307772"
    assert gb11643.is_valid(body + iso7064_mod_11_2(body))


def test_an_abolished_or_unknown_area_never_rejects() -> None:
    for area in ("320103", "999999"):
        body = f"{area}19900307772"
        assert gb11643.is_valid(body + iso7064_mod_11_2(body))


def test_fifteen_digits_get_their_century_and_check_character() -> None:
    assert gb11643.validate("130503670401001") == "130503196704010016"


@pytest.mark.parametrize(
    "written",
    [
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002x",
        " 110105 19491231 002X\t",
        "\ufeff11010519491231002X\u200b",
    ],
)
def test_odd_spellings_are_undone(written: str) -> None:
    assert gb11643.validate(written) == "11010519491231002X"


def test_the_reason_of_a_refusal_is_told_without_the_number() -> None:
    assert code_of("1101051949123100") == "identifier.wrong-length"
    assert code_of("11010519491231002Y") == "identifier.wrong-characters"
    assert code_of("110105190002290019") == "identifier.wrong-date"
    assert code_of("110105194912310021") == "identifier.wrong-check-digit"
    with pytest.raises(Invalid) as caught:
        gb11643.validate("110105194912310021")
    assert caught.value.facts == {"scheme": "GB 11643", "mask": "9×18"}


def test_leap_days_exist_only_in_leap_years() -> None:
    real, unreal = "11010520000229001", "11010519000229001"
    assert gb11643.is_valid(real + iso7064_mod_11_2(real))
    assert code_of(unreal + iso7064_mod_11_2(unreal)) == "identifier.wrong-date"


def warned(number: str) -> list[str]:
    return [each.code for each in gb11643.warnings(number)]


def with_check(body: str) -> str:
    return body + iso7064_mod_11_2(body)


def test_the_published_residence_permit_and_the_card_of_foreigners_are_told_apart() -> None:
    """Numbers of specimens, as validators and the card's description publish them."""
    assert gb11643.holder("810000199408230021") == "hong-kong"
    assert gb11643.holder("830000199201300022") == "taiwan"
    assert gb11643.holder(with_check("91112419810803002")) == "foreign"
    assert gb11643.holder("440524188001010014") == "citizen"
    assert warned("810000199408230021") == []
    assert warned(with_check("91112419810803002")) == []


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("32010319900307772", []),
        ("32011719900307772", []),
        ("32019919900307772", ["identifier.area-unknown"]),
        ("99999919900307772", ["identifier.area-unknown"]),
        ("81010019900307772", ["identifier.permit-area"]),
        ("71000019900307772", []),
    ],
)
def test_the_area_is_warned_of_and_never_refuses(body: str, codes: list[str]) -> None:
    number = with_check(body)
    assert gb11643.validate(number) == number
    assert warned(number) == codes


def test_a_completed_number_is_warned_of() -> None:
    assert warned("130503670401001") == ["identifier.fifteen-digits"]
    assert warned("130503196704010016") == []


@given(BODIES)
def test_fifteen_digits_and_back_or_refused(body: str) -> None:
    number = with_check(body)
    if number[6:8] == "19" and gb11643.holder(number) == "citizen":
        assert gb11643.validate(gb11643.shorten(number)) == number
    else:
        with pytest.raises(Invalid) as caught:
            gb11643.shorten(number)
        assert caught.value.code == "identifier.never-fifteen"
