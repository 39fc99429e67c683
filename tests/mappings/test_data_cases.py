"""The 25 data cases of the field's dossier, each by its number (``d01`` … ``d25``), at least one test each.

Where a case goes further than a mapping it is shown there too: duplicates and answers out of order
(25) by G2 and G3 (``tests/zhida/test_faults.py``, ``test_corrections.py``), twins as two births (18) and
one person under two numbers (10, 19) by the identity of operations. Through whole mappings all of
these values go in ``test_round_trips.py``.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from mappings.codes import scheme
from mappings.compiler import Mapping, load
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


def test_d03_the_characters_that_gb18030_moved_have_one_form() -> None:
    for old, new in (("\ue78d", "\ufe10"), ("\ue81e", "\u9fb4")):
        assert decode(encode(old, "gb18030"), "gb18030") == new
        assert decode(encode(new, "gb18030"), "gb18030") == new


def test_d09_small_letters_and_blanks_of_numbers_are_cleaned_of_names_only_outer_ones(
    one_rule: Build,
) -> None:
    person = one_rule("{to: /out, from: /a, identifier: gb11643}")
    unit = one_rule("{to: /out, from: /a, identifier: gb32100}")
    for spelling in (
        "11010519491231002x",
        " 11010519491231002X ",
        "\ufeff11010519491231002X\u200b",
    ):
        assert person.apply({"a": spelling}) == {"out": "11010519491231002X"}
    assert unit.apply({"a": "91330000755918469e"}) == {"out": "91330000755918469E"}
    name = one_rule("{to: /out, from: /a, text: {trim: true}}")
    assert name.apply({"a": " 买买提 小直 "}) == {"out": "买买提 小直"}
    with pytest.raises(Invalid) as caught:
        name.apply({"a": "张\t小直"})
    assert caught.value.code == "mapping.not-plain-text"


def test_d10_15_digits_become_their_one_18_and_a_wrong_check_digit_is_never_made_right(
    one_rule: Build,
) -> None:
    mapping = one_rule("{to: /out, from: /a, identifier: gb11643}")
    assert mapping.apply({"a": "110105491231002"}) == {"out": "11010519491231002X"}
    for wrong in ("110105194912310021", "1101054912310021", "110105491332002"):
        with pytest.raises(Invalid) as caught:
            mapping.apply({"a": wrong})
        assert caught.value.code.startswith("identifier.wrong-")


@pytest.mark.parametrize("marker", ["", " ", "/", "NA", "null"])
def test_d13_what_a_source_writes_for_nothing_is_absent_where_its_file_says_so(
    one_rule: Build, marker: str
) -> None:
    rule = "{to: /out, from: /a, required: false, missing: ['', /, NA, 'null']%s}"
    assert one_rule(rule % "").apply({"a": marker}) == {}
    dated = one_rule(rule % ", date: {from: [yyyy-MM-dd, yyyyMMdd], to: yyyyMMdd}")
    assert dated.apply({"a": marker}) == {}


def test_d13_days_that_stand_for_nothing_are_refused_or_kept_never_guessed(
    one_rule: Build,
) -> None:
    mapping = one_rule("{to: /out, from: /a, date: {from: [yyyy-MM-dd, yyyyMMdd], to: yyyy-MM-dd}}")
    with pytest.raises(Invalid):
        mapping.apply({"a": "0000-00-00"})
    assert mapping.apply({"a": "1900-01-01"}) == {"out": "1900-01-01"}
    assert mapping.apply({"a": "99991231"}) == {"out": "9999-12-31"}


def test_d14_blanks_in_a_date_as_the_insurance_sends_them(one_rule: Build) -> None:
    mapping = one_rule("{to: /out, from: /a, date: {from: yyyy-MM-dd, to: yyyy-MM-dd}}")
    assert mapping.apply({"a": "2019 - 04 - 08"}) == {"out": "2019-04-08"}


def test_d15_each_listed_format_and_no_other(one_rule: Build) -> None:
    listed = "[yyyyMMdd, yyyy-MM-dd, yyyyMMddHHmmssSSS]"
    mapping = one_rule(f"{{to: /out, from: /a, date: {{from: {listed}, to: yyyy-MM-dd}}}}")
    for told in ("20260105", "2026-01-05", "20260105235959999"):
        assert mapping.apply({"a": told}) == {"out": "2026-01-05"}
    for strange in ("1767542400000", "46027", "/Date(1767542400000)/", "2026/01/05", 20260105):
        with pytest.raises(Invalid):
            mapping.apply({"a": strange})
    clock = one_rule('{to: /out, from: /a, date: {from: "HH:mm:ss", to: "HH:mm"}}')
    with pytest.raises(Invalid):
        clock.apply({"a": "24:00:00"})


def test_d16_summer_time_of_1988_moves_no_day(one_rule: Build) -> None:
    mapping = one_rule('{to: /out, from: /a, date: {from: "yyyy-MM-dd HH:mm:ss", to: yyyy-MM-dd}}')
    for clock in ("00:00:00", "00:30:00", "23:59:59"):
        assert mapping.apply({"a": f"1988-07-01 {clock}"}) == {"out": "1988-07-01"}


def test_d16_an_offset_is_read_where_the_pattern_says_so_and_moves_no_day(one_rule: Build) -> None:
    mapping = one_rule(
        '{to: /out, from: /a, date: {from: "yyyy-MM-ddTHH:mm:ss+0800", to: yyyy-MM-dd}}'
    )
    assert mapping.apply({"a": "2026-01-05T00:30:00+0800"}) == {"out": "2026-01-05"}
    with pytest.raises(Invalid):
        mapping.apply({"a": "2026-01-04T16:30:00Z"})


def test_d17_a_missing_minute_is_not_made_up(one_rule: Build) -> None:
    mapping = one_rule('{to: /out, from: /a, date: {from: [yyyyMMddHHmm, yyyyMMdd], to: "HH:mm"}}')
    with pytest.raises(Invalid) as caught:
        mapping.apply({"a": "20260105"})
    assert caught.value.code == "mapping.date-too-coarse"


def test_d18_twins_of_one_minute_stay_two() -> None:
    mapping = load("hospital_adt_birth_record")
    source = mapping.file.tests[1]["source"]
    twin = {
        **source,
        "PID": {**source["PID"], "25": "1"},
        "ZCS": {**source["ZCS"], "1": "X320117003"},
    }
    one, other = mapping.apply(source), mapping.apply(twin)
    assert (one["child"]["order"], other["child"]["order"]) == (2, 1)
    assert one["certificate"] != other["certificate"]
    assert one["child"]["birth_time"] == other["child"]["birth_time"]


def test_d19_the_name_that_a_hospital_gives_a_baby_is_nobody_s() -> None:
    mapping = load("hospital_adt_birth_record")
    source = mapping.file.tests[0]["source"]
    assert source["PID"]["5"] == "李小达之子"
    assert "李小达之子" not in str(mapping.apply(source))
    reasons = {
        path: entry["reason"]
        for entry in mapping.file.content["ignore"]
        for path in entry["fields"]
    }
    assert reasons["/PID/5"] == "placeholder"


def test_d20_mulao_and_gelao_and_the_old_name_of_maonan() -> None:
    ethnicity = scheme("gb_t_3304")
    assert ethnicity.code("仫佬族") != ethnicity.code("仡佬族")
    assert ethnicity.code("毛难族") == ethnicity.code("毛南族")


@pytest.mark.parametrize("division", ["320100000000", "320117001", "鼓楼", "3201XX"])
def test_d22_a_street_s_code_or_half_a_name_is_no_district(one_rule: Build, division: str) -> None:
    with pytest.raises(Invalid):
        one_rule("{to: /out, from: /a, code: gb_t_2260}").apply({"a": division})


@pytest.mark.parametrize(
    "number", ["75591846-9", "330000000012345", "33000075591846900001", "9133OOOO755918469E"]
)
def test_d23_other_numbers_of_companies_and_letters_for_digits_are_no_credit_code(
    one_rule: Build, number: str
) -> None:
    with pytest.raises(Invalid):
        one_rule("{to: /out, from: /a, identifier: gb32100}").apply({"a": number})


def test_d24_money_is_exact_in_every_unit_or_refused(one_rule: Build) -> None:
    fen = one_rule("{to: /out, from: /a, number: {from: 元, to: 分}}")
    ten_thousand = one_rule("{to: /out, from: /a, number: {from: 万元, to: 分}}")
    assert fen.apply({"a": "0.10"}) == {"out": 10}
    assert fen.apply({"a": "-1.10"}) == {"out": -110}
    assert fen.apply({"a": "90071992547409.93"}) == {"out": 9007199254740993}
    assert ten_thousand.apply({"a": "0.000001"}) == {"out": 1}
    for wrong in ("1,000.00", "0.001", "１.00", 0.1, "1e3", "¥1"):
        with pytest.raises(Invalid):
            fen.apply({"a": wrong})


@pytest.mark.parametrize(
    "name", ["示例（南京）有限公司", "示例(南京)有限公司", "示例(南京)有限责任公司"]
)
def test_d24_a_company_s_name_keeps_its_brackets(one_rule: Build, name: str) -> None:
    assert one_rule("{to: /out, from: /a, text: {trim: true}}").apply({"a": name}) == {"out": name}


def test_d25_leading_zeros_stay_and_a_number_of_json_keeps_its_digits(one_rule: Build) -> None:
    mapping = one_rule("{to: /out, from: /a}")
    for told in ("00123", "12345678901234567890", 12345678901234567890, 2**53 + 1):
        assert mapping.apply({"a": told}) == {"out": told}


def test_every_one_of_the_25_has_a_test() -> None:
    numbers = {name[6:8] for name in globals() if name.startswith("test_d")}
    assert numbers == {f"{number:02}" for number in range(1, 26)}
