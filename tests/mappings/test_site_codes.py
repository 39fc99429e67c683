"""Code lists of a site: found by name, never in a shipped one's place, every mistake with its line."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.errors import Fatal, Invalid
from mappings import code_file, compiler, site_codes, site_files
from mappings.codes import crosswalk, names, scheme

HEAD = """# scheme: grades
# title: 补贴档次
# edition: 2026
# source: 区民政局 2026 年第 1 号
"""
COLUMNS = "code,name_zh,name_en,aliases,valid_from,valid_to,successor,note\n"
ROWS = "01,一档,first,甲档,,2025,02,\n02,二档,second,乙档,,,,\n"
WALK = """# from_scheme: grades
# to_scheme: gb_t_2261_1
# edition: 2026
# source: 自定
from,to,note
01,1,
02,2,
"""
MAPPING = """mapping: grade_wire
title: 档次
from: [/grade, /day]
to: wire
fields:
  - {to: /code, from: /grade, code: grades}
  - {to: /sex, from: /grade, crosswalk: grades__gb_t_2261_1}
  - {to: /then, from: /grade, code: {scheme: grades, as_of: /day}}
tests:
  - {name: 乙, source: {grade: 乙档, day: "2026-01-05"}, gives: {code: "02", sex: "2", then: "02"}}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "codes" / "crosswalks").mkdir(parents=True)
    (tmp_path / "mappings").mkdir()
    write(tmp_path, "codes/grades.csv", HEAD + COLUMNS + ROWS)
    write(tmp_path, "codes/crosswalks/grades__gb_t_2261_1.csv", WALK)
    write(tmp_path, "mappings/grade_wire.yaml", MAPPING)
    return tmp_path


def write(site: Path, place: str, text: str) -> None:
    (site / place).write_text(text, "utf-8")


def told(site: Path) -> list[tuple[str, object]]:
    return [(each.code, each.facts.get("line")) for each in site_codes.problems(site)]


def test_a_list_of_the_site_is_found_beside_the_shipped_ones(site: Path) -> None:
    lists = site_codes.of(site)
    assert set(lists.names()) == {*names(), "grades"}
    assert lists.scheme("grades").code("甲档", date(2025, 6, 1)) == "01"
    assert lists.scheme("gb_t_3304") is scheme("gb_t_3304")
    assert lists.crosswalk("grades__gb_t_2261_1").to("乙档") == "2"
    assert lists.crosswalk("hl7_0001__gb_t_2261_1") is crosswalk("hl7_0001__gb_t_2261_1")
    assert told(site) == []


def test_a_mapping_of_the_site_uses_it_and_its_digest_pins_the_list(site: Path) -> None:
    made = site_files.load("grade_wire", site)
    given = {"grade": "二档", "day": "2026-01-05"}
    assert made.apply(given) == {"code": "02", "sex": "2", "then": "02"}
    assert list(site_files.problems(site)) == []
    with pytest.raises(Invalid) as caught:
        made.apply({"grade": "一档", "day": "2026-01-05"})
    assert caught.value.code == "mapping.code-not-in-force"
    write(site, "codes/grades.csv", HEAD + COLUMNS + ROWS.replace("乙档", "丙档"))
    assert site_files.load("grade_wire", site).digest != made.digest


def test_a_crosswalk_that_changes_behind_a_link_is_seen_too(site: Path) -> None:
    (site / "codes" / "crosswalks").rename(site / "elsewhere")
    (site / "codes" / "crosswalks").symlink_to(site / "elsewhere")
    before = site_files.load("grade_wire", site)
    (code,) = [line for line in WALK.splitlines() if line.startswith("02,")]
    changed = WALK.replace(code, code.replace(",2", ",1", 1))
    assert changed != WALK
    write(site, "elsewhere/grades__gb_t_2261_1.csv", changed)
    after = site_files.load("grade_wire", site)
    given = {"grade": "二档", "day": "2026-01-05"}
    assert (before.apply(given)["sex"], after.apply(given)["sex"]) == ("2", "1")


def test_a_mapping_that_names_an_unknown_or_broken_list_says_so_when_it_is_read(site: Path) -> None:
    write(site, "mappings/grade_wire.yaml", MAPPING.replace("code: grades}", "code: grade}"))
    found = list(site_files.problems(site))
    assert [(each.code, each.facts["nearest"]) for each in found] == [
        ("mapping.unknown-name", "grades")
    ]
    write(site, "mappings/grade_wire.yaml", MAPPING)
    write(site, "codes/grades.csv", HEAD + COLUMNS + "01,,,,,,,\n")
    codes = {each.code for each in site_files.problems(site)}
    assert codes == {"mapping.unusable-list"}


def test_a_shipped_mapping_does_not_see_the_lists_of_a_site() -> None:
    with pytest.raises(Fatal):
        site_codes.SHIPPED.scheme("grades")
    assert compiler.load("result_oa_form_615").digest


def test_a_name_for_two_lists_is_an_error_with_both_places(site: Path) -> None:
    write(site, "codes/gb_t_2260.csv", HEAD.replace("grades", "gb_t_2260") + COLUMNS + ROWS)
    with pytest.raises(Fatal) as caught:
        site_codes.of(site).scheme("gb_t_2260")
    assert caught.value.code == "mapping.two-lists-of-a-name"
    assert ("mapping.two-lists-of-a-name", None) in told(site)


