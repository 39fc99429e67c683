"""A code looked up by a person: what it spells, whether it stands, what was meant."""

from datetime import date

import pytest

from mappings.code_search import MOST, look_up
from mappings.codes import names, scheme


@pytest.mark.parametrize("text", ["102", "１０２", "中国工商银行", "工行", "icbc", " ICBC "])
def test_one_bank_in_all_its_spellings(text: str) -> None:
    found = look_up(scheme("bank_category"), text)
    assert found.code is not None
    assert found.code.code == "102"
    assert found.near == ()


@pytest.mark.parametrize("name", names())
def test_every_code_is_found_by_itself_and_by_its_names(name: str) -> None:
    known = scheme(name)
    for code in known.codes.values():
        for text in (code.code, code.name_zh, *code.aliases):
            assert look_up(known, text).code == code


def test_an_english_name_that_two_codes_share_is_not_guessed() -> None:
    relation = scheme("gb_t_4761")
    shared = "his wife"
    assert len([c for c in relation.codes.values() if c.name_en == shared]) > 1
    assert look_up(relation, shared).code is None


def test_what_is_near_is_told_and_never_taken() -> None:
    found = look_up(scheme("gb_t_2260"), "溧水")
    assert found.code is None
    assert [each.code for each in found.near] == ["320117", "320124"]
    assert look_up(scheme("gb_t_3304"), "仡老族").near[0].name_zh == "仡佬族"
    assert look_up(scheme("gb_t_2260"), "").near == ()
    assert len(look_up(scheme("gb_t_4761"), "子").near) <= MOST


@pytest.mark.parametrize(
    ("text", "day", "in_force", "near"),
    [
        ("320103", date(2012, 6, 30), True, []),
        ("白下区", date(2013, 12, 31), True, []),
        ("320103", date(2014, 1, 1), False, ["320104"]),
        ("320117", date(2012, 6, 30), False, []),
        ("320117", None, True, []),
    ],
)
def test_a_code_is_true_for_its_time(
    text: str, day: date | None, in_force: bool, near: list[str]
) -> None:
    found = look_up(scheme("gb_t_2260"), text, day)
    assert found.code is not None
    assert found.in_force == in_force
    assert [each.code for each in found.near] == near
