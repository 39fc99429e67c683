"""Bank codes: the form refuses, the check digit and the bank are only warned of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from mappings.check_digits import iso7064_mod_11_10
from mappings.identifiers import cnaps

HEAD_OFFICES = {
    "102100099996": "中国工商银行",
    "103100000026": "中国农业银行",
    "104100000004": "中国银行",
    "105100000017": "中国建设银行",
    "301290000007": "交通银行",
    "302100011000": "中信银行",
    "305100000013": "中国民生银行",
    "308584000013": "招商银行",
    "403100000004": "中国邮政储蓄银行",
}
"""Codes of head offices, as banks print them on their forms."""


@pytest.mark.parametrize(("code", "name"), HEAD_OFFICES.items())
def test_head_offices_fit_the_rule_and_are_named(code: str, name: str) -> None:
    assert cnaps.validate(code) == code
    assert cnaps.warnings(code) == ()
    assert cnaps.bank(code) == name


def test_a_published_code_of_no_listed_category_is_valid_and_its_bank_unknown() -> None:
    assert [each.code for each in cnaps.warnings("011884020184")] == ["identifier.bank-unknown"]
    assert cnaps.bank("011884020184") == ""


@given(st.sampled_from(sorted(HEAD_OFFICES)), st.integers(3, 11), st.integers(1, 9))
def test_a_mistyped_digit_is_warned_of_and_never_refused(code: str, place: int, by: int) -> None:
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    assert cnaps.validate(wrong) == wrong
    assert [each.code for each in cnaps.warnings(wrong)] == ["identifier.check-digit-differs"]
    assert iso7064_mod_11_10(wrong[:11]) != wrong[11]


@pytest.mark.parametrize(
    "written", ["10210009999", "1021000999961", "CNAPS1020000", "", "DE89370400440532013000"]
)
def test_another_form_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        cnaps.validate(written)
