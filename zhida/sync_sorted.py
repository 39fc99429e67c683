"""What a page came to: rows to be written, rows that are held, and how many are there already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors.tables_fit import Row
from connectors.tables_lookup import Key
from connectors.tables_page import Read
from exchange.errors import Invalid, Problem
from exchange.ports import Record
from exchange.store.sync_batch_rows import Counts

INVALID, QUARANTINED, REFUSED = "invalid", "quarantined", "refused"


@dataclass(frozen=True, slots=True)
class Held:
    """A row that does not go on, and why."""

    kind: str
    problems: tuple[Problem, ...]
    record: Record
    """As it was read; of one that can't be read, its marks."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows to be written: as the target takes them, as they are signed, as they were read."""

    rows: Mapping[Key, Row] = field(default_factory=dict)
    records: Sequence[Record] = ()
    """In the same order."""
    reads: Sequence[Read] = ()
    """All that could be mapped, of which these are some."""
    numbers: Sequence[int] = ()
    """Which ones, in the same order."""

    def sources(self) -> Iterator[Record]:
        """As they were read."""
        return (readable(self.reads[number]) for number in self.numbers)

    def origins(self, keys: Collection[Key]) -> dict[Key, Record]:
        """Of a few: as they were read."""
        numbers = dict(zip(self.rows, self.numbers, strict=True)) if keys else {}
        return {key: readable(self.reads[numbers[key]]) for key in keys}


@dataclass(slots=True)
class Sorted:
    """What a page came to."""

    read: int = 0
    unchanged: int = 0
    changes: Changes = field(default_factory=Changes)
    held: list[Held] = field(default_factory=list)
    known: Collection[Key] = ()
    """Keys of the page that the target has."""

    @property
    def counts(self) -> Counts:
        """Before anything is written."""
        kinds = Counter(each.kind for each in self.held)
        told = Counts(self.read, unchanged=self.unchanged, in_flight=len(self.changes.rows))
        return replace(told, invalid=kinds[INVALID], quarantined=kinds[QUARANTINED])

    @property
    def most(self) -> str:
        """The code of which most are held."""
        codes = Counter(each.problems[0].code for each in self.held)
        return max(codes, key=lambda code: codes[code], default="-")


def readable(each: Read) -> Record:
    """As it was read; of one that can't be read, its marks."""
    if isinstance(each.record, Invalid):
        return {f"mark-{at}": str(value) for at, value in enumerate(each.marks)}
    return each.record
