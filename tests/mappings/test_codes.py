"""Code lists: exact codes and declared spellings, in force on a day, never guessed."""

from datetime import date

import pytest

from exchange.errors import Fatal, Invalid
from mappings.codes import crosswalk, names, scheme


@pytest.mark.parametrize("spelling", ["汉", "汉族", "01", "1", "HA", "ha", " 汉族 ", "０１"])
def test_one_ethnicity_in_all_its_spellings(spelling: str) -> None:
    assert scheme("gb_t_3304").code(spelling) == "01"


def test_maonan_has_an_old_name_and_mulao_is_not_gelao() -> None:
    ethnicity = scheme("gb_t_3304")
    assert ethnicity.code("毛难族") == ethnicity.code("毛南") == "36"
    assert (ethnicity.code("仫佬"), ethnicity.code("仡佬")) == ("32", "37")


@pytest.mark.parametrize("local", ["57", "58", "97", "98", "99", "其他", "", "/", "AZ", "001"])
def test_what_the_standard_does_not_have_is_refused(local: str) -> None:
    with pytest.raises(Invalid) as caught:
        scheme("gb_t_3304").code(local)
    assert caught.value.code == "mapping.unknown-code"
    assert local not in ("其他",) or "其他" not in str(caught.value)


def test_the_standard_has_fifty_six_ethnic_groups_with_distinct_letters() -> None:
    codes = scheme("gb_t_3304").codes
    assert sorted(codes) == [f"{n:02}" for n in range(1, 57)]
    assert len({code.aliases[1] for code in codes.values()}) == 56


def test_an_abolished_division_is_true_for_its_time_only() -> None:
    divisions = scheme("gb_t_2260")
    assert divisions.code("320103", date(2001, 5, 1)) == "320103"
    assert divisions.code("320103") == "320103"
    with pytest.raises(Invalid) as caught:
        divisions.code("320103", date(2026, 1, 5))
    assert caught.value.code == "mapping.code-not-in-force"
    assert caught.value.facts["successor"] == "320104"


def test_a_division_cannot_be_used_before_it_existed() -> None:
    with pytest.raises(Invalid):
        scheme("gb_t_2260").code("320117", date(2000, 1, 1))
    assert scheme("gb_t_2260").code("320124", date(2000, 1, 1)) == "320124"


def test_names_are_given_for_exact_codes_only() -> None:
    assert scheme("gb_t_4761").name("51") == "父亲"
    with pytest.raises(Invalid):
        scheme("gb_t_4761").name("父亲")


@pytest.mark.parametrize("name", names())
def test_every_list_says_where_it_comes_from(name: str) -> None:
    found = scheme(name)
    assert found.header["scheme"] == name
    assert found.header["edition"]
    assert found.header["source"]
    assert all(found.code(code.name_zh) == code.code for code in found.codes.values())


@pytest.mark.parametrize("name", names())
def test_successors_are_codes_of_the_same_list_and_still_in_force(name: str) -> None:
    codes = scheme(name).codes
    for code in codes.values():
        assert not code.successor or codes[code.successor].valid_to is None
        assert bool(code.successor) == bool(code.valid_to)


def test_hl7_sex_becomes_the_national_code_and_other_is_refused() -> None:
    walk = crosswalk("hl7_0001__gb_t_2261_1")
    assert [walk.to(code) for code in "MFU"] == ["1", "2", "0"]
    with pytest.raises(Invalid) as caught:
        walk.to("O")
    assert caught.value.code == "mapping.no-counterpart"
    with pytest.raises(Invalid) as caught:
        walk.to("X")
    assert caught.value.code == "mapping.unknown-code"


def test_a_mistyped_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(Fatal, match=r"mapping\.no-such-scheme") as caught:
        scheme("gb_t_3340")
    assert caught.value.facts["nearest"] == "gb_t_3304"
    with pytest.raises(Fatal, match=r"mapping\.no-such-crosswalk"):
        crosswalk("../codes/gb_t_3304")


@pytest.mark.parametrize("name", names("codes/crosswalks"))
def test_every_crosswalk_that_is_shipped_names_codes_that_there_are(name: str) -> None:
    assert crosswalk(name).pairs
