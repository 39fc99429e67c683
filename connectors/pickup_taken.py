"""One claimed file, read and cut into parcels, until each of them is settled."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

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
    file: str = ""
    """Its number, by which a person finds it (``pickup_claims.token``)."""
    numbers: dict[str, int] = field(default_factory=dict)
    """Key → which row of the file it is; none of a file that is one parcel."""

    def parcels(self) -> Iterator[Parcel]:
        """In the file's order."""
        for key, told in self.open.items():
            if isinstance(told, Invalid):
                yield Parcel(key, b"", error=told, file=self.file)
            else:
                number = self.numbers.get(key, 0)
                yield Parcel(key, self.head + told, file=self.file, number=number)

    def settle(self, keys: Sequence[str]) -> None:
        """Forget what is settled; another file's keys are none of ours."""
        for key in keys:
            self.open.pop(key, None)


def take(claims: Claims, entry: Entry) -> Taken:
    """Read a claimed file. ``FileNotFoundError`` if another worker has settled it meanwhile."""
    return replace(_taken(claims, entry), file=token(entry.name))


def _taken(claims: Claims, entry: Entry) -> Taken:
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
    keys = [f"{file}#{number}" for number, _ in enumerate(found, 1)]
    if drop.same_row == "by-content":
        keys = [_key(b"", head + row) for row in found]
    numbers = {key: number for number, key in enumerate(keys, 1)}
    return Taken(head, dict(zip(keys, found, strict=True)), numbers=numbers)


def _refused(name: bytes, entry: Entry, error: Invalid) -> Taken:
    looks = f"{entry.kind} {entry.size} {entry.changed}".encode()
    return Taken(open={_key(name, looks): error})


def _key(name: bytes, content: bytes) -> str:
    """A digest of both: a file's name may name a person."""
    return hashlib.sha256(hashlib.sha256(name).digest() + content).hexdigest()


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
