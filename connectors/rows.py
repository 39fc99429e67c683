"""Cut a file into rows without decoding it: the bytes of each row stay as they came.

Safe in every encoding in which the bytes of line feed, carriage return and quotation mark stand
for nothing else: UTF-8, and GB 18030, whose second bytes begin at 0x30 and leave those three out.
(Cutting decoded text at "line ends" would also cut at U+0085 and U+2028.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

Split = Literal["whole", "lines", "csv"]


def cut(raw: bytes, split: Split) -> tuple[bytes, list[bytes]]:
    """The header (of ``csv``, else empty) and the rows; blank ones are left out.

    >>> cut(b'a,b\\n1,"x\\ny"\\n\\n2,z', "csv")
    (b'a,b\\n', [b'1,"x\\ny"\\n', b'2,z'])
    """
    if split == "whole":
        return b"", [raw]
    cuts = _records(raw) if split == "csv" else iter(raw.splitlines(keepends=True))
    rows = [row for row in cuts if row.strip()]
    return (rows[0], rows[1:]) if split == "csv" and rows else (b"", rows)


def _records(raw: bytes) -> Iterator[bytes]:
    """Lines, joined while a quotation is open (RFC 4180, 2.6)."""
    held: list[bytes] = []
    quoted = False
    for line in raw.splitlines(keepends=True):
        held.append(line)
        quoted ^= line.count(b'"') % 2 == 1
        if not quoted:
            yield b"".join(held)
            held = []
    if held:
        yield b"".join(held)
