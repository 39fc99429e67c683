"""What an erasure is proven with: known values of the bucket, taken while it can still be opened."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from exchange.errors import Fatal
from exchange.store import sealed_rows
from exchange.store.sealed_rows import Body
from mappings import shapes, subjects
from zhida import catalogue_fields
from zhida.canary_scan import Canaries, Place
from zhida.hub import Hub

MOST, BODIES = 24, 200
"""Values that are looked for; bodies of which it is tried whether they open."""
_SHORTEST = 9
"""Bytes of a value: three characters of a name."""
_SLICE = 48


@dataclass(frozen=True, slots=True)
class Sample:
    """Taken before. It holds personal data: in memory only, and gone with the process."""

    canaries: Canaries
    bodies: list[Body]
    values: int
    slices: int
    copies: bytes
    """The bucket's wrapped key: a copy of it would bring everything back."""


def take(hub: Hub, bucket: str) -> Sample:
    """Values of persons out of documents; of other bodies a piece of what they hold."""
    with hub.store.read() as connection:
        bodies = list(islice(sealed_rows.bodies(connection, bucket), BODIES))
    values = list(islice(dict.fromkeys(_values(hub, bodies)), MOST))
    slices = list(islice(_slices(hub, bodies), MOST // 4))
    wrapped = hub.vault.wrapped(bucket)
    return Sample(Canaries(values, [*slices, wrapped]), bodies, len(values), len(slices), wrapped)


def control(sample: Sample) -> bool:
    """Does the search find what surely is there? A file with the bucket's key is made for it."""
    with tempfile.TemporaryDirectory(prefix="zhida-control-") as folder:
        file = Path(folder) / "control"
        file.write_bytes(os.urandom(1000) + sample.copies + os.urandom(1000))
        found = sample.canaries.look_in(Place("control"), Path(folder)).hits
        file.write_bytes(os.urandom(file.stat().st_size))
    return bool(found)


def opened(hub: Hub, sample: Sample) -> int:
    """How many of the sample's bodies open."""
    return sum(_opens(hub, body) for body in sample.bodies)


def _opens(hub: Hub, body: Body) -> bool:
    try:
        hub.vault.unseal(body.sealed, about=body.about)
    except Fatal as error:
        if error.code == "vault.bucket-gone":
            return False
        raise
    return True


def _values(hub: Hub, bodies: list[Body]) -> Iterator[str]:
    known = shapes.of(hub.site.folder)
    public = {unit.title for unit in hub.site.units.values()}
    for body in bodies:
        if body.what == "document":
            found = hub.archive.get(body.about)
            paths = {each.path for each in subjects.named(found.fields)}
            if found.origin.kind in known.kinds():
                told = catalogue_fields.personal(known.find(found.origin.kind), None)
                paths |= {path for path, mark in told.items() if mark != catalogue_fields.NO}
            for path in sorted(paths & set(found.fields)):
                value = found.fields[path]
                if isinstance(value, str) and _tells(value) and value not in public:
                    yield value


def _tells(value: str) -> bool:
    """Long enough, and no date or code: those stand in many places for other reasons."""
    is_words = not value.isascii()
    is_number = len(value) >= 11 and sum(c.isdigit() for c in value) >= 10 and "-" not in value
    return len(value.encode()) >= _SHORTEST and (is_words or is_number)


def _slices(hub: Hub, bodies: list[Body]) -> Iterator[bytes]:
    for body in bodies:
        if body.what != "document":
            plain = hub.vault.unseal(body.sealed, about=body.about)
            if len(plain) >= _SLICE:
                start = (len(plain) - _SLICE) // 2
                yield plain[start : start + _SLICE]
