"""Text goes to Excel and comes back as it was; what Excel made of it is told by its address."""

import doctest
import io
import re
import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.errors import Fatal, Invalid
from zhida import xlsx_sheet
from zhida.xlsx_sheet import Sheet

TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20
)


def codes(path, wanted=None):
    with pytest.raises(Invalid) as caught:
        xlsx_sheet.read(path, wanted or {"s": ["a", "b"]})
    return [(p.code, p.facts.get("cell", p.facts.get("sheet"))) for p in caught.value.problems]


@settings(deadline=None)
@given(rows=st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_whatever_the_text(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    xlsx_sheet.write(path, [Sheet("s", ["a", "b"], rows)])
    found = xlsx_sheet.read(path, {"s": ["a", "b"]})["s"]
    assert [(line.texts["a"], line.texts["b"]) for line in found] == [r for r in rows if any(r)]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "0123", "320117202601050015", "2026-01-05", "TRUE", "1e5", "-1", "@x", " a ", "a\nb"],
)
def test_what_excel_would_like_to_change(tmp_path, text):
    path = tmp_path / "a.xlsx"
    xlsx_sheet.write(path, [Sheet("s", ["a", "b"], [[text, "x"]])])
    cell = openpyxl.load_workbook(path)["s"]["A2"]
    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")
    [line] = xlsx_sheet.read(path, {"s": ["a", "b"]})["s"]
    assert line.texts["a"] == text


def book(tmp_path, *values):
    made = openpyxl.Workbook()
    made.active.title = "s"
    made.active.append(["a", "b"])
    for value in values:
        made.active.append(["x", value])
    path = tmp_path / "a.xlsx"
    made.save(path)
    return path


def test_each_damage_with_its_address(tmp_path):
    values = [123, 3.20117202601050e17, 320117202601050000, datetime(2026, 1, 5), "=A1", True, 1.5]
    assert codes(book(tmp_path, *values)) == [
        ("xlsx.number", "s!B2"),
        ("xlsx.rounded", "s!B3"),
        ("xlsx.rounded", "s!B4"),
        ("xlsx.date", "s!B5"),
        ("xlsx.formula", "s!B6"),
        ("xlsx.number", "s!B7"),
        ("xlsx.number", "s!B8"),
    ]


@pytest.mark.parametrize("text", ["a\x07", "x" * 32_768, "_x0041_", "\r"])
def test_a_text_that_excel_cannot_hold_is_refused_and_not_cut(tmp_path, text):
    with pytest.raises(Invalid, match=r"xlsx\.text"):
        xlsx_sheet.write(tmp_path / "a.xlsx", [Sheet("s", ["a"], [[text]])])


def test_a_place_that_can_t_be_written(tmp_path):
    with pytest.raises(Fatal, match=r"file\.unwritable"):
        xlsx_sheet.write(tmp_path / "none" / "a.xlsx", [Sheet("s", ["a"], [])])


def test_a_renamed_sheet_and_a_lost_column(tmp_path):
    path = book(tmp_path, "x")
    assert codes(path, {"协议": ["a"]}) == [("xlsx.no-sheet", "协议")]
    assert codes(path, {"s": ["a", "c"]}) == [("xlsx.no-heading", "s")]


def test_a_column_twice_is_told_for_only_one_could_count(tmp_path):
    path = tmp_path / "a.xlsx"
    xlsx_sheet.write(path, [Sheet("s", ["a", "b", "b"], [["1", "new", "old"]])])
    assert codes(path) == [("xlsx.twice", "s!C1")]


def rewritten(tmp_path, change):
    """A workbook that is otherwise right, its sheet changed as bytes."""
    path = tmp_path / "a.xlsx"
    xlsx_sheet.write(path, [Sheet("s", ["a", "b"], [["x", "1"], ["y", "2"], ["z", "3"]])])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = change(before)
    assert parts["xl/worksheets/sheet1.xml"] != before
    path.write_bytes(zipped(**parts))
    return path


