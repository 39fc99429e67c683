"""Snapshots: what was known of every firm at one moment, frozen, digested, read again chunk by chunk."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import polars as pl

from exchange import canonical
from exchange.errors import Fatal
from exchange.part_books import PartBooks
from exchange.store import snapshot_rows
from exchange.store.snapshot_rows import SnapshotRow
from zhida.fact_rows import KEY
from zhida.hub import Hub

FRAME = "frame"
"""Role of a snapshot's parts."""
SHORTEST = 4

State = Literal["fresh", "stale", "missing"]


@dataclass(frozen=True, slots=True)
class Source:
    """One holder's part in a snapshot."""

    system: str
    unit: str
    state: State
    """``stale``: what there is is older than it may be; ``missing``: there is nothing. Either way all
    of its facts are unknown."""
    dataset: str
    root: str
    as_of: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot, to be read."""

    id: str
    name: str
    as_of: str
    created_at: str
    digest: str
    count: int
    sources: tuple[Source, ...]
    kinds: Mapping[str, str]
    """Fact → kind: the columns beside the firm's code."""
    parts: PartBooks

    def frames(self, firm: str = KEY) -> Iterator[pl.DataFrame]:
        """Chunk by chunk, each as it was frozen; ``firm`` names the column of the firm's code.

        ``Fatal`` if any of it is not what the digest was made of; told before the first chunk where
        a part is gone or was exchanged, before the chunk itself where its content was.
        """
        kept = self.parts.digests(self.id, FRAME)
        if digest(self.told(), kept) != self.digest:
            raise Fatal("snapshot.changed", snapshot=self.id)
        for number, (wanted, _) in enumerate(kept):
            plain = self.parts.get(self.id, FRAME, number)
            if hashlib.sha256(plain).hexdigest() != wanted:
                raise Fatal("snapshot.changed", snapshot=self.id)
            yield pl.read_ipc(io.BytesIO(plain)).rename({KEY: firm})

    def told(self) -> dict[str, Any]:
        """What the digest covers besides the parts."""
        return {
            "id": self.id,
            "name": self.name,
            "as_of": self.as_of,
            "count": self.count,
            "sources": [asdict(source) | {"facts": list(source.facts)} for source in self.sources],
            "kinds": dict(self.kinds),
        }


def digest(told: Mapping[str, Any], parts: list[tuple[str, int]]) -> str:
    """SHA-256 over the canonical JSON of what a snapshot is made of, and the digests of its parts."""
    listed = [{"digest": part, "rows": rows} for part, rows in parts]
    return hashlib.sha256(canonical.dumps({**told, "parts": listed})).hexdigest()


def find(hub: Hub, beginning: str = "", name: str = "grants") -> Snapshot:
    """The snapshot whose id begins so; without one, the newest. ``Fatal`` if there is none."""
    with hub.store.read() as connection:
        if beginning:
            enough = len(beginning) >= SHORTEST
            rows = snapshot_rows.like(connection, beginning) if enough else []
        else:
            rows = snapshot_rows.listed(connection, name, 1)
    if len(rows) != 1:
        raise Fatal("snapshot.unknown", snapshot=beginning[:40] or "-")
    return of_row(rows[0], PartBooks(hub.store, hub.vault, hub.clock))


def of_row(row: SnapshotRow, parts: PartBooks) -> Snapshot:
    """A stored snapshot."""
    told = canonical.loads(row.sources.encode())
    sources = tuple(Source(**(each | {"facts": tuple(each["facts"])})) for each in told["sources"])
    return Snapshot(
        id=row.id,
        name=row.name,
        as_of=row.as_of,
        created_at=row.created_at,
        digest=row.digest,
        count=row.count,
        sources=sources,
        kinds=told["kinds"],
        parts=parts,
    )
