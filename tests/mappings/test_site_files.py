"""A site's own mapping files: found by name, and never in a shipped one's place."""

import unicodedata
from pathlib import Path

import pytest

from exchange.errors import Fatal, Invalid
from mappings import compiler, site_files

OWN = """mapping: {name}
title: 一个字段
from: [/a]
to: wire
fields:
  - {{to: /b, from: /a}}
tests:
  - {{name: 有值, source: {{a: x}}, gives: {{b: x}}}}
"""
SHIPPED = "result_oa_form_615"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "mappings").mkdir()
    return tmp_path


def write(site: Path, name: str, text: str = "") -> Path:
    path = site / "mappings" / f"{name}.yaml"
    path.write_text(text or OWN.format(name=unicodedata.normalize("NFC", name)), "utf-8")
    return path


def test_a_mapping_of_the_site_is_found_beside_the_shipped_ones(site: Path) -> None:
    write(site, "养老补贴_请求")
    assert site_files.load("养老补贴_请求", site).apply({"a": "1"}) == {"b": "1"}
    assert site_files.load(SHIPPED, site) is compiler.load(SHIPPED)
    assert site_files.load(SHIPPED, None) is compiler.load(SHIPPED)
    assert list(site_files.problems(site)) == []


def test_a_file_that_a_mac_named_is_the_same_file(site: Path) -> None:
    write(site, unicodedata.normalize("NFD", "é"))
    assert site_files.load(unicodedata.normalize("NFD", "é"), site).name == "é"


def test_no_name_is_answered_with_the_nearest_of_both(site: Path) -> None:
    write(site, "subsidy_request")
    for wrong, near in (("subsidy_reqest", "subsidy_request"), (SHIPPED[:-1], SHIPPED)):
        with pytest.raises(Fatal) as caught:
            site_files.load(wrong, site)
        assert (caught.value.code, caught.value.facts["nearest"]) == (
            "mapping.no-such-mapping",
            near,
        )


def test_a_name_for_two_files_is_an_error_with_both_paths(site: Path) -> None:
    own = write(site, SHIPPED)
    with pytest.raises(Fatal) as caught:
        site_files.load(SHIPPED, site)
    (problem,) = site_files.problems(site)
    for told in (caught.value, problem):
        assert told.code == "mapping.two-of-a-name"
        assert told.facts["file"] == str(own)
        assert Path(str(told.facts["other"])).read_text("utf-8").startswith(f"mapping: {SHIPPED}")


def test_all_problems_of_all_files_are_told_with_file_and_line(site: Path) -> None:
    write(site, "one", OWN.format(name="one").replace("from: /a", "form: /a"))
    write(site, "two", OWN.format(name="two").replace("gives: {b: x}", "gives: {b: y}"))
    found = [(p.code, p.facts["file"], p.facts.get("line")) for p in site_files.problems(site)]
    assert found[0] == ("mapping.unknown-key", "one.yaml", 6)
    assert found[-1][0] == "mapping.test-differs"
    assert "two" in str(found[-1][1])
    with pytest.raises(Fatal):
        site_files.load("one", site)


KIND = """title: 助餐补贴申请
type: object
additionalProperties: false
required: [card, 金额]
properties:
  card: {title: 身份证号, type: string, format: gb11643}
  金额: {title: 金额（分）, type: integer}
  note: {title: 备注, type: string}
"""
TO_KIND = """mapping: form_meal
title: 表单 → 助餐补贴申请
from: [/sfz, /je]
to: meal
fields:
  - {to: /card, from: /sfz}
  - {to: /金额, from: /je, number: {from: yuan, to: fen, as: integer}}
tests:
  - {name: 一份, source: {sfz: 11010519491231002X, je: "600.00"}, gives: {card: 11010519491231002X, 金额: 60000}}
"""
FROM_KIND = """mapping: meal_request
title: 助餐补贴申请 → 请求
from: {meal: meal}
to: wire
fields:
  - {to: /idno, from: /meal/card}
  - {to: /fen, from: /meal/金额}
ignore:
  - {fields: [/meal/note], reason: not-needed}
"""


def with_kind(site: Path, text: str = KIND) -> None:
    (site / "documents").mkdir(exist_ok=True)
    (site / "documents" / "meal.yaml").write_text(text, "utf-8")


def test_mappings_go_to_and_from_a_kind_of_the_site(site: Path) -> None:
    with_kind(site)
    write(site, "form_meal", TO_KIND)
    write(site, "meal_request", FROM_KIND)
    assert list(site_files.problems(site)) == []
    made = site_files.load("form_meal", site).apply({"sfz": "11010519491231002X", "je": "1"})
    assert site_files.load("meal_request", site).apply({"meal": made}) == {
        "idno": "11010519491231002X",
        "fen": 100,
    }
    with pytest.raises(Invalid) as caught:
        site_files.load("form_meal", site).apply({"sfz": "110105194912310021", "je": "1"})
    assert caught.value.code == "shape.wrong-format"


def test_a_kind_that_was_changed_holds_for_a_mapping_that_was_not(site: Path) -> None:
    with_kind(site)
    write(site, "form_meal", TO_KIND)
    given = {"sfz": "11010519491231002X", "je": "600.00"}
    assert site_files.load("form_meal", site).apply(given)["金额"] == 60000
    with_kind(site, KIND.replace("type: integer", "type: integer, maximum: 50000"))
    with pytest.raises(Invalid):
        site_files.load("form_meal", site).apply(given)


def test_a_kind_of_another_site_is_unknown(site: Path, tmp_path: Path) -> None:
    path = write(site, "form_meal", TO_KIND)
    for wrong in (compiler.compile_file, lambda file: compiler.compile_file(file, site)):
        with pytest.raises(Fatal) as caught:
            wrong(path)
        assert caught.value.code == "mapping.unknown-name"


def test_fields_and_coverage_are_those_of_the_site_s_kind(site: Path) -> None:
    with_kind(site)
    write(site, "form_meal", TO_KIND.replace("/card,", "/crad,"))
    write(site, "meal_request", FROM_KIND.partition("ignore:")[0])
    found = [
        (p.code, p.facts.get("nearest"), p.facts.get("path")) for p in site_files.problems(site)
    ]
    assert found == [
        ("mapping.unknown-name", "/card", None),
        ("mapping.not-covered", None, "/meal/note"),
    ]
    write(site, "form_meal", TO_KIND.replace("  - {to: /card, from: /sfz}\n", ""))
    assert ("mapping.target-not-filled", "/card") in [
        (p.code, p.facts.get("path")) for p in site_files.problems(site)
    ]


def test_a_mapping_whose_kind_is_itself_wrong_says_so_and_hides_no_other(site: Path) -> None:
    with_kind(site, KIND.replace("integer", "number"))
    write(site, "form_meal", TO_KIND)
    write(site, "one", OWN.format(name="one").replace("from: /a", "form: /a"))
    found = [(p.code, p.facts["file"], p.facts.get("line")) for p in site_files.problems(site)]
    assert ("mapping.unusable-kind", "form_meal.yaml", 4) in found
    assert ("mapping.unknown-key", "one.yaml", 6) in found


def test_a_folder_with_the_name_of_a_file_is_none(site: Path) -> None:
    (site / "mappings" / "x.yaml").mkdir(parents=True)
    assert list(site_files.problems(site)) == []
