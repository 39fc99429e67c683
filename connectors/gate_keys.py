"""Keys of what comes through a gate: none of them holds a file's name, for it may name a person."""

from __future__ import annotations

import hashlib

from connectors.gate_letterbox import Message


def key_of(sequence: int, message: Message) -> str:
    """The same message again has the same key; one that is not whole, or with other files, another."""
    if message.files is not None and message.manifest is not None:
        return f"message:{sequence}:{message.manifest.digest[:16]}"
    return f"damaged:{sequence}:{mark_of(' '.join(sorted(message.names)))}"


def gap_of(key: str) -> tuple[int, int]:
    """First and last missing number, out of the key of a gap.

    >>> gap_of("gap:3-5")
    (3, 5)
    """
    first, _, last = key.removeprefix("gap:").partition("-")
    return int(first), int(last)


def mark_of(name: str) -> str:
    """A file's name may name a person: this is told instead."""
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:16]
