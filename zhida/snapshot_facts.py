"""One firm out of the newest snapshot: found by bisection, in parts of which a few stay in memory.

What is read is what the snapshot's digest was made of, so an answer to one firm and a run over all of
them are decided on the same. What has become too old since the snapshot was taken is unknown.
"""

from __future__ import annotations

import hashlib
import io
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Any

import polars as pl

from exchange import times
from exchange.errors import Fatal, Retriable
from zhida import grants_file, snapshot
from zhida.fact_rows import KEY
from zhida.firm_facts import Firm
from zhida.hub import Hub
from zhida.snapshot import FRAME, Snapshot, Source

KEPT = 16
"""Parts in memory: a district of a million firms."""


def of(hub: Hub) -> SnapshotFacts:
    """Over the snapshots of this hub, with the periods of its ``grants.yaml``."""
    told = grants_file.load(hub.site)
    return SnapshotFacts(hub, {each.system: each.fresh for each in told.sources})


@dataclass(frozen=True, slots=True)
class _Opened:
    """A snapshot, checked whole, and where its parts begin."""

    snapshot: Snapshot
    firsts: tuple[str, ...]
    digests: tuple[str, ...]


class SnapshotFacts:
    """Looks firms up (``firm_facts.FactsOf``). Thread-safe."""

    def __init__(self, hub: Hub, fresh: Mapping[str, timedelta], kept: int = KEPT) -> None:
        self._hub, self._fresh, self._kept = hub, fresh, kept
        self._opened: _Opened | None = None
        self._frames: OrderedDict[tuple[str, int], pl.DataFrame] = OrderedDict()
        self._lock = Lock()

    def __call__(self, uscc: str) -> Firm | None:
        """None: nobody knows such a firm. ``Retriable`` before the first snapshot."""
        opened = self._newest()
        number = bisect_right(opened.firsts, uscc) - 1
        if number < 0:
            return None
        found = self._frame(opened, number).filter(pl.col(KEY) == uscc)
        if found.is_empty():
            return None
        return self._firm(opened.snapshot, found.row(0, named=True))

    def _newest(self) -> _Opened:
        """A new snapshot is read through once, before the first question that it answers."""
        try:
            found = snapshot.find(self._hub)
        except Fatal as error:
            if error.code != "snapshot.unknown":
                raise
            raise Retriable("serve.no-snapshot") from None
        with self._lock:
            if self._opened is None or self._opened.snapshot.id != found.id:
                self._opened = self._open(found)
            return self._opened

    def _open(self, found: Snapshot) -> _Opened:
        firsts: list[str] = []
        for number, frame in enumerate(found.frames()):
            firsts.append(str(frame[KEY][0]))
            self._keep((found.id, number), frame)
        digests = tuple(part for part, _ in found.parts.digests(found.id, FRAME))
        return _Opened(found, tuple(firsts), digests)

    def _frame(self, opened: _Opened, number: int) -> pl.DataFrame:
        key = (opened.snapshot.id, number)
        with self._lock:
            if key in self._frames:
                self._frames.move_to_end(key)
                return self._frames[key]
        plain = opened.snapshot.parts.get(opened.snapshot.id, FRAME, number)
        if hashlib.sha256(plain).hexdigest() != opened.digests[number]:
            raise Fatal("snapshot.changed", snapshot=opened.snapshot.id)
        frame = pl.read_ipc(io.BytesIO(plain))
        with self._lock:
            self._keep(key, frame)
        return frame

    def _keep(self, key: tuple[str, int], frame: pl.DataFrame) -> None:
        self._frames[key] = frame
        while len(self._frames) > self._kept:
            self._frames.popitem(last=False)

    def _firm(self, found: Snapshot, row: Mapping[str, Any]) -> Firm:
        sources = [each for each in found.sources if self._holds(each)]
        days = {
            name: times.civil_day(times.instant(each.as_of)).isoformat()
            for each in sources
            for name in each.facts
        }
        facts = {name: row[name] for name in days if row.get(name) is not None}
        return Firm(facts, found.id, {name: days[name] for name in facts})

    def _holds(self, source: Source) -> bool:
        if source.state != "fresh" or source.system not in self._fresh:
            return False
        age = self._hub.clock() - times.instant(source.as_of)
        return age <= self._fresh[source.system]
