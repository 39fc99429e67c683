"""A page of the source, sorted: rows to be written, rows that are there already, rows that are held.

Every row that was read ends in exactly one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors.tables_fit import Row
from connectors.tables_lookup import Key
from connectors.tables_row import exact
from connectors.tables_source import Marks, Read
from exchange import agreement
from exchange.agreement import Agreement
from exchange.errors import Fatal, Forbidden, Invalid, Problem, Rejected
from exchange.ports import Record
from exchange.store.sync_batch_rows import Counts
from mappings import compiler
from zhida.sync_drift import Drift
from zhida.sync_file import Sync
from zhida.sync_questions import Target

INVALID, QUARANTINED, REFUSED = "invalid", "quarantined", "refused"


@dataclass(frozen=True, slots=True)
class Held:
    """A row that does not go on, and why."""

    kind: str
    problems: tuple[Problem, ...]
    record: Record
    """As it was read; of one that can't be read, its marks."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row to be written: as it was read, as it is signed, as the table takes it."""

    source: Record
    record: Record
    row: Row


@dataclass(slots=True)
class Sorted:
    """What a page came to."""

    read: int = 0
    unchanged: int = 0
    changes: dict[Key, Change] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    known: Collection[Key] = ()
    """Keys of the page that the target has."""

    @property
    def counts(self) -> Counts:
        """Before anything is written."""
        kinds = Counter(each.kind for each in self.held)
        told = Counts(self.read, unchanged=self.unchanged, in_flight=len(self.changes))
        return replace(told, invalid=kinds[INVALID], quarantined=kinds[QUARANTINED])

    @property
    def most(self) -> str:
        """The code of which most are held."""
        codes = Counter(each.problems[0].code for each in self.held)
        return max(codes, key=lambda code: codes[code], default="-")


@dataclass(frozen=True, slots=True)
class Sorter:
    """Knows everything by which rows are sorted."""

    sync: Sync
    key: tuple[str, ...]
    """Of the target."""
    mapping: compiler.Mapping | None
    allowed: Agreement
    drift: Drift
    repeated: frozenset[Marks]
    """Keys that several rows of the source have."""
    into: Target
    is_fresh: bool = False
    """Surely none of the rows is in the target yet."""

    def sort(self, page: Sequence[Read]) -> Sorted:
        """Every row of a page."""
        found = Sorted(len(page))
        look = self._as_it_is if self._is_plain else self._mapped
        mapped = [(e, record) for e in page if (record := look(e, found)) is not None]
        fitted = self.into.fit([record for _, record in mapped])
        keys = Counter(fitted.keys.values())
        known = {} if self.is_fresh else self.into.known(list(keys))
        found.known = known.keys()
        for number, (each, record) in enumerate(mapped):
            if number in fitted.wrong:
                held = Held(INVALID, fitted.wrong[number].problems, _readable(each))
                found.held.append(held)
                continue
            key, source = fitted.keys[number], _readable(each)
            if keys[key] > 1:
                found.held.append(_quarantined("sync.repeated-key", source))
            else:
                self._place(key, Change(source, record, fitted.rows[number]), known, into=found)
        return found

    def _place(
        self, key: Key, change: Change, known: Mapping[Key, Sequence[object]], *, into: Sorted
    ) -> None:
        """Against what the target holds under this key, if anything."""
        theirs = known.get(key)
        if theirs is not None and self.into.is_same(change.row, theirs):
            into.unchanged += 1
        elif theirs is not None and self.sync.mode == "append":
            into.held.append(_quarantined("sync.changed", change.source))
        else:
            into.changes[key] = change

    def nameless(self, page: Sequence[Read]) -> Sorted:
        """Rows without a key or a cursor's value: all of them are held."""
        held = [_quarantined("sync.no-mark", _readable(each)) for each in page]
        return Sorted(len(page), held=held)

    def _as_it_is(self, each: Read, found: Sorted) -> Record | None:
        """The same as ``_mapped`` where nothing is asked of a row but that it can be read."""
        return each.record if each.record.__class__ is dict else self._mapped(each, found)

    def _mapped(self, each: Read, found: Sorted) -> Record | None:
        """The row as the target gets it; None if it is held."""
        if isinstance(each.record, Invalid):
            found.held.append(Held(INVALID, each.record.problems, _readable(each)))
            return None
        if (problem := self._amiss(each, each.record)) is not None:
            found.held.append(Held(QUARANTINED, (problem,), each.record))
            return None
        try:
            made = self.mapping.apply(each.record) if self.mapping else each.record
            self._require_consent(made)
        except Rejected as error:
            found.held.append(Held(INVALID, error.problems, each.record))
        except Forbidden as error:
            found.held.append(Held(QUARANTINED, error.problems, each.record))
        else:
            self._require_key(made, each.marks)
            return made
        return None

    @property
    def _is_plain(self) -> bool:
        """Is there nothing that a row could break before it is fitted?"""
        strict = self.mapping or self.drift.is_there or self.repeated or self.allowed.requires
        return not strict

    def _amiss(self, each: Read, record: Record) -> Problem | None:
        if each.marks[-len(self.sync.source.key) :] in self.repeated:
            return Problem("sync.repeated-key")
        return self.drift.problem(record)

    def _require_consent(self, record: Record) -> None:
        if self.allowed.requires:
            agreement.check_consent({f"/{n}": v for n, v in record.items()}, self.allowed)

    def _require_key(self, record: Record, marks: Marks) -> None:
        """Of a snapshot: what is gone at the source is found by its key, which must be the same there."""
        if self.mapping is None or not self.sync.is_snapshot:
            return
        ours = tuple(str(record.get(name, "")) for name in self.key)
        theirs = tuple(str(exact(value)) for value in marks[-len(self.key) :])
        if ours != theirs:
            raise Fatal("sync.key-mapped", sync=self.sync.name, mapping=self.mapping.name)


def _readable(each: Read) -> Record:
    if isinstance(each.record, Invalid):
        return {f"mark-{at}": str(value) for at, value in enumerate(each.marks)}
    return each.record


def _quarantined(code: str, record: Record) -> Held:
    return Held(QUARANTINED, (Problem(code),), record)
