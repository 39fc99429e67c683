"""CSV (RFC 4180 and its relatives): with a header or by position, quoted or not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from adapters import _records_header as headers
from adapters import _records_text as texts
from adapters._records_cells import written_rows
from adapters._records_form import Layout, Record, named, refuse
from exchange.errors import Invalid, Problem
from mappings import encoding as encodings

Row = tuple[int, list[str]]
"""The number of its last line, and the values."""


def read(raw: bytes, layout: Layout, encoding: str) -> list[Record]:
    """All records, or ``Invalid`` with all that is wrong. Lines without any value are left out.

    >>> read("编号,姓名\\n01,张小直\\n".encode("gb18030"), Layout(), "gbk")
    [{'编号': '01', '姓名': '张小直'}]
    """
    rows = _rows(texts.text(raw, encoding), layout)[layout.skip :]
    rows = rows[: len(rows) - layout.skip_last]
    names = list(layout.names)
    if layout.header:
        if not rows:
            raise Invalid("records.no-header", line=layout.skip + 1)
        names, rows = headers.header(rows[0][1], layout, rows[0][0]), rows[1:]
    problems: list[Problem] = []
    found = list(named(((n, row) for n, row in rows if any(row)), names, problems))
    for line, record in found:
        problems += headers.damage(line, record, layout)
    refuse(sorted(problems, key=lambda problem: int(problem.facts["line"])))
    return [record for _, record in found]


def each(raw: bytes, layout: Layout, encoding: str) -> Iterator[Record]:
    """The same records one by one, for lists of millions: read twice, first to find what is wrong.

    >>> list(each("编号,姓名\\n01,张小直\\n".encode("gb18030"), Layout(), "gbk"))
    [{'编号': '01', '姓名': '张小直'}]
    """
    text = texts.text(raw, encoding)
    names, first, end = _checked(text, layout)
    for _, row in islice(_lines(text, layout), first, end):
        if any(row):
            yield dict(zip(names, row, strict=True))


def _checked(text: str, layout: Layout) -> tuple[list[str], int, int]:
    """Names of the columns, and which lines are records. ``Invalid`` with all that is wrong."""
    end = sum(1 for _ in _lines(text, layout)) - layout.skip_last
    first, names = layout.skip, list(layout.names)
    if layout.header:
        head = next(islice(_lines(text, layout), first, max(first, end)), None)
        if head is None:
            raise Invalid("records.no-header", line=first + 1)
        first, names = first + 1, headers.header(head[1], layout, head[0])
    problems: list[Problem] = []
    rows = (row for row in islice(_lines(text, layout), first, max(first, end)) if any(row[1]))
    for line, record in named(rows, names, problems):
        problems += headers.damage(line, record, layout)
    refuse(sorted(problems, key=lambda problem: int(problem.facts["line"])))
    return names, first, max(first, end)


def _rows(text: str, layout: Layout) -> list[Row]:
    return list(_lines(text, layout))


def _lines(text: str, layout: Layout) -> Iterator[Row]:
    options: Any = {"quotechar": layout.quote} if layout.quote else {"quoting": csv.QUOTE_NONE}
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=layout.delimiter, strict=True, **options)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        reason = "length" if "limit" in str(error) else "quotation"
        raise Invalid("records.quotation", line=reader.line_num, reason=reason) from None


def written(records: Iterable[Mapping[str, Any]], layout: Layout, encoding: str) -> bytes:
    """The file, with CRLF. ``Invalid`` for what has no place in it, all at once.

    >>> written([{"a": "1,5", "b": 7}], Layout.of({"columns": [{"name": "a"}, {"name": "b"}]}), "utf-8")
    b'a,b\\r\\n"1,5",7\\r\\n'
    """
    rows = written_rows(records, layout, encoding)
    if not layout.quote:
        refuse(_unquotable(rows, layout))
    out = io.StringIO()
    options: Any = {"quotechar": layout.quote} if layout.quote else {"quoting": csv.QUOTE_NONE}
    writer = csv.writer(out, delimiter=layout.delimiter, lineterminator="\r\n", **options)
    if layout.header:
        writer.writerow(layout.names)
    writer.writerows(rows)
    bom = b"\xef\xbb\xbf" if layout.bom and encodings.codec(encoding) == "utf-8" else b""
    return bom + encodings.encode(out.getvalue(), encoding)


def _unquotable(rows: Sequence[Sequence[str]], layout: Layout) -> Iterable[Problem]:
    for line, row in enumerate(rows, 1):
        for name, value in zip(layout.names, row, strict=True):
            if not {layout.delimiter, "\r", "\n"}.isdisjoint(value):
                yield Problem("records.unquotable", {"line": line, "column": name})
