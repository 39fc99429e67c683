"""One row of a dataset: canonical JSON under a salt of its own; and the parts in which rows are kept.

The salt (128 bits) keeps what a neighbour's hash gives away at nothing: who holds the proof of one
row can't try out what the others may say.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from crypto import merkle
from crypto.merkle import Digest
from exchange import canonical, canonical_rows
from exchange.errors import Fatal
from exchange.ports import Record

SALT_SIZE = 16
PART_SIZE = 4096
"""Rows of a part: a power of two, so that each complete part is a subtree of the whole."""
_LENGTH = 4
_HEAD = SALT_SIZE + _LENGTH


class Salted(NamedTuple):
    """One row as it is hashed."""

    salt: bytes
    body: bytes
    """Canonical JSON of the record."""

    def leaf(self, digest: Digest) -> bytes:
        """Its leaf hash: RFC 6962 over salt ‖ body; the salt has a fixed length."""
        return merkle.leaf_hash(digest, self.salt + self.body)

    @property
    def record(self) -> Record:
        """The row."""
        told: Record = canonical.loads(self.body)
        return told


def salt(rows: Sequence[Record], random: Callable[[int], bytes] = os.urandom) -> list[Salted]:
    """The rows with fresh salts. ``Invalid`` for a value that has no exact form."""
    bodies = canonical_rows.bodies(rows)
    salts = random(SALT_SIZE * len(bodies))
    cut = [salts[at : at + SALT_SIZE] for at in range(0, len(salts), SALT_SIZE)]
    return [*map(Salted, cut, bodies)]


def leaves(digest: Digest, rows: Iterable[Salted]) -> list[bytes]:
    """``Salted.leaf`` of each: written out, because it is run once for every row.

    >>> rows = salt([{"a": 1}, {"a": 2}])
    >>> leaves(len, rows) == [row.leaf(len) for row in rows]
    True
    """
    return [digest(b"\x00" + salt + body) for salt, body in rows]


def pack(rows: Iterable[Salted]) -> bytes:
    """One part as bytes: of each row salt, length (4 bytes, big-endian), body.

    >>> unpack(pack([Salted(b"s" * 16, b"{}")]))
    [Salted(salt=b'ssssssssssssssss', body=b'{}')]
    """
    return b"".join([salt + len(body).to_bytes(_LENGTH) + body for salt, body in rows])


def unpack(data: bytes) -> list[Salted]:
    """The reverse of ``pack``. ``Fatal`` for bytes that it did not write."""
    found, at = [], 0
    while at < len(data):
        begin = at + _HEAD
        end = begin + int.from_bytes(data[at + SALT_SIZE : begin])
        if begin > len(data) or end > len(data):
            raise Fatal("dataset.part-broken")
        found.append(Salted(data[at : at + SALT_SIZE], data[begin:end]))
        at = end
    return found
