"""Ranges as RFC 9110 has them, against slicing; chunks that make up exactly the part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.byte_range import Part, asked, spans
from exchange.errors import Rejected

SIZES = st.integers(1, 50)
NUMBERS = st.integers(0, 60)


@given(SIZES, NUMBERS, st.none() | NUMBERS)
def test_first_and_last_as_slicing_has_it(size: int, first: int, last: int | None) -> None:
    header = f"bytes={first}-{'' if last is None else last}"
    data = bytes(range(size))
    if last is not None and last < first:
        assert asked(header, size) is None
        return
    wanted = data[first:] if last is None else data[first : last + 1]
    if not wanted:
        with pytest.raises(Rejected, match=r"file\.range"):
            asked(header, size)
        return
    part = asked(header, size)
    assert part is not None
    assert data[part.start : part.stop] == wanted
    assert part.size == len(wanted)


@given(SIZES, NUMBERS)
def test_the_last_so_many(size: int, many: int) -> None:
    if many == 0:
        with pytest.raises(Rejected, match=r"file\.range"):
            asked("bytes=-0", size)
        return
    part = asked(f"bytes=-{many}", size)
    assert part == Part(max(0, size - many), size)


@pytest.mark.parametrize(
    "header",
    [
        "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1", "bytes=0-1,3-4", "items=0-1", "bytes=1-0",
        "bytes=--1", "bytes=+1-2", "bytes=１-2", "bytes= 0-1", "bytes=0-1;", "bytes=0x1-2", "Bytes=0-1",
        "bytes=" + "9" * 400 + "-",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_the_whole(header: str) -> None:
    assert asked(header, 10) is None


@given(st.integers(0, 200), st.integers(0, 60), st.integers(1, 17))
def test_the_chunks_make_up_the_part(start: int, size: int, chunk: int) -> None:
    data = bytes((i * 7) % 251 for i in range(300))
    chunks = [data[i : i + chunk] for i in range(0, len(data), chunk)]
    part = Part(start, start + size)
    found = list(spans(part, chunk))
    assert b"".join(chunks[n][low:high] for n, low, high in found) == data[start : start + size]
    assert all(0 <= low < high <= chunk for _, low, high in found)
    assert [n for n, _, _ in found] == sorted({n for n, _, _ in found})
