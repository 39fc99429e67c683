"""A signed list as a file: one form, read back row by row, and nothing else is one."""

from __future__ import annotations

import pytest

from crypto import base64url
from exchange import dataset_file
from exchange.dataset_leaf import Salted, salt
from exchange.errors import Invalid

ROWS = [{"uscc": "甲", "paid": 1}, {"uscc": "乙"}]


def made() -> tuple[bytes, list[Salted]]:
    rows = salt(ROWS)
    return b"".join(dataset_file.written("a.b.c~", rows)), rows


def test_what_is_written_is_read() -> None:
    raw, rows = made()
    assert dataset_file.head(raw) == "a.b.c~"
    assert list(dataset_file.rows(raw)) == rows


def test_a_list_of_nobody_is_a_list() -> None:
    assert list(dataset_file.rows(b"".join(dataset_file.written("x", [])))) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw[:-1],
        lambda raw: raw[:-9],
        lambda raw: raw + b"{}\n",
        lambda raw: raw + b"\n",
        lambda raw: raw.replace(b'{"row"', b'{ "row"', 1),
        lambda raw: raw.replace(b'"paid":1', b'"paid":1.0'),
        lambda raw: raw.replace(b'"salt":"', b'"salt":"AA'),
    ],
)
def test_another_form_is_refused_with_its_line(change) -> None:
    raw, _ = made()
    with pytest.raises(Invalid, match=r"dataset\.list-form"):
        list(dataset_file.rows(change(raw)))


@pytest.mark.parametrize("raw", [b"", b"x", b'{"format":"zhida-row","head":"x","version":1}\n'])
def test_what_has_no_head_is_no_list(raw: bytes) -> None:
    with pytest.raises(Invalid, match=r"dataset\.list-form"):
        dataset_file.head(raw)


def test_the_salt_is_the_row_s_own() -> None:
    raw, rows = made()
    assert base64url.encode(rows[0].salt).encode() in raw
