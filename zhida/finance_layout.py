"""The fixed-width files for banks: one table of columns, by which they are written, read and described.

GBK, one line feed after each line, widths in bytes. The first byte of a line says which line it is. Text (X) stands
left and is filled up with spaces, a number (9) stands right and is filled up with zeros. A character that GBK lacks and
a value that is too long are errors, never cut.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from exchange.errors import Invalid

TEXT, NUMBER = "X", "9"
CHARSET = "gbk"
Value = str | int


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a line."""

    name: str
    form: str
    """``X`` or ``9``."""
    width: int
    """Bytes."""
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of line; ``mark`` is its first byte."""

    mark: str
    title: str
    columns: tuple[Column, ...]

    @property
    def width(self) -> int:
        """Bytes without the line feed."""
        return len(self.mark) + sum(each.width for each in self.columns)


def _head(kind: str) -> Line:
    columns = (
        Column("form", TEXT, 8, "版式", "ZHIDA1"),
        Column("kind", TEXT, 8, "文件种类", kind),
        Column("bank", TEXT, 64, "银行", "本行在中枢的单位标识"),
        Column("day", NUMBER, 8, "日期", "YYYYMMDD，北京时间"),
        Column("count", NUMBER, 10, "明细行数"),
        Column("first", NUMBER, 10, "首个事件编号", "没有事件为 0"),
        Column("last", NUMBER, 10, "末个事件编号", "没有事件为 0"),
    )
    return Line("H", "头", columns)


_SEQ = Column("seq", NUMBER, 10, "事件编号")
_EVENT = Column("event", TEXT, 40, "事件代码")
_LOAN = Column("loan", TEXT, 64, "放款编号")
_COUNT = Column("count", NUMBER, 10, "明细行数")
_AMOUNT = Column("amount_fen", NUMBER, 16, "金额（分）", "没有金额为 0")
_DIGEST = Column("sha256", TEXT, 64, "本文件摘要", "尾行之前所有字节的 SHA-256，小写十六进制")
EVENTS = (
    _head("EVENTS"),
    Line(
        "D",
        "一个事件",
        (
            _SEQ,
            _EVENT,
            _LOAN,
            Column("on", NUMBER, 8, "日期", "YYYYMMDD"),
            Column("at", TEXT, 27, "发现时间", "RFC 3339，UTC"),
            Column("title", TEXT, 160, "名称"),
            Column("id", TEXT, 64, "事件标识"),
            Column(
                "signed_sha256",
                TEXT,
                64,
                "签名文件的摘要",
                "同名 .jsonl 中这一行 signed 的 SHA-256",
            ),
        ),
    ),
    Line("T", "尾", (_COUNT, Column("sum", NUMBER, 20, "编号合计", "各事件编号之和"), _DIGEST)),
)
BOOKS = (
    _head("BOOKS"),
    Line(
        "R",
        "计了次数的申请、读取",
        (
            Column("act", TEXT, 8, "做什么", "request 或 read"),
            Column(
                "id",
                TEXT,
                200,
                "编号",
                "Idempotency-Key，没有写的是 X-Request-Id；写不下的写其 SHA-256",
            ),
        ),
    ),
    Line(
        "L",
        "放款",
        (
            _LOAN,
            _AMOUNT,
            Column("paid_out_on", NUMBER, 8, "放款日期", "YYYYMMDD"),
            Column("due_on", NUMBER, 8, "到期日期", "YYYYMMDD"),
        ),
    ),
    Line(
        "M",
        "收下的贷后告知",
        (
            _LOAN,
            Column("number", TEXT, 64, "告知编号"),
            _EVENT,
            Column("on", NUMBER, 8, "日期", "YYYYMMDD"),
            _AMOUNT,
        ),
    ),
    Line("E", "贷后事件", (_SEQ, _EVENT, _LOAN)),
    Line(
        "T",
        "尾",
        (
            _COUNT,
            Column("paid_out_fen", NUMBER, 18, "放款合计（分）"),
            Column("repaid_fen", NUMBER, 18, "归还合计（分）"),
            Column("credited_fen", NUMBER, 18, "到账合计（分）"),
            Column(
                "books_sha256",
                TEXT,
                64,
                "账目摘要",
                "与 GET /finance/reconciliation 的 digests.all 相同",
            ),
            _DIGEST,
        ),
    ),
)


def written(line: Line, values: Mapping[str, Value]) -> bytes:
    """One line with its line feed. ``Invalid``: ``finance.file-charset``, ``finance.file-width`` (name of the column).

    >>> written(EVENTS[2], {"count": 2, "sum": 3, "sha256": "ab"})[:31]
    b'T000000000200000000000000000003'
    """
    fields = [_field(each, values[each.name]) for each in line.columns]
    return b"".join([line.mark.encode(), *fields, b"\n"])


def _field(column: Column, value: Value) -> bytes:
    try:
        told = str(value).encode(CHARSET)
    except UnicodeEncodeError:
        raise Invalid("finance.file-charset", column=column.name) from None
    if len(told) > column.width:
        raise Invalid("finance.file-width", column=column.name, width=column.width)
    return told.rjust(column.width, b"0") if column.form == NUMBER else told.ljust(column.width)


def closed(lines: Iterable[bytes], last: Line, values: Mapping[str, Value]) -> bytes:
    """The whole file: its lines, and the last one with their digest."""
    body = b"".join(lines)
    return body + written(last, {**values, "sha256": hashlib.sha256(body).hexdigest()})


def day(told: str) -> int:
    """A day as files have it.

    >>> day("2026-01-10")
    20260110
    """
    return int(told.replace("-", "")[:8])


def read(content: bytes, form: tuple[Line, ...]) -> list[tuple[str, dict[str, Value]]]:
    """Mark and values of each line. ``Invalid finance.file-form`` with the number of the first line that is none."""
    found = [_read(number, raw, _by_mark(form)) for number, raw in enumerate(_lines(content), 1)]
    body = content[: content.rfind(b"\n", 0, -1) + 1]
    if not found or found[-1][1].get("sha256") != hashlib.sha256(body).hexdigest():
        raise Invalid("finance.file-form", line=len(found))
    return found


@cache
def _by_mark(form: tuple[Line, ...]) -> Mapping[bytes, Line]:
    return {each.mark.encode(): each for each in form}


def _lines(content: bytes) -> list[bytes]:
    return content.split(b"\n")[:-1] if content.endswith(b"\n") else [content]


def _read(number: int, raw: bytes, known: Mapping[bytes, Line]) -> tuple[str, dict[str, Value]]:
    line, place, values = known.get(raw[:1]), 1, {}
    if line is None or len(raw) != line.width:
        raise Invalid("finance.file-form", line=number)
    for each in line.columns:
        values[each.name] = _value(number, each, raw[place : place + each.width])
        place += each.width
    return line.mark, values


def _value(number: int, column: Column, raw: bytes) -> Value:
    if column.form == NUMBER and raw.isdigit():
        return int(raw)
    try:
        if column.form == TEXT:
            return raw.decode(CHARSET).rstrip(" ")
    except UnicodeDecodeError:
        pass
    raise Invalid("finance.file-form", line=number)
