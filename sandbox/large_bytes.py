"""Files that nobody stores: the bytes of a name and a size are the same for ever, whichever part is asked for.

>>> whole = b"".join(parts("plan.ofd", 200_000))
>>> len(whole), whole[70_000:70_010] == b"".join(parts("plan.ofd", 200_000, 70_000, 70_010))
(200000, True)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

BLOCK = 65536
"""Bytes that are made at a time."""


def parts(name: str, size: int, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The bytes from ``start`` (counted from 0) to before ``stop``, a block at a time."""
    end = size if stop is None else min(stop, size)
    place = start
    while place < end:
        number, into = divmod(place, BLOCK)
        block = _block(name, number)[into : into + end - place]
        yield block
        place += len(block)


def sm3(name: str, size: int) -> str:
    """The digest of the whole, lower-case hexadecimal (GB/T 32905)."""
    digest = hashlib.new("sm3")
    for part in parts(name, size):
        digest.update(part)
    return digest.hexdigest()


def _block(name: str, number: int) -> bytes:
    return hashlib.sha256(f"{name}/{number}".encode()).digest() * (BLOCK // 32)
