"""Fixed width, counted in bytes, as banks and old mainframes write it.

In GBK a Chinese character is two bytes. One that is cut by a field's end means that a width is
wrong, or that the sender counted characters: it is told with its line and its field, for what
follows it in the line is shifted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapters import _records_text as texts
from adapters._records_cells import written_rows
from adapters._records_form import Column, Layout, Record, refuse
from exchange.errors import Fact, Fatal, Invalid, Problem
from mappings import encoding as encodings


def read(raw: bytes, layout: Layout, encoding: str) -> list[Record]:
    """All records, or ``Invalid`` with all that is wrong. Blanks around a value are filling.

    >>> layout = Layout.of({"columns": [{"name": "no", "width": 3}, {"name": "xm", "width": 6}]})
    >>> read("007张三  \\n".encode("gbk"), layout, "gbk")
    [{'no': '007', 'xm': '张三'}]
    """
    _require_widths(layout)
    problems: list[Problem] = []
    found: list[Record] = []
    every = list(enumerate(texts.lines(raw), 1))[layout.skip :]
    for number, line in every[: len(every) - layout.skip_last]:
        if line.strip():
            wrong = list(_problems(line, layout, encoding, number))
            problems += wrong
            found += [] if wrong else [dict(_values(line, layout, encoding))]
    refuse(problems)
    return found


def written(records: Iterable[Mapping[str, Any]], layout: Layout, encoding: str) -> bytes:
    """The file, with CRLF. ``Invalid`` for what does not fit, in bytes, all at once.

    >>> told = {"name": "n", "width": 4, "align": "right", "fill": "0"}
    >>> written([{"n": 7}], Layout.of({"columns": [told]}), "gbk")
    b'0007\\r\\n'
    """
    _require_widths(layout)
    rows = written_rows(records, layout, encoding)
    made = [[encodings.encode(value, encoding) for value in row] for row in rows]
    refuse(problem for line, row in enumerate(made, 1) for problem in _too_long(line, row, layout))
    return b"".join(b"".join(map(_filled, row, layout.columns)) + b"\r\n" for row in made)


def _filled(value: bytes, column: Column) -> bytes:
    """A sign stands before the zeros: ``0000-7`` is no number to anybody."""
    if column.align == "left":
        return value.ljust(column.width)
    sign = value[:1] if value[:1] in (b"-", b"+") and column.fill == "0" else b""
    return sign + value[len(sign) :].rjust(column.width - len(sign), column.fill.encode())


def _too_long(line: int, row: list[bytes], layout: Layout) -> Iterator[Problem]:
    for value, column in zip(row, layout.columns, strict=True):
        place: dict[str, Fact] = {"line": line, "column": column.name}
        if len(value) > column.width:
            more = {"bytes": len(value), "width": column.width}
            yield Problem("records.too-long", {**place, **more})
        if b"\n" in value or b"\r" in value:
            yield Problem("records.line-break", place)


def _fields(line: bytes, layout: Layout) -> Iterator[tuple[Column, bytes]]:
    at = 0
    for column in layout.columns:
        yield column, line[at : at + column.width]
        at += column.width


def _values(line: bytes, layout: Layout, encoding: str) -> Iterator[tuple[str, str]]:
    for column, value in _fields(line, layout):
        yield column.name, encodings.decode(value, encoding).strip(" ")


def _problems(line: bytes, layout: Layout, encoding: str, number: int) -> Iterator[Problem]:
    expected = sum(column.width for column in layout.columns)
    if len(line) != expected:
        facts = {"line": number, "bytes": len(line), "expected": expected}
        yield Problem("records.line-length", facts)
    at = 0
    for column, value in _fields(line, layout):
        try:
            encodings.decode(value, encoding)
        except Invalid as error:
            if error.code != "mapping.cannot-decode":
                raise
            byte = at + int(error.facts["offset"]) + 1
            place: dict[str, Fact] = {"line": number, "column": column.name, "byte": byte}
            yield Problem("records.cut-character", {**place, "encoding": encoding[:20]})
            return  # what follows is shifted
        at += column.width


def _require_widths(layout: Layout) -> None:
    if not layout.columns or not all(column.width for column in layout.columns):
        raise Fatal("records.no-widths")
