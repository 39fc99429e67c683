"""One row of a holder's list as facts of the catalogue; and the rows of a list put together.

What is not stated stays out of the row: unknown. What is stated wrongly makes the row invalid as a
whole, with all its reasons: a firm of which one value can't be read is better unknown than half known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from heapq import merge
from typing import Any

import orjson

from adapters.bulk import BulkRow
from exchange import canonical
from exchange.errors import Invalid, Problem, Rejected
from exchange.ports import Record
from matters.facts import Fact

KIND, KEY = "enterprise-facts", "uscc"
"""Kind of the datasets, and what a row is about: 统一社会信用代码."""
_LENGTH = 18


def facts_of(record: Record, gives: Mapping[str, Fact]) -> Record:
    """The row. ``Invalid`` for a firm without a code, a fact that the source has none of, a wrong kind."""
    problems = [
        problem for name, value in record.items() if (problem := _problem(name, value, gives))
    ]
    if KEY not in record:
        problems.append(Problem("facts.firm-code", {"path": f"/{KEY}"}))
    if problems:
        raise Invalid.of(problems)
    return record


def _problem(name: str, value: Any, gives: Mapping[str, Fact]) -> Problem | None:
    if name == KEY:
        return None if _is_firm(value) else Problem("facts.firm-code", {"path": f"/{name}"})
    fact = gives.get(name)
    if fact is None:
        return Problem("facts.not-given", {"path": f"/{name}"})
    if not _KINDS[fact.kind](value):
        return Problem("facts.kind", {"path": f"/{name}", "kind": fact.kind})
    if fact.codes and value not in fact.codes:
        return Problem("facts.code", {"path": f"/{name}"})
    return None


def _is_firm(value: Any) -> bool:
    return isinstance(value, str) and len(value) == _LENGTH and value.isascii()


def _is_whole(value: Any) -> bool:
    """Exact for every reader: a larger one would spoil the whole dataset, not only its row."""
    return type(value) is int and -canonical.EXACT <= value <= canonical.EXACT


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= canonical.EXACT


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "flag": lambda value: isinstance(value, bool),
    "code": lambda value: isinstance(value, str) and value != "" and value.isprintable(),
    "count": _is_count,
    "money": _is_whole,
    "date": _is_day,
}


def _fitting(fact: Fact) -> Callable[[Any], bool]:
    is_kind, codes = _KINDS[fact.kind], fact.codes
    return (lambda value: is_kind(value) and value in codes) if codes else is_kind


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that is kept as invalid."""

    place: str
    fields: Record
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class Gathered:
    """The rows of a batch: one a firm. ``count == rows + invalid + duplicates``, always.

    ``later_wins``: a batch of changes, where the last word on a firm counts. Of a whole list two rows
    about one firm that say different things are both invalid: nobody knows which is right.
    """

    gives: Mapping[str, Fact]
    later_wins: bool = False
    count: int = 0
    duplicates: int = 0
    rows: dict[str, bytes] = field(default_factory=dict)
    """Firm → its row as a JSON list, null for what is unknown; without the names of the facts, which
    would be most of it: there may be millions."""
    wrong: list[Wrong] = field(default_factory=list)
    _contradicted: set[str] = field(default_factory=set)
    _fits: tuple[Callable[[Any], bool], ...] = field(init=False)

    def __post_init__(self) -> None:
        self._fits = tuple(map(_fitting, self.gives.values()))

    def add(self, row: BulkRow, place: str) -> None:
        """One row of the source, in order; ``place`` is where it stood."""
        self.count += 1
        try:
            if row.error is not None:
                raise row.error
            record = row.record or {}
            values = self._values(record)
        except Rejected as error:
            self.wrong.append(Wrong(place, row.fields, error.problems))
            return
        # A copy: what orjson gives keeps the 8 KiB it was written in, of a row of 300 bytes.
        body = bytes(memoryview(orjson.dumps(values)))
        self._put(str(record[KEY]), body, Wrong(place, row.fields, ()))

    def _values(self, record: Record) -> list[Any]:
        """Of all facts in their order. ``Invalid`` as ``facts_of``, which is asked only in doubt."""
        values, unknown = list(map(record.get, self.gives)), 0
        for value, fits in zip(values, self._fits, strict=True):
            if value is None:
                unknown += 1
            elif not fits(value):
                break
        else:
            if len(record) == 1 + len(values) - unknown and _is_firm(record.get(KEY)):
                return values
        facts_of(record, self.gives)
        return values

    def _put(self, firm: str, body: bytes, whence: Wrong) -> None:
        known = self.rows.get(firm)
        if firm in self._contradicted:
            self._contradict(firm, whence)
        elif known is None:
            self.rows[firm] = body
        elif known == body or self.later_wins:
            self.duplicates += 1
            self.rows[firm] = body
        else:
            self._contradict(firm, whence)
            self._contradict(firm, Wrong(whence.place, self._record(firm), ()))
            del self.rows[firm]

    def _contradict(self, firm: str, whence: Wrong) -> None:
        self._contradicted.add(firm)
        problem = Problem("facts.contradicts", {"path": f"/{KEY}"})
        self.wrong.append(Wrong(whence.place, whence.fields, (problem,)))

    def in_order(self) -> Iterator[Record]:
        """The rows by firm."""
        for firm in sorted(self.rows):
            yield self._record(firm)

    def _record(self, firm: str) -> Record:
        told = zip(self.gives, orjson.loads(self.rows[firm]), strict=True)
        return {KEY: firm} | {name: value for name, value in told if value is not None}


def over(before: Iterator[Record], new: Iterator[Record]) -> Iterator[Record]:
    """Both in order of the firms; of a firm that both have, the new row.

    >>> list(over(iter([{"uscc": "a", "n": 1}, {"uscc": "b"}]), iter([{"uscc": "a", "n": 2}])))
    [{'uscc': 'a', 'n': 2}, {'uscc': 'b'}]
    """
    last = ""
    for firm, _, row in merge(_named(new, 0), _named(before, 1), key=lambda each: each[:2]):
        if firm != last:
            yield row
        last = firm


def _named(rows: Iterator[Record], rank: int) -> Iterator[tuple[str, int, Record]]:
    for row in rows:
        yield str(row[KEY]), rank, row
