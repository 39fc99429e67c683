"""What comes of one batch that has arrived through a gate, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connectors.tables_fit import Row
from connectors.tables_lookup import Key
from exchange import dataset_file
from exchange.errors import Problem, Rejected
from exchange.ports import Record
from exchange.store.sync_batch_rows import BatchRow, Counts
from zhida.sync_line import Work
from zhida.sync_recovery import Signed
from zhida.sync_sorted import INVALID, QUARANTINED, REFUSED, Held, Sorted


@dataclass(slots=True)
class Outcome:
    """``lost``: place in the batch → why the row is not in the target."""

    counts: Counts = field(default_factory=Counts)
    lost: dict[int, Held] = field(default_factory=dict)

    def count(self, kind: str) -> int:
        """Of how many rows this came."""
        return sum(held.kind == kind for held in self.lost.values())


def columns(raw: bytes) -> set[str]:
    """Every column of a batch's file."""
    return {name for each in dataset_file.rows(raw) for name in each.record}


def outcome(work: Work, sent: BatchRow, signed: Signed) -> Outcome:
    """Bring it about, unless the target says that it has it: then see what it has."""
    return _gone(work, sent, signed.records) if signed.gone else _rows(work, sent, signed.records)


def _gone(work: Work, sent: BatchRow, records: Sequence[Record]) -> Outcome:
    keys = work.into.fit_keys(records)
    if work.last == sent.id:
        kept = dict.fromkeys(work.into.known(keys), Rejected("sync.not-applied"))
    elif not work.sync.is_snapshot:
        work.apply(sent, {})
        kept = dict.fromkeys(keys, Rejected("sync.not-snapshot"))
    else:
        kept = dict(work.apply(sent, {}, keys))
    found = Outcome()
    for place, key in enumerate(keys):
        if key in kept:
            found.lost[place] = Held(REFUSED, kept[key].problems, records[place])
    lost = len(found.lost)
    found.counts = Counts(gone=len(records), deleted=len(records) - lost, kept=lost)
    return found


def _rows(work: Work, sent: BatchRow, records: Sequence[Record]) -> Outcome:
    found, fitted = Outcome(), work.into.fit(records)
    for place, error in fitted.wrong.items():
        found.lost[place] = Held(INVALID, error.problems, records[place])
    often = Counter(fitted.keys.values())
    for place in [p for p, key in fitted.keys.items() if often[key] > 1]:
        found.lost[place] = _quarantined("sync.repeated-key", records[place])
    rows = {place: row for place, row in fitted.rows.items() if place not in found.lost}
    unchanged = _brought_about(work, sent, rows, fitted.keys, records=records, found=found)
    lost = {kind: found.count(kind) for kind in (INVALID, QUARANTINED, REFUSED)}
    applied = len(records) - unchanged - len(found.lost)
    found.counts = Counts(len(records), applied, unchanged, *lost.values())
    return found


def _brought_about(
    work: Work, sent: BatchRow, rows: Mapping[int, Row], keys: Mapping[int, Key], *,
    records: Sequence[Record], found: Outcome,
) -> int:  # fmt: skip
    """How many were there already. What is refused is added to ``found``."""
    there = work.into.known([keys[place] for place in rows])
    same = {p for p, row in rows.items() if work.into.is_same(row, there.get(keys[p], ()))}
    left = [place for place in rows if place not in same]
    if work.last == sent.id:  # which of them it refused, only the process knew that died
        for place in left:
            found.lost[place] = Held(REFUSED, (Problem("sync.not-applied"),), records[place])
        return 0
    if work.sync.mode == "append":
        for place in (p for p in left if keys[p] in there):
            found.lost[place] = _quarantined("sync.changed", records[place])
    wrong = Sorted(len(records), held=list(found.lost.values()))
    work.check(wrong, len(records))
    todo = {keys[place]: rows[place] for place in left if place not in found.lost}
    refused = work.apply(sent, todo, known=there.keys())
    for place in left:
        if keys[place] in refused:
            found.lost[place] = Held(REFUSED, refused[keys[place]].problems, records[place])
    return len(same)


def _quarantined(code: str, record: Record) -> Held:
    return Held(QUARANTINED, (Problem(code),), record)
