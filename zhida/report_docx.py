"""A report as a Word file (docx): the page that is handed round in an office, on A4, in Chinese type.

Bars are blocks of type in colour: they look the same in Word and in WPS, and no picture is needed.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell

from zhida import report_files
from zhida.report_chart import Bar, Chart, shown
from zhida.report_sections import Section

_TITLE, _TEXT = "SimHei", "SimSun"
"""Faces that every office machine with Chinese Windows or WPS has."""
_COLOURS = {"before": "9FB3C8", "after": "1F5D8C"}
_HEAD = "EEF2F6"
_WIDTH, _NARROWEST, _WIDEST = 17.4, 4, 30
"""Centimetres between the margins; characters that count of a column at least, and at most."""
_BAR_CELLS = 20
"""A bar is a row of so many cells, of which some are coloured."""


def make(
    title: str, lead: str, sections: Sequence[Section], charts: Sequence[Chart], *, at: datetime
) -> bytes:
    """The file. ``at`` stands in its properties, so that the same report is the same file."""
    paper = Document()
    _set_up(paper, title, at)
    _paragraph(paper, title, _TITLE, 15, centred=True)
    _paragraph(paper, lead, _TITLE, 10.5)
    for section in sections[:1]:  # what is to be done comes before any figure
        _section(paper, section)
    for chart in charts:
        _chart(paper, chart)
    for section in sections[1:]:
        _section(paper, section)
    data = io.BytesIO()
    paper.save(data)
    return data.getvalue()


def _set_up(paper: Paper, title: str, at: datetime) -> None:
    told = paper.core_properties
    told.title, told.author, told.comments = title, "直达", ""
    told.created = told.modified = at
    page = paper.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.8)
    page.top_margin = page.bottom_margin = Cm(1.3)


def _paragraph(paper: Paper, text: str, face: str, size: float, *, centred: bool = False) -> None:
    found = paper.add_paragraph()
    found.paragraph_format.space_after = Pt(3)
    found.paragraph_format.space_before = Pt(4 if face == _TITLE else 0)
    found.paragraph_format.keep_with_next = face == _TITLE
    if centred:
        found.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(found, text, face, size)


def _run(paragraph: Any, text: str, face: str, size: float, colour: str = "") -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), face
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)


def _section(paper: Paper, section: Section) -> None:
    _paragraph(paper, section.title, _TITLE, 10.5)
    if not section.rows:
        _paragraph(paper, "无", _TEXT, 9)
        return
    rows = [list(section.columns.values()), *report_files.texts(section)]
    table = paper.add_table(len(rows), len(section.columns), style="Table Grid")
    table.autofit = False
    for column, share in zip(table.columns, _shares(rows), strict=True):
        column.width = Cm(_WIDTH * share)  # LibreOffice and WPS go by the column, Word by its cells
        for cell in column.cells:
            cell.width = Cm(_WIDTH * share)
    for number, (cells, line) in enumerate(zip(table.rows, rows, strict=True)):
        for cell, text in zip(cells.cells, line, strict=True):
            _fill(cell, text, _TITLE if number == 0 else _TEXT)
            if number == 0:
                _colour(cell, _HEAD)
    for note in section.notes:
        _paragraph(paper, note, _TEXT, 8)


def _shares(rows: Sequence[Sequence[str]]) -> list[float]:
    """How much of the width each column gets: by its longest line, within bounds.

    >>> [round(each, 2) for each in _shares([["短", "很长很长很长很长"], ["一", "二"]])]
    [0.33, 0.67]
    """
    longest = [
        max(len(line) for cell in column for line in cell.split("\n"))
        for column in zip(*rows, strict=True)
    ]
    wanted = [min(max(each, _NARROWEST), _WIDEST) for each in longest]
    return [each / sum(wanted) for each in wanted]


def _fill(cell: _Cell, text: str, face: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    _run(paragraph, text, face, 8)


def _colour(cell: _Cell, colour: str) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:color"), "auto")
    shade.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(shade)


def _chart(paper: Paper, chart: Chart) -> None:
    _paragraph(paper, f"{chart.title}（{chart.unit}）", _TITLE, 10)
    for bar in chart.bars:
        _bars(paper, chart, bar)


def _bars(paper: Paper, chart: Chart, bar: Bar) -> None:
    """A line for each kind: blocks in colour, and the figure."""
    words = max(len(each) for each in chart.names)
    for place, (kind, word, value) in enumerate(chart.lines(bar)):
        found = paper.add_paragraph()
        found.paragraph_format.space_after = Pt(0)
        label = "　" * len(bar.label) if place else bar.label
        _run(found, f"{label}　{word:　<{words}} ", _TEXT, 8)
        _run(found, "█" * _blocks(value, chart.most), _TEXT, 8, _COLOURS[kind])
        _run(found, f" {shown(value)}", _TEXT, 8)


def _blocks(value: float | None, most: float) -> int:
    """At least one of what is more than nothing.

    >>> _blocks(20, 20), _blocks(0.1, 20), _blocks(0, 20), _blocks(None, 20)
    (20, 1, 0, 0)
    """
    if not value:
        return 0
    return max(1, round(_BAR_CELLS * value / most))
