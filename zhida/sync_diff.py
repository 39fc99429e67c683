"""Both ends of a line compared: by checksums of ranges, and within a range that differs, row by row.

Each side is gone through by its own key, so nothing is believed of how the other sorts. Rows that can't
go over (invalid) are not compared. Keys that differ are told as references (keyed digests), which say
nothing of anybody; the same row has the same reference at every comparison.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from connectors.tables_keyset import Span
from connectors.tables_lookup import Key
from connectors.tables_row import exact
from exchange import canonical, times
from exchange.errors import Invalid, Rejected
from exchange.ledger import Entry
from exchange.ports import Record
from mappings.compiler import Mapping
from zhida import sync_ends
from zhida.hub import Hub
from zhida.sync_line import Tell
from zhida.sync_to import Line

MISSING, OTHER, EXTRA = "missing", "other", "extra"
MOST = 1000
"""Keys that are told; all are counted."""
_WHOLE = 2**256


@dataclass(frozen=True, slots=True)
class Differing:
    """A row that is not the same at both ends."""

    how: str
    """missing: the target has it not; other: it says something else; extra: the source has it not."""
    ref: str
    range: int


@dataclass(slots=True)
class Difference:
    """What a comparison found. The checksum of a side is the sum of its rows' digests, in any order."""

    sync: str
    target: str
    rows: int = 0
    target_rows: int = 0
    invalid: int = 0
    ranges: int = 0
    ranges_differing: int = 0
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys((MISSING, OTHER, EXTRA), 0)
    )
    checksum: str = ""
    target_checksum: str = ""
    differing: list[Differing] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        """The same at both ends."""
        return not any(self.counts.values())

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {**asdict(self), "is_equal": self.is_equal}


def compare(hub: Hub, line: Line, tell: Tell = lambda _: None) -> Difference:
    """Both ends as they are now; noted in the ledger. ``Forbidden`` as for a run."""
    mapping, sync = sync_ends.mapping_of(hub.site, line.sync), line.sync
    found = Difference(*line.names)
    with sync_ends.source(hub, sync, by_key=True) as source:
        read = sync_ends.read_columns(sync, mapping, list(source.told()))
        columns = sync_ends.written_columns(line, mapping, read)
        day = times.civil_day(hub.clock())
        allowed = sync_ends.permitted(hub.site, line, columns, day)
        source.choose(read)
        with sync_ends.target(hub, line, columns) as into:
            sync_ends.introduce(source, into, line)
            comparing = Comparing(hub, line, mapping, found, tell)
            comparing.forth(source, into)
            comparing.back(source, into)
    counts = {name: value for name, value in found.counts.items() if value}
    told = {"sync": sync.name, "target": line.target.name, "agreement": allowed.id}
    entry = Entry("sync-compared", line.key, details={**told, "rows": found.rows, **counts})
    hub.ledger.commit(lambda _: [entry])
    return found


@dataclass(slots=True)
class Comparing:
    """Goes through both sides."""

    hub: Hub
    line: Line
    mapping: Mapping | None
    found: Difference
    tell: Tell
    _sum: int = 0
    _target_sum: int = 0

    def forth(self, source: Any, into: Any) -> None:
        """Every row of the source, against the target's of the same key."""
        span, size = Span(), self.line.sync.batch
        while True:
            page = source.page(span, size)
            if page:
                self.found.ranges += 1
                self._range([self._mapped(each.record) for each in page], into)
                span = Span(page[-1].marks)
                self.tell(self.found.rows)
            if len(page) < size:
                self.found.checksum = f"{self._sum:064x}"
                return

    def back(self, source: Any, into: Any) -> None:
        """Every key of the target: does the source have it?"""
        after: Key = ()
        size, number = self.line.sync.batch, 0
        while True:
            keys, after = into.keys(after, size)
            number += 1
            self.found.target_rows += len(keys)
            gone = source.missing(keys)
            for key, theirs in into.known(gone).items():
                self._note(EXTRA, key, number)
                self._target_sum += _digest(into.told(theirs))
            if len(keys) < size:
                self.found.target_checksum = f"{self._target_sum % _WHOLE:064x}"
                return

    def _range(self, records: Sequence[Record | None], into: Any) -> None:
        good = [each for each in records if each is not None]
        fitted = into.fit(good)
        self.found.rows += len(records)
        self.found.invalid += len(records) - len(fitted.rows)
        there, before = into.known(list(fitted.keys.values())), sum(self.found.counts.values())
        for number, row in fitted.rows.items():
            key = fitted.keys[number]
            theirs = there.get(key)
            digest = _digest(into.told(row))
            self._sum = (self._sum + digest) % _WHOLE
            if theirs is None:
                self._note(MISSING, key, self.found.ranges)
            elif into.is_same(row, theirs):
                self._target_sum += digest
            else:
                self._target_sum += _digest(into.told(theirs))
                self._note(OTHER, key, self.found.ranges)
        self.found.ranges_differing += sum(self.found.counts.values()) > before

    def _mapped(self, record: Record | Invalid) -> Record | None:
        if isinstance(record, Invalid):
            return None
        try:
            return self.mapping.apply(record) if self.mapping else record
        except Rejected:
            return None

    def _note(self, how: str, key: Key, number: int) -> None:
        self.found.counts[how] += 1
        if len(self.found.differing) < MOST:
            told = [str(exact(value)) for value in key]
            ref = self.hub.vault.tag("sync-key", self.line.target.name, *told)[:16]
            self.found.differing.append(Differing(how, ref, number))


def _digest(record: Record) -> int:
    return int.from_bytes(hashlib.sha256(canonical.dumps(dict(record))).digest())
