"""A report as a workbook: what matters, the figures as charts that Excel itself draws, and a sheet a table."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment
from openpyxl.worksheet.properties import PageSetupProperties

from zhida import report_files, xlsx_sheet
from zhida.report_chart import Chart
from zhida.report_sections import Section
from zhida.xlsx_sheet import Sheet

_COLOURS = {"before": "D9E2EC", "after": "1F5D8C"}
_OUTLINE = "627D98"


def make(title: str, lead: str, sections: Sequence[Section], charts: Sequence[Chart]) -> bytes:
    """The file. Cells of tables are text; those below a chart are numbers, for it draws them."""
    book = Workbook()
    book.remove(book.worksheets[0])
    xlsx_sheet.fill(book, [Sheet("要点", [title], [[lead]])])
    if charts:
        _charts(book.create_sheet("图"), charts)
    xlsx_sheet.fill(book, [report_files.sheet(each) for each in sections])
    for sheet in book.worksheets:
        _for_paper(sheet)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _for_paper(sheet: Any) -> None:
    """A page as wide as the table, and long texts in several lines."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _charts(sheet: Any, charts: Sequence[Chart]) -> None:
    """One below the other, the numbers on the left."""
    row = 1
    for chart in charts:
        kinds = [kind for kind, _, _ in chart.lines(chart.bars[0])]
        head = [f"{chart.title}（{chart.unit}）", *(w for _, w, _ in chart.lines(chart.bars[0]))]
        lines: list[list[Any]] = [head]
        lines += [[bar.label, *(value for _, _, value in chart.lines(bar))] for bar in chart.bars]
        for number, line in enumerate(lines):
            for column, value in enumerate(line, 1):
                sheet.cell(row + number, column, value)
        _draw(sheet, chart, row, kinds)
        row += max(len(lines), _rows(chart)) + 2
    sheet.column_dimensions["A"].width = 30


def _rows(chart: Chart) -> int:
    """Of the sheet, behind which the picture lies: half a centimetre each."""
    return 10 + 2 * len(chart.bars)


def _draw(sheet: Any, chart: Chart, row: int, kinds: Sequence[str]) -> None:
    last = row + len(chart.bars)
    drawn = BarChart()
    drawn.type, drawn.title = "bar", f"{chart.title}（{chart.unit}）"
    drawn.height, drawn.width = 0.5 * _rows(chart), 18
    figures = Reference(sheet, min_col=2, max_col=1 + len(kinds), min_row=row, max_row=last)
    drawn.add_data(figures, titles_from_data=True)
    drawn.set_categories(Reference(sheet, min_col=1, min_row=row + 1, max_row=last))
    for series, kind in zip(drawn.series, kinds, strict=True):
        series.graphicalProperties.solidFill = _COLOURS[kind]
        series.graphicalProperties.line.solidFill = _OUTLINE
    for axis in (drawn.x_axis, drawn.y_axis):
        axis.delete = False
    drawn.x_axis.scaling.orientation = "maxMin"  # the first on top, as in the tables
    drawn.y_axis.scaling.min = 0
    sheet.add_chart(drawn, f"E{row}")