def test_an_unknown_name_is_answered_with_the_nearest_of_both(site: Path) -> None:
    for wrong, near in (("grads", "grades"), ("gb_t_2206", "gb_t_2260")):
        with pytest.raises(Fatal) as caught:
            site_codes.of(site).scheme(wrong)
        assert (caught.value.code, caught.value.facts["nearest"]) == (
            "mapping.no-such-scheme",
            near,
        )
    with pytest.raises(Fatal) as caught:
        site_codes.of(site).crosswalk("grades__gb_t_2261_2")
    assert caught.value.code == "mapping.no-such-crosswalk"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            HEAD.replace("# source: 区民政局 2026 年第 1 号\n", "") + COLUMNS + ROWS,
            ("list-header", 1),
        ),
        (HEAD.replace("2026\n", "\n", 1) + COLUMNS + ROWS, ("list-header", 1)),
        (HEAD.replace("grades", "grade") + COLUMNS + ROWS, ("list-name", 1)),
        (HEAD + COLUMNS.replace("name_en,", "") + ROWS, ("list-headings", 5)),
        (HEAD, ("list-headings", 5)),
        (HEAD + COLUMNS + "01,一档\n", ("list-row", 6)),
        (HEAD + COLUMNS + ROWS + "03,,third,,,,,\n", ("list-row", 8)),
        (HEAD + COLUMNS + ROWS + '03,"三\n档",third,,,,,\n', ("list-row", 9)),
        (HEAD + COLUMNS + ROWS + "02,另一,again,,,,,\n", ("list-twice", 8)),
        (HEAD + COLUMNS + ROWS + "03,三档,third,,2026/1/5,,,\n", ("list-day", 8)),
        (HEAD + COLUMNS + ROWS + "03,三档,third,,,2025,04,\n", ("list-successor", 8)),
        (HEAD + COLUMNS + ROWS + "03,三档,third,乙档,,,,\n", ("ambiguous-alias", None)),
    ],
)
def test_every_mistake_is_told_with_its_line(
    site: Path, text: str, problem: tuple[str, int | None]
) -> None:
    write(site, "codes/grades.csv", text)
    assert (f"mapping.{problem[0]}", problem[1]) in told(site)
    with pytest.raises(Fatal) as caught:
        site_codes.of(site).scheme("grades")
    assert caught.value.code == f"mapping.{problem[0]}"


def test_what_excel_saves_as_ansi_is_told_and_what_it_saves_as_utf8_is_read(site: Path) -> None:
    place = site / "codes" / "grades.csv"
    place.write_bytes((HEAD + COLUMNS + ROWS).encode("gbk"))
    assert ("mapping.file-not-utf8", 2) in told(site)
    padded = HEAD.replace("\n", ",,,,,,,\n") + COLUMNS + ROWS
    place.write_bytes(padded.replace("\n", "\r\n").encode("utf-8-sig"))
    assert told(site) == []
    assert site_codes.of(site).scheme("grades").header["edition"] == "2026"


def test_a_crosswalk_that_names_unknown_codes_or_lists(site: Path) -> None:
    place = "codes/crosswalks/grades__gb_t_2261_1.csv"
    for text, code in (
        (WALK.replace("02,2", "02,7"), "mapping.broken-crosswalk"),
        (WALK.replace("02,2", "01,2"), "mapping.list-twice"),
        (WALK.replace("to_scheme: gb_t", "to_scheme: gbt"), "mapping.no-such-scheme"),
        (WALK.replace("# source: 自定\n", ""), "mapping.list-header"),
    ):
        write(site, place, text)
        assert code in {found for found, _ in told(site)}


def test_files_that_are_meant_and_not_read_are_told(site: Path) -> None:
    for name in ("grades.xlsx", "other.csv.txt", "~$grades.xlsx", ".DS_Store", "说明.md"):
        write(site, f"codes/{name}", "x")
    problems = list(site_codes.problems(site))
    assert {each.code for each in problems} == {"mapping.list-stray"}
    found = [each.facts["file"] for each in problems]
    assert sorted(map(str, found)) == ["grades.xlsx", "other.csv.txt"]


def test_the_shipped_folder_is_no_site() -> None:
    """A shipped mapping that is exported and imported has it for its site."""
    lists = site_codes.of(Path(site_codes.__file__).parent)
    assert lists.scheme("gb_t_2260") is scheme("gb_t_2260")
    assert list(lists.problems()) == []


def test_a_list_that_cannot_be_read(site: Path) -> None:
    with pytest.raises(Fatal) as caught:
        site_codes._bytes(site / "codes" / "gone.csv")
    assert caught.value.code == "mapping.list-unreadable"


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(HEAD + COLUMNS + ROWS)), st.integers(0, 20), st.text(max_size=5))
def test_a_damaged_file_is_a_list_or_told_and_never_a_defect(at: int, cut: int, more: str) -> None:
    text = HEAD + COLUMNS + ROWS
    damaged = (text[:at] + more + text[at + cut :]).encode("utf-8", "replace")
    found, wrong = code_file.code_list(damaged, "grades")
    assert (found is None) == bool(wrong)


@pytest.mark.parametrize("name", names())
def test_the_shipped_lists_would_pass_as_a_sites_own(name: str) -> None:
    data = (Path(code_file.__file__).parent / "codes" / f"{name}.csv").read_bytes()
    found, wrong = code_file.code_list(data, name)
    assert wrong == ()
    assert found is not None
    assert found.codes == scheme(name).codes
    assert found.digest == scheme(name).digest


def test_a_mapping_that_uses_it_is_run_backwards(site: Path) -> None:
    text = MAPPING.partition("  - {to: /then")[0].replace("from: [/grade, /day]", "from: [/grade]")
    text = text.replace("  - {to: /code, from: /grade, code: grades}\n", "")
    write(site, "mappings/grade_wire.yaml", text)
    back = site_files.load("grade_wire", site).reverse()
    assert back.apply({"sex": "2"}) == {"grade": "02"}
