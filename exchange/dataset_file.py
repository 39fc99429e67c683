"""A whole dataset as one file: its signed head, and every row with its salt.

It is how a unit that signs its own lists hands them over: lines of canonical JSON, so that the unit can
read what it signed. The first is the head's, each other a row's, in the order of the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from crypto import base64url
from crypto.errors import CryptoError
from exchange import canonical
from exchange.dataset_leaf import SALT_SIZE, Salted
from exchange.errors import Invalid

FORMAT, VERSION = "zhida-list", 1
_HEAD = frozenset({"format", "version", "head"})
_ROW = frozenset({"row", "salt"})


def written(head: str, rows: Iterable[Salted]) -> Iterator[bytes]:
    """The lines. ``head``: the token with all its disclosures."""
    yield canonical.dumps({"format": FORMAT, "version": VERSION, "head": head}) + b"\n"
    for row in rows:
        yield b'{"row":%b,"salt":"%b"}\n' % (row.body, base64url.encode(row.salt).encode())


def head(raw: bytes) -> str:
    """The token. ``Invalid`` for what is no such file."""
    told = _line(raw.partition(b"\n")[0], 1, _HEAD)
    if (told["format"], told["version"]) != (FORMAT, VERSION) or not isinstance(told["head"], str):
        raise Invalid("dataset.list-form", line=1)
    return told["head"]


def rows(raw: bytes) -> Iterator[Salted]:
    """The rows as they are hashed. ``Invalid`` for a line in another form, and for one that is cut off."""
    lines = raw.split(b"\n")
    if lines[-1]:
        raise Invalid("dataset.list-form", line=len(lines))
    for number, line in enumerate(lines[1:-1], 2):
        told = _line(line, number, _ROW)
        if not isinstance(told["row"], dict):
            raise Invalid("dataset.list-form", line=number)
        yield Salted(_salt(told["salt"], number), canonical.dumps(told["row"]))


def _line(line: bytes, number: int, keys: frozenset[str]) -> dict[str, Any]:
    try:
        told = canonical.loads(line)
    except Invalid:
        told = None
    if not isinstance(told, dict) or set(told) != keys or canonical.dumps(told) != line:
        raise Invalid("dataset.list-form", line=number)
    return told


def _salt(text: object, number: int) -> bytes:
    try:
        return base64url.decode_exactly(text, SALT_SIZE)
    except CryptoError:
        raise Invalid("dataset.list-form", line=number) from None
