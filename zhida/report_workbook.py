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

_BEFORE, _AFTER = "9FB3C8", "2F6F9F"


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
        head = [f"{chart.title}（{chart.unit}）", "改革前", "现在"]
        lines: list[list[Any]] = [head, *([bar.label, bar.before, bar.after] for bar in chart.bars)]
        for number, line in enumerate(lines):
            for column, value in enumerate(line, 1):
                sheet.cell(row + number, column, value)
        _draw(sheet, chart, row)
        row += max(len(lines), 16) + 2
    sheet.column_dimensions["A"].width = 30


def _draw(sheet: Any, chart: Chart, row: int) -> None:
    last = row + len(chart.bars)
    drawn = BarChart()
    drawn.type, drawn.title = "bar", f"{chart.title}（{chart.unit}）"
    drawn.height, drawn.width = 7.5, 18
    drawn.add_data(
        Reference(sheet, min_col=2, max_col=3, min_row=row, max_row=last), titles_from_data=True
    )
    drawn.set_categories(Reference(sheet, min_col=1, min_row=row + 1, max_row=last))
    for series, colour in zip(drawn.series, (_BEFORE, _AFTER), strict=True):
        series.graphicalProperties.solidFill = colour
    for axis in (drawn.x_axis, drawn.y_axis):
        axis.delete = False
    drawn.y_axis.scaling.min = 0
    sheet.add_chart(drawn, f"E{row}")
