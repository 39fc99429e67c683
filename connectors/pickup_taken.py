"""One claimed file, read and cut into parcels, until each of them is settled."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from connectors import rows
from connectors.folder import Entry
from connectors.pickup_claims import Claims, Drop, original, token
from exchange.errors import Invalid
from exchange.ports import Parcel


@dataclass(slots=True)
class Taken:
    """What is not settled of a file: key → its bytes, or why they can't be had."""

    head: bytes = b""
    """The header that each row needs to be understood, before each of them."""
    open: dict[str, bytes | Invalid] = field(default_factory=dict)

    def parcels(self) -> Iterator[Parcel]:
        """In the file's order."""
        for key, told in self.open.items():
            if isinstance(told, Invalid):
                yield Parcel(key, b"", error=told)
            else:
                yield Parcel(key, self.head + told)

    def settle(self, keys: Sequence[str]) -> None:
        """Forget what is settled; another file's keys are none of ours."""
        for key in keys:
            self.open.pop(key, None)


def take(claims: Claims, entry: Entry) -> Taken:
    """Read a claimed file. ``FileNotFoundError`` if another worker has settled it meanwhile."""
    drop, name = claims.drop, _bytes(original(entry.name))
    facts = {"file": token(entry.name)}
    if entry.kind != "file":
        return _refused(name, entry, Invalid("files.not-a-file", **facts))
    too_big = Invalid("files.too-big", limit=drop.max_bytes, **facts)
    if entry.size > drop.max_bytes:
        return _refused(name, entry, too_big)
    try:
        raw = claims.place.read(claims.path(entry.name), drop.max_bytes + 1)
    except PermissionError:
        return _refused(name, entry, Invalid("files.unreadable", **facts))
    if len(raw) > drop.max_bytes:
        return _refused(name, entry, too_big)
    return _cut(drop, name, raw)


def _cut(drop: Drop, name: bytes, raw: bytes) -> Taken:
    head, found = rows.cut(raw, drop.split)
    file = _key(name, raw)
    if drop.split == "whole":
        return Taken(open={file: raw})
    if drop.same_row == "by-content":
        return Taken(head, {_key(b"", head + row): row for row in found})
    return Taken(head, {f"{file}#{number}": row for number, row in enumerate(found, 1)})


def _refused(name: bytes, entry: Entry, error: Invalid) -> Taken:
    looks = f"{entry.kind} {entry.size} {entry.changed}".encode()
    return Taken(open={_key(name, looks): error})


def _key(name: bytes, content: bytes) -> str:
    """A digest of both: a file's name may name a person."""
    return hashlib.sha256(hashlib.sha256(name).digest() + content).hexdigest()


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
