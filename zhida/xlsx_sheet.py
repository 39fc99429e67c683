"""Sheets of Excel written so that Excel leaves them alone, and read so that its damage is told.

Every cell is text (format ``@``): a code keeps its zeros, a long number its digits, and a text that
begins with ``=`` is no formula. What comes back as anything but text has been changed by Excel or
retyped, and is refused with its address; nothing is guessed.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from exchange.errors import Fact, Fatal, Invalid, Problem
from mappings.doctype import declares

MOST_BYTES = 20_000_000
MOST_UNPACKED = 200_000_000
"""A few kilobytes of zip can hold gigabytes of zeros."""
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, SyntaxError, LookupError, ValueError, TypeError,
    AttributeError, EOFError, OSError, RuntimeError,
)  # fmt: skip
"""``SyntaxError`` is the family of XML's parse errors, ``RuntimeError`` that of what zipfile can't do."""
MOST_ROWS = 1_048_576
"""As many as a sheet of Excel has; a row may call itself the twenty-millionth."""
_WIDEST = 60
_LONGEST = 32_767
_STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
"""Characters that no cell holds, and what Excel takes for an escaped one."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its headings."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it came back: the text under each heading, and where it stands."""

    number: int
    texts: Mapping[str, str]
    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    def address(self, heading: str) -> str:
        """``协议!C7``."""
        return f"{self.sheet}!{self.columns.get(heading, 'A')}{self.number}"


def write(path: Path, sheets: Iterable[Sheet]) -> None:
    """A workbook with these sheets. ``Invalid`` for a text that Excel can't hold as it is."""
    book = Workbook()
    book.remove(book.worksheets[0])
    fill(book, sheets)
    try:
        book.save(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Fatal("file.unwritable", file=str(path), reason=reason) from None


def fill(book: Workbook, sheets: Iterable[Sheet]) -> None:
    """Put them behind what is in a workbook already. ``Invalid`` as ``write``."""
    for sheet in sheets:
        made = book.create_sheet(sheet.name)
        made.freeze_panes = "A2"
        for number, row in enumerate([sheet.headings, *sheet.rows], 1):
            for column, text in enumerate(row, 1):
                cell = made.cell(number, column)
                _put(cell, text)
                cell.font = Font(bold=number == 1)
        for column, heading in enumerate(sheet.headings, 1):
            longest = max([len(heading), *(len(row[column - 1]) for row in sheet.rows)])
            made.column_dimensions[get_column_letter(column)].width = min(_WIDEST, longest + 4)


def _put(cell: Any, text: str) -> None:
    """As text, whatever it looks like. openpyxl cuts what is too long, without a word."""
    if len(text) > _LONGEST or _STRANGE.search(text):
        raise Invalid("xlsx.text", cell=f"{cell.parent.title}!{cell.coordinate}")
    cell.number_format = "@"
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))


def read(path: Path, wanted: Mapping[str, Sequence[str]]) -> dict[str, list[Line]]:
    """The rows of the ``wanted`` sheets (name → headings). ``Invalid`` with all damage at once.

    Rows without any text are passed over; sheets and columns of one's own are let be.
    """
    _look_inside(path)
    problems: list[Problem] = []
    found: dict[str, list[Line]] = {}
    with _opened(path) as book:
        for name, headings in wanted.items():
            if name in book.sheetnames:
                found[name] = list(_lines(book[name], headings, problems))
            else:
                problems.append(Problem("xlsx.no-sheet", {"file": path.name, "sheet": name}))
    if problems:
        raise Invalid.of(problems)
    return found


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """openpyxl meets a damaged part with whatever Python raises there, and leaves files open."""
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that it leaves out
            with closing(load_workbook(file, read_only=True, data_only=False)) as book:
                yield book
    except _DAMAGED:
        raise Invalid("xlsx.not-xlsx", file=path.name) from None


def _look_inside(path: Path) -> None:
    """Before any parser: is it a workbook, of a size that one can read, without a DOCTYPE?"""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            unpacked = sum(each.file_size for each in parts)
            if path.stat().st_size > MOST_BYTES or unpacked > MOST_UNPACKED:
                raise Invalid("xlsx.too-big", file=path.name)
            if "xl/workbook.xml" not in archive.namelist():
                raise Invalid("xlsx.not-xlsx", file=path.name)
            for part in parts:
                with archive.open(part) as content:
                    if declares(content):
                        raise Invalid("xlsx.not-xlsx", file=path.name)
    except _DAMAGED:
        raise Invalid("xlsx.not-xlsx", file=path.name) from None


def _lines(sheet: Any, headings: Sequence[str], problems: list[Problem]) -> Iterator[Line]:
    """Every row that is there, whatever the sheet says of its own size."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows()
    columns = _columns(sheet.title, next(rows, ()), headings, problems)
    if columns is None:
        return
    letters = {each: get_column_letter(place + 1) for each, place in columns.items()}
    for number, row in enumerate(rows, 2):
        if number > MOST_ROWS:
            raise Invalid("xlsx.too-big", file=sheet.title)
        cells = {each: row[place] for each, place in columns.items() if place < len(row)}
        texts = {each: _text(cell, sheet.title, problems) for each, cell in cells.items()}
        if any(texts.values()):
            yield Line(
                number, {each: texts.get(each, "") for each in headings}, sheet.title, letters
            )


def _columns(
    sheet: str, first: Sequence[Any], headings: Sequence[str], problems: list[Problem]
) -> dict[str, int] | None:
    """Where each heading stands; None if one is missing, or stands there twice: which one counts?"""
    found: dict[str, int] = {}
    known = len(problems)
    for place, cell in enumerate(first):
        name = str(cell.value or "").strip()
        if name in found:
            told = {"cell": f"{sheet}!{get_column_letter(place + 1)}1", "name": name}
            problems.append(Problem("xlsx.twice", told))
        if name in headings:
            found[name] = place
    for heading in headings:
        if heading not in found:
            facts: dict[str, Fact] = {"sheet": sheet, "heading": heading}
            problems.append(Problem("xlsx.no-heading", facts))
    return found if len(problems) == known else None


def _text(cell: Cell | Any, sheet: str, problems: list[Problem]) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str) and cell.data_type in ("s", "inlineStr", "str"):
        return value.replace("\r\n", "\n").replace("_x000D_\n", "\n")
    address = f"{sheet}!{cell.coordinate}"
    problems.append(Problem(_damage(value, cell.data_type), {"cell": address}))
    return "?"


def _damage(value: Any, kind: str) -> str:
    """What Excel made of a text.

    >>> _damage(3.2e17, "n"), _damage(1, "n"), _damage(date(2026, 1, 5), "d"), _damage("=A1", "f")
    ('xlsx.rounded', 'xlsx.number', 'xlsx.date', 'xlsx.formula')
    """
    if kind == "f":
        return "xlsx.formula"
    if kind == "e":
        return "xlsx.error"
    if isinstance(value, datetime | date | time):
        return "xlsx.date"
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**15:
        return "xlsx.rounded"
    return "xlsx.number"
