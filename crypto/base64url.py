"""base64url without padding (RFC 7515 section 2), in its one canonical form."""

from __future__ import annotations

import base64
import binascii
import string

from crypto.errors import Malformed

_STANDARD = bytes.maketrans(b"-_+/=", b"+/!!!")
"""To the alphabet that the library reads strictly; what belongs to that one only becomes what is in none."""
_ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
_EVERY = frozenset(each.encode() for each in _ALPHABET)
_LAST = (
    _EVERY | {b""},
    frozenset[bytes](),
    frozenset(each.encode() for each in _ALPHABET[::16]),
    frozenset(each.encode() for each in _ALPHABET[::4]),
)
"""Which characters may stand last, by the length modulo four: 6 bits each, and whole bytes in all."""
_PADDING = (b"", b"", b"==", b"=")


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
        raw = text.encode("ascii").translate(_STANDARD)
        # The last character may carry unused bits: only the form that we would write is accepted.
        if raw[-1:] not in _LAST[len(raw) % 4]:
            raise _wrong()
        return binascii.a2b_base64(raw + _PADDING[len(raw) % 4], strict_mode=True)
    except (UnicodeEncodeError, binascii.Error):
        raise _wrong() from None


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
