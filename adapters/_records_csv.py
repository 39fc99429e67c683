"""CSV (RFC 4180 and its relatives): with a header or by position, quoted or not."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
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
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
"""With its end; U+2028 and the like are none."""


def read(raw: bytes, layout: Layout, encoding: str) -> list[Record]:
    """All records, or ``Invalid`` with all that is wrong. Lines without any value are left out.

    >>> read("编号,姓名\\n01,张小直\\n".encode("gb18030"), Layout(), "gbk")
    [{'编号': '01', '姓名': '张小直'}]
    """
    return list(each(raw, layout, encoding))


def each(raw: bytes, layout: Layout, encoding: str) -> Iterator[Record]:
    """The same records one by one, for lists of millions.

    What is wrong with the file is told after them: who takes them keeps none until the end.

    >>> list(each("编号,姓名\\n01,张小直\\n".encode("gb18030"), Layout(), "gbk"))
    [{'编号': '01', '姓名': '张小直'}]
    """
    rows = _rows(texts.text(raw, encoding), layout)
    names, problems = _names(rows, layout), list[Problem]()
    for line, record in named((row for row in rows if any(row[1])), names, problems):
        problems += headers.damage(line, record, layout)
        if not problems:
            yield record
    refuse(sorted(problems, key=lambda problem: int(problem.facts["line"])))


def _names(rows: Iterator[Row], layout: Layout) -> list[str]:
    """Of the columns, as declared or from the first row, which is taken away then."""
    if not layout.header:
        return list(layout.names)
    line, values = next(rows, (0, None))
    if values is None:
        raise Invalid("records.no-header", line=layout.skip + 1)
    return headers.header(values, layout, line)


def _rows(text: str, layout: Layout) -> Iterator[Row]:
    """Without what is to be skipped at the beginning and at the end."""
    held: deque[Row] = deque()
    for row in islice(_lines(text, layout), layout.skip, None):
        held.append(row)
        if len(held) > layout.skip_last:
            yield held.popleft()


def _lines(text: str, layout: Layout) -> Iterator[Row]:
    options: Any = {"quotechar": layout.quote} if layout.quote else {"quoting": csv.QUOTE_NONE}
    source = (found[0] for found in _LINE.finditer(text))  # StringIO takes four bytes a character
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
