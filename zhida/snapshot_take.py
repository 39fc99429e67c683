"""Take a snapshot: the newest dataset of each holder side by side, one row a firm, and freeze it.

A firm that only one holder knows is there, with the rest unknown. What is older than its holder's
facts may be is unknown too, and the snapshot says so: nothing stale decides about money.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from exchange import canonical, times
from exchange.document import new_id
from exchange.ledger import Entry
from exchange.part_books import PartBooks, place
from exchange.store import dataset_rows, snapshot_rows
from exchange.store.engine import Connection
from exchange.store.snapshot_rows import SnapshotRow
from zhida import dataset_books, fact_frames
from zhida.fact_rows import KIND
from zhida.grants_file import FactSource, GrantsFile
from zhida.hub import Hub
from zhida.snapshot import FRAME, Snapshot, Source, State, digest

CHUNK = 65_536
"""Firms of a part."""
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Taking:
    """A snapshot about to be taken."""

    hub: Hub
    site: GrantsFile
    name: str = "grants"
    tell: Tell = lambda _: None

    def run(self) -> Snapshot:
        """Freeze what is known now; nobody sees it before it is whole."""
        now, identifier = self.hub.clock(), new_id()
        sources = tuple(self._source(each, now) for each in self.site.sources)
        parts = PartBooks(self.hub.store, self.hub.vault, self.hub.clock)
        parts.drop_unfinished()
        try:
            count = self._freeze(identifier, sources, parts)
            kinds = {name: fact.kind for name, fact in sorted(self.site.facts.items())}
            stamp = times.stamp(now)
            draft = Snapshot(identifier, self.name, stamp, stamp, "", count, sources, kinds, parts)
            made = replace(draft, digest=digest(draft.told(), parts.digests(identifier, FRAME)))
            self.hub.ledger.commit(lambda connection: _commit(connection, made))
        except BaseException:
            parts.drop(identifier)
            raise
        return made

    def _source(self, about: FactSource, now: datetime) -> Source:
        with self.hub.store.read() as connection:
            found = dataset_rows.newest(connection, KIND, about.system, times.stamp(now))
        if found is None:
            return Source(about.system, about.unit, "missing", "", "", "", tuple(about.gives))
        old = now - times.instant(found.as_of) > about.fresh
        state: State = "stale" if old else "fresh"
        return Source(
            about.system, about.unit, state, found.id, found.root, found.as_of, tuple(about.gives)
        )

    def _freeze(self, identifier: str, sources: tuple[Source, ...], parts: PartBooks) -> int:
        streams = [self._frames(each) for each in sources if each.state != "missing"]
        joined = fact_frames.joined(streams, self.site.facts)
        bucket = self.site.bucket(times.civil_day(self.hub.clock()))
        count = 0
        for number, frame in enumerate(fact_frames.in_chunks(joined, CHUNK)):
            written = io.BytesIO()
            frame.write_ipc(written, compression="zstd")
            parts.put(place(identifier, FRAME, number, frame.height), written.getvalue(), bucket)
            count += frame.height
            self.tell(count)
        return count

    def _frames(self, source: Source) -> Iterator[pl.DataFrame]:
        """The holder's rows; of a stale one, only which firms it knows."""
        books = dataset_books.of(self.hub)
        fresh = source.state == "fresh"
        facts = {name: self.site.facts[name] for name in (source.facts if fresh else ())}
        for rows in books.parts_of(books.get(source.dataset)):
            yield fact_frames.frame(rows, facts)


def _commit(connection: Connection, made: Snapshot) -> list[Entry]:
    told = made.told()
    row = SnapshotRow(
        id=made.id,
        name=made.name,
        as_of=made.as_of,
        created_at=made.created_at,
        digest=made.digest,
        count=made.count,
        sources=canonical.dumps({k: told[k] for k in ("sources", "kinds")}).decode(),
    )
    snapshot_rows.put(connection, row)
    sources = [
        {"system": each.system, "state": each.state, "dataset": each.dataset, "as_of": each.as_of}
        for each in made.sources
    ]
    details = {"name": made.name, "digest": made.digest, "count": made.count, "sources": sources}
    return [Entry("snapshot", made.id, details=details)]
