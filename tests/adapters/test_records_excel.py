"""Excel workbooks: what Excel did to numbers, and what we write so that it can't."""

import io
import re
import time
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from adapters import _records, _records_excel
from adapters._records import Layout
from exchange.errors import Invalid

COLUMNS = {"columns": [{"name": "身份证号"}, {"name": "姓名"}, {"name": "金额"}]}


def book(*rows, title="名单", more=()):
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    for name in more:
        made.create_sheet(name)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(raw, **layout):
    return _records.read(raw, "xlsx", Layout.of(layout), "utf-8")


def refused(raw, **layout):
    with pytest.raises(Invalid) as raised:
        read(raw, **layout)
    told = [(p.code.removeprefix("records."), dict(p.facts)) for p in raised.value.problems]
    assert "张" not in str(told)
    return told


def test_what_is_written_is_text_and_read_again():
    records = [
        {"身份证号": "007", "姓名": "张小直", "金额": "0.10"},
        {"姓名": "=1+1", "金额": 2**70},
    ]
    raw = _records.written(records, "xlsx", Layout.of(COLUMNS), "")
    expected = [
        {"身份证号": "007", "姓名": "张小直", "金额": "0.10"},
        {"身份证号": "", "姓名": "=1+1", "金额": str(2**70)},
    ]
    assert read(raw) == expected
    cells = [
        cell for row in openpyxl.load_workbook(io.BytesIO(raw)).active for cell in row if cell.value
    ]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}


def test_the_same_records_make_the_same_bytes_another_day():
    layout = Layout.of(COLUMNS)
    first = _records.written([{"姓名": "x"}], "xlsx", layout, "")
    time.sleep(2.1)  # the clock of a zip ticks every two seconds
    assert _records.written([{"姓名": "x"}], "xlsx", layout, "") == first


def test_numbers_days_and_booleans_are_read_as_csv_would_hold_them():
    raw = book(
        ("名称", "甲", "乙", "丙", "丁", "戊"),
        (12.0, 0.1 + 0.2, datetime(2026, 1, 5), datetime(2026, 1, 5, 7, 30), True, None),
        (-3, 1234567890.12, date(2026, 1, 6), "张小直", 123456789012345, 1e-7),
    )
    assert [list(record.values()) for record in read(raw)] == [
        ["12", "0.3", "2026-01-05", "2026-01-05T07:30:00", "TRUE", ""],
        ["-3", "1234567890.12", "2026-01-06", "张小直", "123456789012345", "0.0000001"],
    ]


def test_what_excel_did_to_numbers_is_told_with_row_and_column_all_at_once():
    raw = book(
        ("身份证号", "姓名", "金额"),
        (320117200001011234, "张三", 1),
        (7, "张三", 12345678901234567),
        ("3.20117E+17", "张三", "=SUM(C2:C3)"),
        ("007", "张三", "#N/A"),
    )
    assert refused(raw, **COLUMNS) == [
        ("rounded", {"line": 2, "column": "身份证号", "mask": "9×18"}),
        ("number-not-text", {"line": 3, "column": "身份证号", "mask": "9"}),
        ("rounded", {"line": 3, "column": "金额", "mask": "9×17"}),
        ("formula", {"line": 4, "column": "金额"}),
        ("scientific", {"line": 4, "column": "身份证号", "mask": "9.9×5 A+9×2"}),
        ("error-value", {"line": 5, "column": "金额"}),
    ]


def test_a_number_as_excel_itself_stores_it_is_recognised():
    """Excel writes 15 digits and an exponent."""
    raw = book(("编号",), (1,))
    old, out = zipfile.ZipFile(io.BytesIO(raw)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part, content.replace(b"<v>1</v>", b"<v>3.2011720000101101E+17</v>"))
    assert [code for code, _ in refused(out.getvalue())] == ["rounded"]


def test_lines_may_be_counted_and_a_site_may_know_better():
    assert read(book(("序号", "paid"), (1, 2))) == [{"序号": "1", "paid": "2"}]
    assert refused(book(("楼号",), (7,)))[0][0] == "number-not-text"
    assert read(book(("楼号",), (7,)), columns=[{"name": "楼号", "number": True}]) == [
        {"楼号": "7"}
    ]


def test_titles_sums_empty_rows_and_other_sheets_are_passed_over():
    raw = book(
        ("某区补贴名单",), (), ("姓名", "金额", None), ("x", "1", None), (None, None, None),
        ("合计", "1", None), title="说明", more=["名单"],
    )  # fmt: skip
    assert read(raw, skip=2, skip_last=1) == [{"姓名": "x", "金额": "1"}]
    assert refused(raw, sheet="名单1") == [("no-sheet", {"sheet": "名单1", "nearest": "名单"})]
    assert refused(raw, sheet="名单") == [("no-header", {"line": 1})]


def test_a_row_wider_than_its_header_is_told():
    assert refused(book(("a", "b"), ("1", "2", "3"))) == [
        ("columns", {"line": 2, "found": 3, "expected": 2})
    ]


