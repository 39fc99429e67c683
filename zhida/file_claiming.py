"""A claim for a holder who can make none: the hub reads the file once and signs what it measured.

Custody ``hub``: "as read from that system at that time". Where the holder signs claims of its own, those
are better: they are its word.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from crypto import digests
from exchange import claim as claims
from exchange import document, times
from exchange.document import Document, Origin
from exchange.errors import NotYet, Retriable
from exchange.file_chunks import DIGESTS
from exchange.ledger import Entry
from exchange.ports import Record
from exchange.store import document_rows
from exchange.store.engine import Connection
from mappings import shapes
from matters.parts import OWN
from zhida import filing
from zhida.file_intake import Progress
from zhida.file_line import opened, require_open
from zhida.hub import Hub
from zhida.site import System
from zhida.task import bucket


@dataclass(frozen=True, slots=True)
class About:
    """What a person says of the file."""

    matter: str
    material: str
    title: str
    media_type: str = "application/octet-stream"


def add(
    hub: Hub, system: System, name: str, about: About, *, progress: Progress = lambda *_: None
) -> Document:
    """Measure, sign, store. ``Invalid`` for what can't be said, ``NotYet`` for no such file."""
    told = {"material": about.material, "title": about.title, "media_type": about.media_type}
    there = {"system": system.name, "name": name}
    record = {**told, **there, **_measured(hub, system, name, progress)}
    return declare(hub, system, record, Kept(about.matter))


@dataclass(frozen=True, slots=True)
class Kept:
    """In the bucket of which matter a claim lies, and as what."""

    matter: str
    key: str = ""
    """The same claim has the same; empty: each is another."""
    supersedes: str = ""
    """The claim that it corrects."""


def declare(hub: Hub, system: System, record: Record, kept: Kept) -> Document:
    """Sign and store what is said of a file, by whoever told or measured it."""
    shapes.of(hub.site.folder).validate(claims.KIND, record)
    now = hub.clock()
    kept_in = bucket(hub.site.matter(kept.matter), times.civil_day(now))
    origin = Origin(
        claims.KIND, hub.site.unit, system.unit, "hub", system.name, now, supersedes=kept.supersedes
    )
    found = hub.archive.verify(document.issue(record, origin, hub.signer, now=now))

    def write(connection: Connection) -> list[Entry]:
        hub.archive.put(connection, found, raw=b"", salt=b"", bucket=kept_in, now=now)
        if kept.key:
            told = {"content": found.id, "document": found.id, "first_at": times.stamp(now)}
            document_rows.remember(connection, OWN, kept.key, **told)
        return [filing.entry(found, "")]

    hub.vault.prepare()
    hub.ledger.commit(write)
    return found


def _measured(hub: Hub, system: System, name: str, progress: Progress) -> dict[str, str | int]:
    """Size and digests, by one reading. ``Retriable`` if it changed meanwhile."""
    found = {each: digests.running(each) for each in DIGESTS}
    require_open(hub, system)
    with closing(opened(hub, system)) as files:
        source, size = files.source, 0
        with source.told():
            before = source.seen(name)
            if before is None:
                raise NotYet("file.not-there", claim="-", system=system.name, retry_after=300)
            with closing(source.read(name, 0)) as pieces:
                for piece in pieces:
                    size += len(piece)
                    for each in found.values():
                        each.update(piece)
                    progress(size, before.bytes)
            after = source.seen(name)
    if after != before or size != before.bytes:
        raise Retriable("file.source-changed", claim="-", system=system.name)
    return {"bytes": size, **{each: value.hexdigest() for each, value in found.items()}}
