"""Fixed-width files: bytes and not characters are counted, and nothing is cut or guessed."""

from __future__ import annotations

import pytest

from exchange.errors import Invalid
from zhida import finance_layout
from zhida.finance_layout import BOOKS, EVENTS

HEAD, ROW, END = EVENTS
VALUES = {
    "seq": 7,
    "event": "delivered",
    "loan": "FK1",
    "on": 20260110,
    "at": "2026-01-10T02:00:00.000000Z",
    "title": "已交货",
    "id": "FE-1",
    "signed_sha256": "ab" * 32,
}


def file() -> bytes:
    head = {"form": "ZHIDA1", "kind": "EVENTS", "bank": "bank-a", "day": 20260110}
    head |= {"count": 1, "first": 7, "last": 7}
    lines = [finance_layout.written(HEAD, head), finance_layout.written(ROW, VALUES)]
    return finance_layout.closed(lines, END, {"count": 1, "sum": 7})


def test_a_line_is_as_long_as_its_columns_in_bytes() -> None:
    for line in {each.mark: each for each in (*EVENTS, *BOOKS)}.values():
        assert len(line.mark) == 1
    line = finance_layout.written(ROW, VALUES)
    assert (len(line), line[:11], line[-1:]) == (ROW.width + 1, b"D0000000007", b"\n")
    assert "已交货".encode("gbk") + b" " * 154 in line


def test_what_was_written_is_read() -> None:
    [_, (mark, values), (_, end)] = finance_layout.read(file(), EVENTS)
    assert (mark, values) == ("D", VALUES)
    assert (end["count"], end["sum"]) == (1, 7)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("title", "示例🏭", "finance.file-charset"),
        ("title", "长" * 81, "finance.file-width"),
        ("seq", 10**10, "finance.file-width"),
    ],
)
def test_what_does_not_fit_is_named_and_not_cut(column: str, value: str | int, code: str) -> None:
    with pytest.raises(Invalid) as error:
        finance_layout.written(ROW, VALUES | {column: value})
    assert (error.value.code, error.value.facts["column"]) == (code, column)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda raw: raw[:-1], 1),
        (lambda raw: raw.replace(b"\n", b"\r\n"), 1),
        (lambda raw: raw.replace(b"D0000000007", b"D00000000 7"), 2),
        (lambda raw: raw.replace(b"D0000000007", b"D0000000008"), 3),
        (lambda raw: raw.replace("已".encode("gbk"), b"\xff\xff"), 2),
        (lambda raw: raw.replace(b"\nD", b"\nX"), 2),
        (lambda raw: b"", 1),
    ],
)
def test_a_file_that_was_changed_on_its_way_is_none(change: object, line: int) -> None:
    with pytest.raises(Invalid) as error:
        finance_layout.read(change(file()), EVENTS)  # type: ignore[operator]
    assert (error.value.code, error.value.facts["line"]) == ("finance.file-form", line)
