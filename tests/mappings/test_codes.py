"""Code lists: exact codes and declared spellings, in force on a day, never guessed."""

import csv
import re
from datetime import date
from importlib import resources

import pytest

from exchange.errors import Fatal, Invalid
from mappings.codes import crosswalk, names, scheme
from mappings.plain_text import is_plain


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
        assert not code.successor or code.valid_to, "what has a successor has ended"


@pytest.mark.parametrize("name", names())
def test_every_list_is_well_formed_and_dated(name: str) -> None:
    found = scheme(name)
    assert list(found.header) == ["scheme", "title", "edition", "valid_from", "valid_to", "source"]
    assert re.search(r"(19|20)\d\d", found.header["edition"] + found.header["valid_from"]), (
        "no year"
    )
    assert re.search(r"[\u4e00-\u9fff]", found.header["title"])
    for code in found.codes.values():
        texts = (code.code, code.name_zh, code.name_en, *code.aliases, code.note)
        assert all(is_plain(text) and text == text.strip() for text in texts)
        assert code.name_zh
        assert code.name_en
        assert not code.unverified or code.note.startswith("unverified: "), code
        assert not (code.valid_from and code.valid_to and code.valid_from > code.valid_to)


@pytest.mark.parametrize("name", names())
def test_a_file_is_read_whole_and_in_its_own_form(name: str) -> None:
    text = resources.files("mappings").joinpath("codes", f"{name}.csv").read_text("utf-8")
    body = [line for line in text.splitlines() if not line.startswith("#")]
    assert body[0] == "code,name_zh,name_en,aliases,valid_from,valid_to,successor,note"
    rows = list(csv.reader(body))
    assert {len(row) for row in rows} == {8}
    assert [row[0] for row in rows[1:]] == list(scheme(name).codes), "a code stands there twice"


@pytest.mark.parametrize("name", names("codes/crosswalks"))
def test_every_crosswalk_names_existing_codes_and_its_source(name: str) -> None:
    walk = crosswalk(name)
    assert walk.name == f"{walk.source.scheme}__{walk.target.scheme}"
    for source, target in walk.pairs.items():
        assert source in walk.source.codes
        assert walk.to(source) == target
        assert target in walk.target.codes


def test_the_codes_of_1984_that_2008_dropped_end_without_a_successor() -> None:
    relation = scheme("gb_t_4761")
    for text in ("03", "保姆"):
        assert relation.code(text, date(2008, 6, 1)) in ("03", "98")
        with pytest.raises(Invalid) as caught:
            relation.code(text, date(2009, 1, 1))
        assert caught.value.facts["successor"] == "-"
    assert len([c for c in relation.codes.values() if c.valid_to is None]) == 84


def test_padding_makes_another_invoice_type() -> None:
    kinds = scheme("invoice_type")
    assert kinds.name(kinds.code("08")) != kinds.name(kinds.code("008"))
    assert kinds.code("数电普票") == "32"
    with pytest.raises(Invalid):
        kinds.code("8")


def test_hearsay_is_marked() -> None:
    marked = {
        name: {c.code for c in scheme(name).codes.values() if c.unverified} for name in names()
    }
    assert marked["insutype"] == {"310"}
    assert "111" not in marked["ga_t_517"]
    assert len(marked["ga_t_517"]) == 6


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
