"""Names of organisations: brackets are equal, company forms only alike, another form different."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.names import Match
from mappings.organisation_names import comparison_form, match, same_name, weak_form

ANY = st.text("南京示例（）()〔〕 　·有限责任公司股份ABab.", max_size=14) | st.text()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("南京示例（集团）有限公司", "南京示例(集团)有限公司"),
        ("南京示例〔集团〕有限公司", "南京示例【集团】有限公司"),
        ("南京示例（集团） 有限公司 ", "南京示例（集团）有限公司"),
        ("ＡＢＣ（南京）有限公司", "abc(南京)有限公司"),
        ("南京⻰腾有限公司", "南京龙腾有限公司"),
        ("南京示例•溧水分公司", "南京示例·溧水分公司"),
    ],
)
def test_d24_one_name_in_two_spellings(one: str, other: str) -> None:
    assert match(one, other) is match(other, one) is Match.SAME
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("南京示例有限公司", "南京示例有限责任公司"),
        ("南京示例（集团）有限公司", "南京示例集团有限责任公司"),
        ("“示例”文化有限公司", "示例文化有限公司"),
        ("南京示例有限责任公司溧水分公司", "南京示例有限公司溧水分公司"),
    ],
)
def test_the_second_key_is_told_apart_from_equality(one: str, other: str) -> None:
    assert match(one, other) is match(other, one) is Match.ALIKE
    assert not same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("南京示例股份有限公司", "南京示例有限公司"),
        ("南京示例股份有限公司", "南京示例有限责任公司"),
        ("南京示例有限公司", "南京示例有限公司溧水分公司"),
        ("南京示例有限公司", "江苏示例有限公司"),
        ("南京示例合伙企业（有限合伙）", "南京示例合伙企业（普通合伙）"),
    ],
)
def test_another_organisation_is_another(one: str, other: str) -> None:
    assert match(one, other) is Match.DIFFERENT


def test_a_missing_or_damaged_name_is_unknown() -> None:
    for name in ("", "/", "南京示?有限公司", "南京\ue000有限公司"):
        assert match(name, "南京示例有限公司") is match(name, name) is Match.UNKNOWN


@given(ANY)
def test_the_form_of_a_form_is_the_form(text: str) -> None:
    assert comparison_form(comparison_form(text)) == comparison_form(text)
    assert weak_form(comparison_form(text)) == weak_form(text)
