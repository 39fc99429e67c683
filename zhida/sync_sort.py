"""A page of the source, sorted: rows to be written, rows that are there already, rows that are held.

Every row that was read ends in exactly one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.tables_batch import Fitted
from connectors.tables_lookup import Key
from connectors.tables_page import Marks, Page, Read
from connectors.tables_row import exact
from exchange import agreement
from exchange.agreement import Agreement
from exchange.errors import Fatal, Forbidden, Invalid, Problem, Rejected
from exchange.ports import Record
from exchange.records import picked
from mappings import compiler
from zhida.sync_drift import Drift
from zhida.sync_file import Sync
from zhida.sync_questions import Target
from zhida.sync_sorted import INVALID, QUARANTINED, Changes, Held, Sorted, readable


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
        whole = page.whole if self._is_plain and isinstance(page, Page) else None
        reads, records = (page, whole) if whole is not None else self._each(page, found)
        fitted = self.into.fit(records)
        keys = Counter(fitted.keys.values())
        known = {} if self.is_fresh else self.into.known(list(keys))
        found.known = known.keys()
        numbers: Sequence[int] = range(len(records))
        if fitted.wrong or known or len(keys) < len(records):
            sieve = Sieve(self, reads, fitted, keys, known)
            numbers = [number for number in numbers if sieve.lets(number, found)]
            records = picked(records, numbers)
        rows = {fitted.keys[number]: fitted.rows[number] for number in numbers}
        found.changes = Changes(rows, records, reads, numbers)
        return found

    def _each(self, page: Sequence[Read], found: Sorted) -> tuple[Sequence[Read], Sequence[Record]]:
        """Those that can be mapped, with what they are mapped to."""
        look = self._as_it_is if self._is_plain else self._mapped
        made = [(each, record) for each in page if (record := look(each, found)) is not None]
        return [each for each, _ in made], [record for _, record in made]

    def nameless(self, page: Sequence[Read]) -> Sorted:
        """Rows without a key or a cursor's value: all of them are held."""
        held = [_quarantined("sync.no-mark", readable(each)) for each in page]
        return Sorted(len(page), held=held)

    def _as_it_is(self, each: Read, found: Sorted) -> Record | None:
        """The same as ``_mapped`` where nothing is asked of a row but that it can be read."""
        return each.record if each.record.__class__ is dict else self._mapped(each, found)

    def _mapped(self, each: Read, found: Sorted) -> Record | None:
        """The row as the target gets it; None if it is held."""
        if isinstance(each.record, Invalid):
            found.held.append(Held(INVALID, each.record.problems, readable(each)))
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


@dataclass(frozen=True, slots=True)
class Sieve:
    """Rows of a page as the target takes them, against what it holds under their keys."""

    sorter: Sorter
    reads: Sequence[Read]
    fitted: Fitted
    keys: Mapping[Key, int]
    """How many rows of the page have it."""
    known: Mapping[Key, Sequence[object]]

    def lets(self, number: int, found: Sorted) -> bool:
        """Is it to be written? Else it is noted what else."""
        if (wrong := self.fitted.wrong.get(number)) is not None:
            found.held.append(Held(INVALID, wrong.problems, readable(self.reads[number])))
            return False
        key = self.fitted.keys[number]
        theirs = self.known.get(key)
        if self.keys[key] > 1:
            found.held.append(_quarantined("sync.repeated-key", readable(self.reads[number])))
        elif theirs is None:
            return True
        elif self.sorter.into.is_same(self.fitted.rows[number], theirs):
            found.unchanged += 1
        elif self.sorter.sync.mode == "append":
            found.held.append(_quarantined("sync.changed", readable(self.reads[number])))
        else:
            return True
        return False


def _quarantined(code: str, record: Record) -> Held:
    return Held(QUARANTINED, (Problem(code),), record)
