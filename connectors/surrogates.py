"""Rare characters as old Java writes them: one character as two references that XML forbids.

Axis 1.4, among others, writes U+2C029 as ``&#xD870;&#xDC29;``, the halves of its UTF-16 form. No
parser takes that (XML 1.0, 2.2), and yet it means one thing only. It strikes exactly the people
with a rare character in their name.
"""

from __future__ import annotations

import re

_PAIR = re.compile(
    rb"&#(?:x(d[89ab][0-9a-f]{2})|(5[5-6][0-9]{3}));&#(?:x(d[c-f][0-9a-f]{2})|(5[6-7][0-9]{3}));",
    re.IGNORECASE,
)


def paired(raw: bytes) -> bytes:
    """Each pair of halves as one reference; all else, lone halves too, unchanged.

    >>> paired(b"<a>&#xD870;&#xDC29;&#55408;&#56361;&#xDC29;</a>")
    b'<a>&#x2C029;&#x2C029;&#xDC29;</a>'
    """
    return _PAIR.sub(_joined, raw) if b"&#" in raw else raw


def _joined(found: re.Match[bytes]) -> bytes:
    high_hex, high_decimal, low_hex, low_decimal = found.groups()
    high = int(high_hex, 16) if high_hex else int(high_decimal)
    low = int(low_hex, 16) if low_hex else int(low_decimal)
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return found[0]
    return b"&#x%X;" % (0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
