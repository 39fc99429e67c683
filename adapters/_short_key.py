"""Our effect key as a number that is shorter than it: some systems keep 26 to 31 characters."""

from __future__ import annotations

import base64

LONG, SHORT = 32, 26
"""Hexadecimal digits of a key; letters and digits of the same in base 32 (RFC 4648)."""
_PADDING = "=" * 6


def shortened(effect_key: str) -> str:
    """The key in 26 characters.

    >>> shortened("00ff" * 8)
    'AD7QB7YA74AP6AH7AD7QB7YA74'
    """
    return base64.b32encode(bytes.fromhex(effect_key)).decode().rstrip("=")


def whole(number: str) -> str:
    """The reverse; a stranger's number, which is no key of ours, stays as it is.

    >>> whole("AD7QB7YA74AP6AH7AD7QB7YA74"), whole("20260105000001")
    ('00ff00ff00ff00ff00ff00ff00ff00ff', '20260105000001')
    """
    try:
        found = base64.b32decode(number + _PADDING).hex()
    except ValueError:
        return number
    return found if len(found) == LONG else number
