"""A code list to Excel and back: its codes on one sheet, where they come from on the other."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from exchange.errors import Invalid, Problem
from matters import file_text
from zhida import codes_check, files, xlsx_sheet
from zhida.codes_check import Listing
from zhida.xlsx_sheet import Sheet

CODES, ORIGIN = "代码", "来源"
_ORIGIN = ("项目", "内容")
_MOST = 20_000_000


def parse(text: str, name: str) -> Listing:
    """``# key: value`` lines, then CSV. ``Invalid`` for a file of another form."""
    lines = text.splitlines(keepends=True)
    head = [line for line in lines if line.startswith("#")]
    rows = list(csv.reader(io.StringIO("".join(lines[len(head) :]), newline="")))
    if not head or not rows or any(line.startswith("#") for line in lines[len(head) :]):
        raise Invalid("codes.form", file=name)
    wrong = [Problem("codes.row", {"file": name, "line": len(head) + place + 1})
             for place, row in enumerate(rows) if len(row) != len(rows[0])]  # fmt: skip
    if wrong:
        raise Invalid.of(wrong)
    pairs = [line[1:].strip().partition(":") for line in head]
    return Listing([(key.strip(), told.strip()) for key, _, told in pairs], rows[0], rows[1:])


def written(listing: Listing, end: str = "\n") -> str:
    """The file's text."""
    out = io.StringIO(newline="")
    for key, told in listing.origin:
        out.write(f"# {key}: {told}{end}")
    csv.writer(out, lineterminator=end).writerows([listing.headings, *listing.rows])
    return out.getvalue()


def export(source: Path, target: Path) -> int:
    """Write the list into a workbook; how many codes."""
    listing = _read(source)
    origin = Sheet(ORIGIN, _ORIGIN, [list(pair) for pair in listing.origin])
    xlsx_sheet.write(target, [Sheet(CODES, listing.headings, listing.rows), origin])
    return len(listing.rows)


def changed(source: Path, target: Path) -> str | None:
    """The text that ``target`` gets from the workbook; None if it says that already.

    The headings are those of the list that is there: what is new begins with a copy of another.
    ``Invalid`` with every row that could not be read again as it is meant.
    """
    raw = files.read(target, _MOST)
    before = parse(file_text.decode(raw, target.name), target.name)
    sheets = xlsx_sheet.read(source, {CODES: before.headings, ORIGIN: _ORIGIN})
    rows = [[line.texts[each] for each in before.headings] for line in sheets[CODES]]
    pairs = [(line.texts[_ORIGIN[0]], line.texts[_ORIGIN[1]]) for line in sheets[ORIGIN]]
    after = Listing([(key.strip(), told.strip()) for key, told in pairs], before.headings, rows)
    if _same(before, after):
        return None
    problems = list(codes_check.find(target.stem, sheets[CODES], before))
    made = written(after, "\r\n" if b"\r\n" in raw else "\n")
    problems += [] if problems or _reads_as(made, after) else [Problem("xlsx.codes-form", {})]
    if problems:
        raise Invalid.of(problems)
    return file_text.mark(raw) + made


def _reads_as(text: str, listing: Listing) -> bool:
    """A code that begins with ``#``, an origin of two lines: what is written must be what was meant."""
    try:
        return _same(parse(text, ""), listing)
    except Invalid:
        return False


def _same(one: Listing, other: Listing) -> bool:
    return [list(row) for row in one.rows] == [list(row) for row in other.rows] and list(
        one.origin
    ) == list(other.origin)


def _read(path: Path) -> Listing:
    return parse(file_text.decode(files.read(path, _MOST), path.name), path.name)
