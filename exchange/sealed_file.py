"""How a large file lies on the hub's disk: a head, then chunks, each sealed for itself.

::

    12 bytes  ``zhida-file-1``
    4 bytes   n, big-endian
    n bytes   the head, sealed in the retention bucket: the file's own key, and what its source said
    then      chunk after chunk: ``CHUNK`` bytes of the file (the last one: the rest) as
              ``crypto.seal`` seals them, with the file's tag and the chunk's number

A chunk that was moved, or that belongs to another file, does not open. How many there must be
follows from the file's size, which the tag is bound to; so one that was cut is noticed too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import BinaryIO

from crypto import seal
from crypto.errors import CryptoError
from exchange.errors import Fatal
from exchange.vault import Vault, bucket_of

CHUNK = 1 << 20
"""Bytes of the file in a chunk: what a ``kill -9`` loses at most, and what a reader holds."""
_MAGIC = b"zhida-file-1"
_MORE = 30
"""Bytes that sealing adds."""
_MOST = 4096


@dataclass(frozen=True, slots=True)
class Head:
    """What opens the chunks. ``tag`` names the file; ``mark`` is what its source said of itself."""

    tag: str
    mark: str
    size: int
    """Bytes of the head on the disk."""
    cipher: str
    key: bytes = field(repr=False)

    def sealed(self, number: int, chunk: bytes) -> bytes:
        """A chunk as it lies on the disk."""
        return seal.seal(self.key, chunk, _place(self.tag, number), self.cipher)

    def opened(self, number: int, sealed: bytes) -> bytes:
        """The reverse. ``Fatal`` for one that is not this file's chunk of this number."""
        try:
            return seal.unseal(self.key, sealed, _place(self.tag, number))
        except CryptoError:
            raise Fatal("file.broken", chunk=number) from None

    def place(self, number: int) -> int:
        """Where a chunk begins on the disk."""
        return self.size + number * (CHUNK + _MORE)


def length(number: int, size: int) -> int:
    """Bytes on the disk of a chunk of a file of ``size`` bytes; 0 where there is none.

    >>> length(0, 5), length(0, CHUNK), length(1, CHUNK)
    (35, 1048606, 0)
    """
    there = min(CHUNK, size - number * CHUNK)
    return there + _MORE if there > 0 else 0


def new(vault: Vault, bucket: str, tag: str, mark: str) -> tuple[bytes, Head]:
    """A head with a key of its own, as bytes for the disk too."""
    key = seal.new_key(vault.cipher)
    told = json.dumps({"key": key.hex(), "mark": mark}).encode()
    blob = vault.seal(bucket, told, about=_about(tag))
    data = _MAGIC + len(blob).to_bytes(4) + blob
    return data, Head(tag, mark, len(data), vault.cipher, key)


def head(vault: Vault, file: BinaryIO, tag: str) -> Head:
    """The head at the beginning. ``Fatal``: the bucket's key is gone, or it is no head of this file."""
    start = file.read(len(_MAGIC) + 4)
    size = int.from_bytes(start[len(_MAGIC) :])
    if start[: len(_MAGIC)] != _MAGIC or not 0 < size <= _MOST:
        raise Fatal("file.broken", chunk=-1)
    blob = file.read(size)
    if len(blob) != size:
        raise Fatal("file.broken", chunk=-1)
    told = json.loads(vault.unseal(blob, about=_about(tag)))
    return Head(tag, told["mark"], len(start) + size, vault.cipher, bytes.fromhex(told["key"]))


def is_erased(vault: Vault, file: BinaryIO) -> bool:
    """Does its head name a bucket whose key is not there?"""
    bucket = bucket_in(file)
    return bool(bucket) and not vault.has(bucket)


def bucket_in(file: BinaryIO) -> str:
    """The bucket that the head at the beginning names; empty for what is no head."""
    start = file.read(len(_MAGIC) + 4)
    blob = file.read(min(int.from_bytes(start[len(_MAGIC) :]), _MOST))
    try:
        return bucket_of(blob) if start[: len(_MAGIC)] == _MAGIC else ""
    except Fatal:
        return ""


def _about(tag: str) -> str:
    return f"file/{tag}"


def _place(tag: str, number: int) -> bytes:
    return f"file/{tag}/{number}".encode()
