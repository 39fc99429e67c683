"""Signatures that were found right are not computed again, for whoever asks for that.

A bundle's certificates vouch for each of its signatures, and each presentation bears its document's: more
than half of what there is to verify has been verified just before. Nothing outlives its block.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_KNOWN: ContextVar[set[bytes] | None] = ContextVar("known", default=None)


@contextmanager
def within() -> Iterator[None]:
    """What is found right within the block is not computed again there."""
    before = _KNOWN.set(set())
    try:
        yield
    finally:
        _KNOWN.reset(before)


def question(suite: str, key: bytes, signature: bytes, data: bytes) -> bytes:
    """One digest for each question; empty where nobody remembers.

    Each part comes with its length, so that no question looks like another one.
    """
    if _KNOWN.get() is None:
        return b""
    parts = (suite.encode(), key, signature, data)
    return hashlib.sha256(b"".join(len(part).to_bytes(8) + part for part in parts)).digest()


def has(asked: bytes) -> bool:
    """Was it answered with yes?"""
    known = _KNOWN.get()
    return known is not None and asked in known


def keep(asked: bytes) -> None:
    """The answer is yes."""
    known = _KNOWN.get()
    if known is not None:
        known.add(asked)