@pytest.mark.parametrize("told", [b"A1:B2", b"A1", b"A1:A4"])
def test_every_row_is_read_whatever_the_sheet_says_of_its_size(tmp_path, told):
    path = rewritten(tmp_path, lambda sheet: sheet.replace(b"A1:B4", told))
    found = xlsx_sheet.read(path, {"s": ["a", "b"]})["s"]
    assert [line.texts["b"] for line in found] == ["1", "2", "3"]


def test_a_row_beyond_the_last_of_excel(tmp_path):
    path = rewritten(tmp_path, lambda sheet: re.sub(rb'"([AB]?)4"', rb'"\g<1>20000000"', sheet))
    assert codes(path) == [("xlsx.too-big", None)]


@pytest.mark.parametrize("entity", ['"INTERNAL"', 'SYSTEM "file:///etc/hostname"'])
def test_a_doctype_behind_a_long_comment(tmp_path, entity):
    def late(sheet):
        text = re.sub(r"^<\?xml[^>]*\?>", "", sheet.decode()).replace(">x<", ">&y;<")
        comment = "x" * 1_000_100
        return (
            f'<?xml version="1.0"?><!--{comment}--><!DOCTYPE worksheet [<!ENTITY y {entity}>]>{text}'
        ).encode()

    assert codes(rewritten(tmp_path, late)) == [("xlsx.not-xlsx", None)]


def test_columns_of_one_s_own_and_empty_rows_are_let_be(tmp_path):
    made = openpyxl.Workbook()
    made.active.title = "s"
    for row in (["note", "b", "a"], [7, "B", "A"], [None, None, None], ["x", None, "A2"]):
        made.active.append(row)
    made.save(tmp_path / "a.xlsx")
    first, second = xlsx_sheet.read(tmp_path / "a.xlsx", {"s": ["a", "b"]})["s"]
    assert (first.texts, second.texts) == ({"a": "A", "b": "B"}, {"a": "A2", "b": ""})
    assert (first.address("a"), second.address("b")) == ("s!C2", "s!B4")


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"a,b\n1,2\n", b"\xd0\xcf\x11\xe0" + b"x" * 100, b"PK\x03\x04broken",
        zipped(a="x"),
        zipped(**{"xl__workbook.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}),
    ],
)  # fmt: skip
def test_what_is_no_workbook(tmp_path, data):
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    assert codes(path)[0][0] == "xlsx.not-xlsx"


PARTS = [
    "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml",
    "[Content_Types].xml", "xl/_rels/workbook.xml.rels",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    part=st.sampled_from(PARTS), at=st.floats(0, 1), junk=st.binary(max_size=6), cut=st.booleans()
)
def test_a_damaged_workbook_is_told_and_no_defect(tmp_path_factory, part, at, junk, cut):
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    xlsx_sheet.write(path, [Sheet("s", ["a", "b"], [["0123", "张示例"]])])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content = parts.get(part, b"")
    place = int(at * len(content))
    parts[part] = content[:place] + junk + (b"" if cut else content[place + len(junk) :])
    path.write_bytes(zipped(**parts))
    try:
        xlsx_sheet.read(path, {"s": ["a", "b"]})
    except Invalid as error:
        assert {problem.code.partition(".")[0] for problem in error.problems} == {"xlsx"}


def test_a_byte_changed_anywhere_on_the_way_is_told_and_no_defect(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(**{"xl__workbook.xml": "<a>" + "".join(map(chr, range(64, 96))) * 20}))
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        assert codes(path)[0][0] in {"xlsx.not-xlsx", "xlsx.too-big"}, place


def test_a_small_file_that_holds_gigabytes(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(**{"xl__workbook.xml": "x" * 1_000_000}))
    monkeypatch.setattr(xlsx_sheet, "MOST_UNPACKED", 10_000)
    assert codes(path)[0][0] == "xlsx.too-big"


def test_a_file_that_is_not_there(tmp_path):
    assert codes(tmp_path / "none.xlsx")[0][0] == "xlsx.not-xlsx"


def test_doctests():
    assert doctest.testmod(xlsx_sheet).failed == 0
