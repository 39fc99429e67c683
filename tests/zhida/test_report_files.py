"""A report as a page and as a workbook says what its tables say, and runs nothing."""

from __future__ import annotations

import io
from html.parser import HTMLParser

from openpyxl import load_workbook

from zhida import report_files, report_workbook
from zhida.output import Marked
from zhida.report_sections import Section

SECTIONS = [
    Section(
        "材料：前 → 后", {"n": "件<数", "t": "话"}, [{"n": 2, "t": "=1+1\n<b>"}], ["说明&注。"]
    ),
    Section("空的", {"n": "数"}, []),
    Section("色", {"n": "数"}, [{"n": Marked("[green]好[/]")}]),
]


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)


def test_a_page_holds_every_cell_as_text() -> None:
    reader = Reader()
    reader.feed(report_files.page("报<表>", SECTIONS))
    for text in ("报<表>", "材料：前 → 后", "件<数", "2", "=1+1", "<b>", "说明&注。", "无", "好"):
        assert text in reader.texts
    assert {"b", "script", "link", "img"}.isdisjoint(reader.tags)


def test_a_workbook_has_a_sheet_a_table_and_no_formula() -> None:
    book = load_workbook(io.BytesIO(report_workbook.make("报表", "一句话", SECTIONS, [])))
    assert book.sheetnames == ["要点", "材料、前 → 后", "空的", "色"]
    rows = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
    assert rows == [["件<数", "话"], ["2", "=1+1\n<b>"]]
    assert {cell.data_type for row in book.worksheets[1].iter_rows() for cell in row} == {"s"}
    assert book["色"]["A2"].value == "好"
