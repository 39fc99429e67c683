"""Does a part of a workbook declare something of its own? Looked for before any parser acts on it.

A DOCTYPE may stand behind a comment of any length, so the whole part is read, a piece at a time.
"""

from __future__ import annotations

import re
from typing import IO

_PIECE = 1_000_000
_OVERLAP = 64
_SIGN = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(
    rb"<\?xml[^>]*\sencoding\s*=\s*[\"'](?!utf-8|utf-16|us-ascii)", re.IGNORECASE
)
_EBCDIC = b"\x4c\x6f\xa7\x94"
"""``<?xm``: what such a text declares nobody sees by looking for ASCII."""


def declares(part: IO[bytes]) -> bool:
    """True for a DOCTYPE or an entity, in UTF-16 too, and for an encoding that would hide one.

    >>> import io
    >>> [declares(io.BytesIO(each)) for each in (b"<a/>", b"<!DOCTYPE a><a/>")]
    [False, True]
    """
    piece = part.read(_PIECE)
    before = piece[:0]
    if piece.startswith(_EBCDIC) or _ENCODING.match(_plain(piece[:400])):
        return True
    while piece:
        if _SIGN.search(_plain(before + piece)):
            return True
        before, piece = piece[-_OVERLAP:], part.read(_PIECE)
    return False


def _plain(data: bytes) -> bytes:
    """Without what UTF-16 and byte order marks put between and before ASCII."""
    return data.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
