"""The dossier's data cases (section D) that touch the documents of this slice, one test each."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from mappings.codes import scheme
from mappings.compiler import Mapping
from mappings.encoding import decode, encode
from mappings.identifiers import gb11643
from mappings.shapes import validate
from mappings.text_check import text_check

pytestmark = pytest.mark.guarantee("G14")

Build = Callable[[str], Mapping]
HAN = st.characters(categories=["Lo"], min_codepoint=0x3400, max_codepoint=0x323AF)
NAMES = st.text(HAN, min_size=1, max_size=13) | st.sampled_from(
    ["张三㛃", "李𬀩", "䶮小直", "买买提·小直", "领小直", "阿卜杜热西提·阿卜杜热合曼"]
)


@given(NAMES)
def test_d01_a_rare_character_arrives_or_is_named_and_never_vanishes(name: str) -> None:
    try:
        arrived = decode(encode(name, "gbk"), "gbk")
    except Invalid as error:
        assert error.code == "mapping.cannot-encode"
        assert name not in str(error)
    else:
        assert arrived == name


@given(NAMES)
def test_d04_a_name_keeps_its_code_points_through_gb18030_and_utf8(name: str) -> None:
    for label in ("gb18030", "utf-8"):
        assert decode(encode(name, label), label) == name


def test_d02_a_private_use_glyph_is_kept_as_it_is_and_refused_for_gbk() -> None:
    assert text_check(trim=True)("张\ue863") == "张\ue863"
    with pytest.raises(Invalid):
        encode("张\ue863", "gbk")


@pytest.mark.parametrize("dot", ["·", "•", "・", "．"])
def test_d05_a_stored_name_keeps_its_dot_and_gbk_takes_what_it_has(
    one_rule: Build, dot: str
) -> None:
    name = f"买买提{dot}小直"
    assert one_rule("{to: /out, from: /a, text: {trim: true}}").apply({"a": name}) == {"out": name}
    try:
        assert decode(encode(name, "gbk"), "gbk") == name
    except Invalid as error:
        assert error.facts["character"] == f"U+{ord(dot):04X}"


def test_d06_a_long_name_is_measured_in_bytes_and_not_cut(one_rule: Build) -> None:
    mapping = one_rule("{to: /out, from: /a, text: {encoding: gbk, max_bytes: 40}}")
    name = "阿卜杜热西提·阿卜杜热合曼"
    assert mapping.apply({"a": name}) == {"out": name}
    with pytest.raises(Invalid) as caught:
        mapping.apply({"a": name * 2})
    assert caught.value.facts["length"] == 52


def test_d07_full_width_digits_are_undone_in_identifiers_and_refused_in_dates(
    one_rule: Build,
) -> None:
    assert gb11643.validate("１１０１０５１９４９１２３１００２ｘ") == "11010519491231002X"
    mapping = one_rule("{to: /out, from: /a, date: {from: yyyyMMdd, to: yyyy-MM-dd}}")
    with pytest.raises(Invalid) as caught:
        mapping.apply({"a": "２０２６０１０５"})
    assert caught.value.code == "mapping.not-a-date"


@pytest.mark.parametrize("name", ["\uf9b4小直", "⼥小直"])
def test_d08_compatibility_ideographs_in_names_are_not_rewritten(
    one_rule: Build, name: str
) -> None:
    assert one_rule("{to: /out, from: /a, text: {trim: true}}").apply({"a": name}) == {"out": name}


def test_d11_the_date_in_an_identity_number_need_not_be_the_date_of_birth(
    birth: dict[str, Any],
) -> None:
    birth["mother"]["id_number"] = "11010519491231002X"
    validate("birth-record", birth)


def test_d12_a_child_born_on_the_leap_day(birth: dict[str, Any]) -> None:
    birth["child"]["birth_date"] = "2028-02-29"
    validate("birth-record", birth)
    birth["child"]["birth_date"] = "2026-02-29"
    with pytest.raises(Invalid):
        validate("birth-record", birth)


@pytest.mark.parametrize("days", [("202601052359", "2026-01-05"), ("202601060000", "2026-01-06")])
def test_d17_the_minutes_around_midnight_keep_their_day(
    one_rule: Build, days: tuple[str, str]
) -> None:
    mapping = one_rule("{to: /out, from: /a, date: {from: yyyyMMddHHmm, to: yyyy-MM-dd}}")
    assert mapping.apply({"a": days[0]}) == {"out": days[1]}


def test_d20_spellings_of_one_ethnicity_and_local_codes() -> None:
    ethnicity = scheme("gb_t_3304")
    assert {ethnicity.code(text) for text in ("汉", "汉族", "01", "1", "HA")} == {"01"}
    for local in ("57", "58", "97", "98", "99"):
        with pytest.raises(Invalid):
            ethnicity.code(local)


def test_d21_one_digit_relations_and_legacy_codes_are_not_guessed() -> None:
    with pytest.raises(Invalid):
        scheme("gb_t_4761").code("5")
    assert scheme("gb_t_4761_group").code("5") == "5"
    for text in ("03", "98"):
        with pytest.raises(Invalid):
            scheme("gb_t_4761").code(text, date(2026, 1, 5))


def test_d22_the_abolished_baixia_district_is_not_silently_qinhuai() -> None:
    with pytest.raises(Invalid) as caught:
        scheme("gb_t_2260").code("320103", date(2026, 1, 5))
    assert caught.value.facts["successor"] == "320104"


@given(st.integers(10**17, 10**20))
def test_d25_long_numbers_keep_every_digit(number: int) -> None:
    text = str(number)
    check = text_check(max_chars=21)
    assert check(text) == text
    assert check(number) == number
