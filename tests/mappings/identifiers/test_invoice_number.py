"""Invoices of both generations: eight digits with a code, twenty without."""

import pytest

from exchange.errors import Invalid
from mappings.identifiers import invoice_code, invoice_number

DIGITAL = "25322000000012345678"


def code_of(code: str, number: str) -> str:
    with pytest.raises(Invalid) as caught:
        invoice_number.pair(code, number)
    return caught.value.code


def test_both_generations_are_valid_in_their_own_way() -> None:
    assert invoice_number.pair("3200171130", "00012345") == ("3200171130", "00012345")
    assert invoice_number.pair("032001700111", "12345678") == ("032001700111", "12345678")
    assert invoice_number.pair(" ", DIGITAL) == ("", DIGITAL)


def test_a_leading_zero_is_part_of_the_number() -> None:
    assert invoice_number.validate("00000001") == "00000001"
    assert code_of("3200171130", "1") == "identifier.wrong-length"


def test_eight_digits_need_their_code_and_twenty_have_none() -> None:
    assert code_of("", "00012345") == "identifier.code-missing"
    assert code_of("3200171130", DIGITAL) == "identifier.code-too-many"
    assert code_of("32001711301", "00012345") == "identifier.wrong-length"


def test_code_and_number_written_together_look_like_an_all_electronic_one_and_are_warned_of() -> (
    None
):
    glued = "032001700111" + "12345678"
    assert invoice_number.is_valid(glued)
    found = [each.code for each in invoice_number.warnings(glued)]
    assert "identifier.year-unlikely" in found


def test_the_region_of_an_all_electronic_one_is_a_province() -> None:
    assert invoice_number.warnings(DIGITAL) == ()
    assert [each.code for each in invoice_number.warnings("25992000000012345678")] == [
        "identifier.area-unknown"
    ]


@pytest.mark.parametrize(
    "written", ["", "1234567", "ABC45678", "1234567８9", "2532200000001234567"]
)
def test_another_form_is_refused(written: str) -> None:
    assert not invoice_number.is_valid(written)


@pytest.mark.parametrize("written", ["", "32001711301", "32001711AB", "0320017001112"])
def test_another_form_of_a_code_is_refused(written: str) -> None:
    assert not invoice_code.is_valid(written)


def test_the_division_of_a_code_stands_first_or_after_the_zero() -> None:
    assert invoice_code.warnings("3200171130") == invoice_code.warnings("032001700111") == ()
    assert [w.code for w in invoice_code.warnings("099001700111")] == ["identifier.area-unknown"]
