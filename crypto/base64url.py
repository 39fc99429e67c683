"""base64url without padding (RFC 7515 section 2), in its one canonical form."""

from __future__ import annotations

import base64
import binascii
import re

from crypto.errors import Malformed

_ALPHABET = re.compile(rb"[A-Za-z0-9_-]*")


def encode(data: bytes) -> str:
    """Text of ``data``.

    >>> encode(b"\\xfb\\xff")
    '-_8'
    """
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Bytes of ``text``; padding, line ends, other alphabets and stray bits are refused.

    >>> decode("-_8")
    b'\\xfb\\xff'
    """
    try:
        raw = text.encode("ascii")
        data = base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
    except (UnicodeEncodeError, binascii.Error):
        raise _wrong() from None
    # The last character may carry unused bits: only the form that we would write is accepted.
    if not _ALPHABET.fullmatch(raw) or encode(data) != text:
        raise _wrong()
    return data


def decode_exactly(text: object, size: int) -> bytes:
    """So many bytes, of what may be no text at all: a foreign file's member. ``Malformed`` otherwise.

    >>> decode_exactly("-_8", 2)
    b'\\xfb\\xff'
    """
    found = decode(text) if isinstance(text, str) else b""
    if len(found) != size:
        raise Malformed("crypto.base64url", f"not {size} bytes")
    return found


def _wrong() -> Malformed:
    return Malformed("crypto.base64url", "not canonical base64url without padding")
