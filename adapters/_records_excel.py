"""Excel workbooks (xlsx): read with suspicion, written so that Excel cannot do its damage.

A cell that holds a number holds a float of 15 digits: a citizen number in it has lost its last
ones (told), and an id has lost its leading zeros (told by the column's name). Formulas and error
values are no data (told). What we write is text in every cell, and the same bytes every time.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any

from adapters import _records_header as headers
from adapters import _records_text as texts
from adapters._records_cells import written_rows
from adapters._records_excel_size import BROKEN, require_few_cells
from adapters._records_form import Layout, Record, refuse, wrong
from exchange.errors import Invalid, Problem
from exchange.names import similar
from mappings.doctype import declares

_MOST_BYTES = 300_000_000
"""Unpacked; a small file may hold gigabytes of zeros."""
_MOST_CELLS = 1_000_000
"""Of the rectangle that holds all cells; one cell in the last corner makes it 17 thousand million."""
_EXACT_DIGITS = 15


def read(raw: bytes, layout: Layout, encoding: str = "") -> list[Record]:
    """All records of one sheet, or ``Invalid`` with all that is wrong. Empty rows are left out."""
    rows = _rows(raw, layout.sheet)[layout.skip :]
    rows = [row for row in rows if any(cell.value is not None for cell in row)]
    rows = rows[: len(rows) - layout.skip_last]
    names = list(layout.names)
    if layout.header:
        if not rows:
            raise Invalid("records.no-header", line=layout.skip + 1)
        told = [str(cell.value or "") for cell in _trimmed(rows[0])]
        names, rows = headers.header(told, layout, rows[0][0].row), rows[1:]
    problems: list[Problem] = []
    found = [_record(row, names, layout, problems) for row in rows]
    refuse(problems)
    return found


def _rows(raw: bytes, sheet: str) -> list[tuple[Any, ...]]:
    from openpyxl import load_workbook

    _require_workbook(raw)
    require_few_cells(raw, _MOST_CELLS)
    try:
        book = load_workbook(io.BytesIO(raw), keep_links=False)
    except Exception:  # noqa: BLE001 (openpyxl lets everything out: KeyError, ValueError, …)
        raise Invalid("records.not-excel", kind="xlsx") from None
    sheets = {each.title: each for each in book.worksheets}  # a sheet of a chart has no cells
    if not sheets or (sheet and sheet not in sheets):
        raise Invalid("records.no-sheet", sheet=sheet, nearest=similar(sheet, sheets))
    chosen = sheets[sheet] if sheet else book.worksheets[0]
    if chosen.max_row * chosen.max_column > _MOST_CELLS:
        raise Invalid("records.too-many-cells", limit=_MOST_CELLS)
    return list(chosen.iter_rows())


def _require_workbook(raw: bytes) -> None:
    """A zip of a size that one may unpack, whose XML declares nothing of its own."""
    kind = texts.kind_of(raw)
    if kind == "xls":
        raise Invalid("records.old-excel")
    if kind != "xlsx":
        raise Invalid("records.not-excel", kind=kind or "text")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_BYTES:
                raise Invalid("records.too-big-unpacked", limit=_MOST_BYTES)
            for part in packed.infolist():
                with packed.open(part) as content:
                    if declares(content):
                        raise Invalid("records.doctype", line=1)
    except BROKEN:
        raise Invalid("records.not-excel", kind="xlsx") from None


def _trimmed(row: tuple[Any, ...]) -> list[Any]:
    """Without the empty cells at its end: a sheet is as wide as its widest format."""
    cells = list(row)
    while cells and cells[-1].value is None:
        cells.pop()
    return cells


def _record(
    row: tuple[Any, ...], names: list[str], layout: Layout, problems: list[Problem]
) -> Record:
    line, cells = row[0].row, list(row)
    over = [cell for cell in cells[len(names) :] if cell.value is not None]
    if over:
        facts = {"line": line, "found": len(_trimmed(row)), "expected": len(names)}
        problems.append(Problem("records.columns", facts))
    made: Record = {}
    for number, (name, cell) in enumerate(zip(names, cells, strict=False), 1):
        ids = headers.holds_ids(name, layout)
        problems += _damage(cell, layout.shown(number, name), ids=ids)
        made[name] = _text(cell.value)
    problems += headers.damage(line, made, layout)
    return {name: made.get(name, "") for name in names}


def _damage(cell: Any, shown: str, *, ids: bool) -> Iterator[Problem]:
    value, line = cell.value, cell.row
    if cell.data_type in ("f", "e"):
        code = "records.formula" if cell.data_type == "f" else "records.error-value"
        yield Problem(code, {"line": line, "column": shown})
    elif isinstance(value, float) and not isfinite(value):  # 1E999, which Excel cannot have written
        yield Problem("records.error-value", {"line": line, "column": shown})
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if value == int(value) and len(str(abs(int(value)))) > _EXACT_DIGITS:
            yield wrong("records.rounded", line, shown, str(int(value)))
        elif ids:
            yield wrong("records.number-not-text", line, shown, _text(value))


def _text(value: Any) -> str:
    """A cell as CSV would hold it: ``12`` for 12.0, days and times by ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return format(Decimal(f"{value:.{_EXACT_DIGITS}g}").normalize(), "f")  # as Excel shows it
    return str(value)


# --- writing -----------------------------------------------------------------------------------

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767
_STAMPS = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def written(records: Iterable[Mapping[str, Any]], layout: Layout, encoding: str = "") -> bytes:
    """The workbook, every cell a text. ``Invalid`` for what no cell can hold, all at once."""
    from openpyxl import Workbook

    rows = written_rows(records, layout)
    refuse(_unwritable(rows, layout))
    book = Workbook()
    sheet: Any = book.active
    sheet.title = layout.sheet or "Sheet1"
    header = [list(layout.names)] if layout.header else []
    for number, row in enumerate([*header, *rows], 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            cell.value, cell.data_type, cell.number_format = value, "s", "@"
    out = io.BytesIO()
    book.save(out)
    return _always_the_same(out.getvalue())


def _unwritable(rows: list[list[str]], layout: Layout) -> Iterator[Problem]:
    for line, row in enumerate(rows, 1):
        for name, value in zip(layout.names, row, strict=True):
            if len(value) > _LONGEST or _FORBIDDEN.search(value):
                yield wrong("records.no-cell", line, name, value)


def _always_the_same(raw: bytes) -> bytes:
    """Without the moment of its making: who writes the same records twice makes the same file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                content = _STAMPS.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            info = zipfile.ZipInfo(part.filename, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, content)
    return out.getvalue()