@pytest.mark.parametrize(
    ("raw", "code", "facts"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old-excel", {}),
        (b"a,b\n1,2\n", "not-excel", {"kind": "text"}),
        (b"<html><table><tr>", "not-excel", {"kind": "html"}),
        (b"PK\x03\x04 broken", "not-excel", {"kind": "xlsx"}),
        (b"", "not-excel", {"kind": "text"}),
    ],
)
def test_what_is_no_workbook_is_told_with_what_to_do(raw, code, facts):
    assert refused(raw) == [(code, facts)]


def packed(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name.replace("_", "."), content)
    return out.getvalue()


@pytest.mark.guarantee("G10")
def test_a_workbook_that_attacks_is_refused(monkeypatch):
    assert refused(packed(other_txt=b"x")) == [("not-excel", {"kind": "xlsx"})]
    evil = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    assert refused(packed(workbook_xml=evil))[0][0] == "doctype"
    assert refused(packed(workbook_xml=evil.decode().encode("utf-16")))[0][0] == "doctype"
    monkeypatch.setattr(_records_excel, "_MOST_BYTES", 1_000_000)
    assert refused(packed(zeros_xml=b"\0" * 2_000_000))[0][0] == "too-big-unpacked"


def test_a_sheet_that_holds_a_chart_is_no_sheet_of_records():
    made = openpyxl.Workbook()
    made.active.title = "名单"
    made.create_chartsheet("图").add_chart(openpyxl.chart.BarChart())
    out = io.BytesIO()
    made.save(out)
    facts = {"sheet": "图", "nearest": "-"}
    assert refused(out.getvalue(), sheet="图") == [("no-sheet", facts)]


@pytest.mark.guarantee("G10")
def test_a_byte_changed_anywhere_on_the_way_is_told_and_raises_nothing_else():
    whole = packed(workbook_xml=b"<a>" + bytes(range(32, 60)) * 40 + b"</a>")
    for place in range(len(whole)):
        damaged = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
        assert refused(damaged)[0][0] in {"not-excel", "too-big-unpacked"}, place


@pytest.mark.guarantee("G10")
@pytest.mark.parametrize("entity", ['"INTERNAL"', 'SYSTEM "file:///etc/hostname"'])
def test_a_doctype_behind_a_long_comment_in_a_workbook_that_is_right_otherwise(entity):
    made = openpyxl.Workbook()
    made.active.append(["x"])
    out = io.BytesIO()
    made.save(out)
    with zipfile.ZipFile(out) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = re.sub(r"^<\?xml[^>]*\?>", "", parts["xl/worksheets/sheet1.xml"].decode())
    late = f"<!--{'x' * 5000}--><!DOCTYPE worksheet [<!ENTITY y {entity}>]>{sheet}"
    parts["xl/worksheets/sheet1.xml"] = late.encode()
    evil = io.BytesIO()
    with zipfile.ZipFile(evil, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert refused(evil.getvalue())[0][0] == "doctype"


@pytest.mark.guarantee("G10")
def test_one_cell_in_the_last_corner_does_not_fill_the_memory():
    made = openpyxl.Workbook()
    made.active["XFD1048576"] = "x"
    out = io.BytesIO()
    made.save(out)
    assert refused(out.getvalue())[0][0] == "too-many-cells"


def test_what_no_cell_holds_is_told():
    with pytest.raises(Invalid) as raised:
        _records.written(
            [{"姓名": "a\x01"}, {"姓名": "x" * 40_000}], "xlsx", Layout.of(COLUMNS), ""
        )
    assert [(p.code, p.facts["line"]) for p in raised.value.problems] == [
        ("records.no-cell", 1),
        ("records.no-cell", 2),
    ]


def patched(raw, old, new):
    """The workbook with its first sheet's XML changed, as no spreadsheet would write it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as made, zipfile.ZipFile(out, "w") as told:
        for part in made.infolist():
            content = made.read(part)
            if part.filename.endswith("sheet1.xml"):
                assert old in content
                content = content.replace(old, new)
            told.writestr(part.filename, content)
    return out.getvalue()


@pytest.mark.parametrize("number", [b"1E999", b"-1E999"])
def test_a_number_that_is_none_is_told(number):
    raw = patched(book(("名称", "金额"), ("a", 12345)), b"<v>12345</v>", b"<v>%s</v>" % number)
    assert refused(raw) == [("error-value", {"line": 2, "column": "2"})]


@pytest.mark.parametrize("cell", [b"<c/>", b"<c r='A1'><v>1</v></c>", b"<row/>"])
def test_cells_are_counted_before_a_workbook_is_made_of_them(monkeypatch, cell):
    monkeypatch.setattr(_records_excel, "_MOST_CELLS", 50)
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *a, **k: pytest.fail("it was built"))
    raw = patched(book(("名称",), ("a",)), b"</sheetData>", cell * 101 + b"</sheetData>")
    assert refused(raw) == [("too-many-cells", {"limit": 50})]
