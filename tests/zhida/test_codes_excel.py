"""Every code list of ours goes to Excel and back without one byte of difference."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from exchange.errors import Invalid
from zhida import codes_excel
from zhida.cli import app
from zhida.codes_check import Listing

LISTS = sorted((Path(__file__).resolve().parents[2] / "mappings" / "codes").rglob("*.csv"))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_there_and_back(path: Path, tmp_path: Path) -> None:
    codes_excel.export(path, tmp_path / "a.xlsx")
    assert codes_excel.changed(tmp_path / "a.xlsx", path) is None


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    found = next(path for path in LISTS if path.stem == "gb_t_2261_1")
    return Path(shutil.copy(found, tmp_path / "sex.csv"))


def test_a_changed_name_is_one_changed_line(listing: Path, tmp_path: Path) -> None:
    before = listing.read_text("utf-8").splitlines()
    xlsx = tmp_path / "a.xlsx"
    run = CliRunner().invoke
    assert run(app, ["codes", "export", str(listing), "--xlsx", str(xlsx)]).exit_code == 0
    book = openpyxl.load_workbook(xlsx)
    assert book["代码"]["A2"].value == "0"
    book["代码"]["C2"] = "not known"
    book.save(xlsx)
    words = ["codes", "import", str(listing), "--xlsx", str(xlsx)]
    assert json.loads(run(app, [*words, "--dry-run", "--json"]).output)["changed"] is True
    assert listing.read_text("utf-8").splitlines() == before
    assert run(app, words).exit_code == 0
    after = listing.read_text("utf-8").splitlines()
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        "0,未知的性别,not known,未知,,,,"
    ]


def test_a_code_that_lost_its_zero_is_told(listing: Path, tmp_path: Path) -> None:
    xlsx = tmp_path / "a.xlsx"
    codes_excel.export(listing, xlsx)
    book = openpyxl.load_workbook(xlsx)
    book["代码"]["A3"] = 1
    book.save(xlsx)
    with pytest.raises(Invalid) as caught:
        codes_excel.changed(xlsx, listing)
    assert (caught.value.code, caught.value.facts["cell"]) == ("xlsx.number", "代码!A3")


def test_the_same_row_twice_is_a_slip(listing: Path, tmp_path: Path) -> None:
    xlsx = tmp_path / "a.xlsx"
    codes_excel.export(listing, xlsx)
    book = openpyxl.load_workbook(xlsx)
    book["代码"].append([cell.value for cell in book["代码"][2]])
    book.save(xlsx)
    with pytest.raises(Invalid, match=r"xlsx\.twice"):
        codes_excel.changed(xlsx, listing)


def import_of(listing: Path, tmp_path: Path, change: Callable[[Any], None]) -> set[str]:
    """The codes with which a changed workbook is refused; the list stays as it was."""
    xlsx, before = tmp_path / "a.xlsx", listing.read_bytes()
    codes_excel.export(listing, xlsx)
    book = openpyxl.load_workbook(xlsx)
    change(book)
    book.save(xlsx)
    with pytest.raises(Invalid) as caught:
        codes_excel.changed(xlsx, listing)
    assert listing.read_bytes() == before
    return {problem.code for problem in caught.value.problems}


def put(cell: str, text: str, sheet: str = "代码") -> Callable[[Any], None]:
    return lambda book: book[sheet].__setitem__(cell, text)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (put("A2", "1"), "xlsx.twice"),
        (put("A2", ""), "xlsx.twice"),
        (put("A2", "#0"), "xlsx.code-gone"),
        (put("E2", "2020/1/1"), "xlsx.day"),
        (put("D2", "男"), "mapping.ambiguous-alias"),
        (lambda book: book["代码"].delete_rows(3), "xlsx.code-gone"),
        (lambda book: book["代码"].delete_rows(2, 100), "xlsx.code-gone"),
        (put("B2", "第一行\n第二行", "来源"), "xlsx.codes-form"),
        (put("A2", "a: b", "来源"), "xlsx.codes-form"),
        (lambda book: book["来源"].delete_rows(2, 100), "xlsx.codes-form"),
        (lambda book: book["代码"].append(["#x", "甲"]), "xlsx.codes-form"),
    ],
    ids=range(11),
)
def test_what_could_not_be_read_again_is_not_written(
    listing: Path, tmp_path: Path, change: Callable[[Any], None], code: str
) -> None:
    assert code in import_of(listing, tmp_path, change)


def test_a_mark_at_the_beginning_stays(listing: Path, tmp_path: Path) -> None:
    listing.write_bytes(b"\xef\xbb\xbf" + listing.read_bytes())
    codes_excel.export(listing, tmp_path / "a.xlsx")
    assert codes_excel.changed(tmp_path / "a.xlsx", listing) is None
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book["代码"]["C2"] = "not known"
    book.save(tmp_path / "a.xlsx")
    assert (codes_excel.changed(tmp_path / "a.xlsx", listing) or "").startswith("\ufeff# ")


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "# x: y\n", "# x: y\na,b\n# z: y\n1,2\n"])
def test_what_is_no_code_list(text: str) -> None:
    with pytest.raises(Invalid, match=r"codes\.form"):
        codes_excel.parse(text, "x.csv")


def test_a_row_with_a_comma_too_many() -> None:
    with pytest.raises(Invalid) as caught:
        codes_excel.parse("# x: y\na,b\n1,2\n1,2,3\n", "x.csv")
    assert (caught.value.code, caught.value.facts["line"]) == ("codes.row", 4)


CELL = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85\ufffe\uffff#"
    ),
    max_size=8,
)


@given(st.lists(st.tuples(CELL.filter(bool), CELL), max_size=4))
def test_whatever_the_codes(rows: list[tuple[str, str]]) -> None:
    told = Listing([("scheme", "x"), ("source", "y: z")], ["code", "name"], [list(r) for r in rows])
    assert codes_excel.parse(codes_excel.written(told), "x.csv") == told
