"""Quantities: exact or refused."""

from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.faults import Fault
from mappings.numbers import converter


def code_of(source: str, target: str, value: object, **more: object) -> str:
    with pytest.raises(Fault) as caught:
        converter(source, target, **more)(value)  # type: ignore[arg-type]
    return caught.value.code


def test_the_hospital_s_quantities() -> None:
    assert converter("g", "g")("3350") == 3350
    assert converter("cm", "mm")("50.5") == 505
    assert converter("wk+d", "d")("39.3") == 276
    assert converter("wk+d", "d")("39") == 273
    assert converter("kg", "g")("3.35") == 3350


def test_a_json_number_with_places_is_as_exact_as_its_text() -> None:
    assert converter("元", "分")(Decimal("400.10")) == 40010
    assert code_of("元", "分", Decimal("0.001")) == "mapping.not-exact"
    for endless in ("NaN", "Infinity", "1E+1000000", "1E-1000000", "0E+1000000"):
        assert code_of("元", "分", Decimal(endless)) == "mapping.not-a-number"


def test_what_would_need_rounding_is_refused() -> None:
    assert code_of("cm", "mm", "50.55") == "mapping.not-exact"
    assert code_of("元", "分", "0.001") == "mapping.not-exact"
    assert code_of("g", "kg", "3351") == "mapping.not-exact"
    assert code_of("d", "wk", 10, as_text=True) == "mapping.not-exact"
    assert code_of("分", "元", 1234, as_text=True, decimals=1) == "mapping.not-exact"


@pytest.mark.parametrize(
    "text", ["", "50,5", "1,000.00", "５０", "5e3", ".5", "5.", "NaN", "--1", "五十"]
)
def test_other_spellings_are_refused(text: str) -> None:
    assert code_of("cm", "mm", text) == "mapping.not-a-number"


@pytest.mark.parametrize("value", [50.5, True, None, ["1"]])
def test_floats_and_other_things_are_refused(value: object) -> None:
    assert code_of("cm", "mm", value) == "mapping.not-a-number"
    assert code_of("wk+d", "d", value) == "mapping.not-a-number"


@pytest.mark.parametrize("text", ["39.7", "39.10", "-39.1", "39 3"])
def test_a_week_has_seven_days(text: str) -> None:
    assert code_of("wk+d", "d", text) == "mapping.not-a-number"


@given(st.integers(0, 10**15))
def test_money_survives_yuan_and_wan(fen: int) -> None:
    for unit in ("元", "万元"):
        written = converter("分", unit, as_text=True)(fen)
        assert converter(unit, "分")(written) == fen


@given(st.integers(0, 350))
def test_gestation_survives_weeks_and_days(days: int) -> None:
    assert converter("wk+d", "d")(converter("d", "wk+d", as_text=True)(days)) == days


@given(st.decimals(0, 10**20, places=12, allow_nan=False))
def test_no_digit_of_a_long_decimal_is_lost(number: Decimal) -> None:
    assert converter("", "", as_text=True)(f"{number:f}") == f"{number.normalize(Context(60)):f}"
    tenfold = Context(60).multiply(number, Decimal(10))
    assert converter("cm", "mm", as_text=True, decimals=12)(f"{number:f}") == f"{tenfold:.12f}"


def test_fixed_decimals_keep_their_zeros_and_long_numbers_their_digits() -> None:
    assert converter("分", "元", as_text=True, decimals=2)(1230) == "12.30"
    assert converter("", "")("123456789012345678901234") == 123456789012345678901234
    assert converter("", "", as_text=True)("100") == "100"


@given(
    st.from_regex(r"[0-9]{1,25}(\.[0-9]{1,13})?", fullmatch=True),
    st.sampled_from(["", "+", "-", " ", "０"]),
    st.sampled_from([("元", "分"), ("万元", "分"), ("", ""), ("g", "kg"), ("万元", "元")]),
)
def test_plain_text_is_what_its_decimal_is(text: str, before: str, units: tuple[str, str]) -> None:
    def outcome(value: object) -> object:
        try:
            return converter(*units)(value)  # type: ignore[arg-type]
        except Fault as fault:
            return fault.code

    class Marked(str):
        """No plain text: it goes the long way."""

    assert outcome(before + text) == outcome(Marked(before + text))


@given(st.integers(-(10**60), 10**60) | st.sampled_from([10**24, -(10**24), 10**24 - 1]))
def test_a_whole_number_is_what_its_text_is(number: int) -> None:
    assert converter("万元", "分")(number) == number * 10**6
    if abs(number) < 10**24:
        assert converter("万元", "分")(str(number)) == number * 10**6


def test_what_is_no_exact_whole_number_is_refused() -> None:
    assert code_of("元", "分", 10**90 + 1) == "mapping.not-exact"
    assert code_of("元", "分", True) == "mapping.not-a-number"
