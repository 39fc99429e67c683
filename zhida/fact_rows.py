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

KEY = "uscc"
"""统一社会信用代码: what a row is about."""
_LENGTH = 18
_SORTED = orjson.OPT_SORT_KEYS


def facts_of(record: Record, gives: Mapping[str, Fact]) -> Record:
    """The row. ``Invalid`` for a firm without a code, a fact that the source has none of, a wrong kind."""
    problems = [
        problem for name, value in record.items() for problem in _problems(name, value, gives)
    ]
    if KEY not in record:
        problems.append(Problem("facts.firm-code", {"path": f"/{KEY}"}))
    if problems:
        raise Invalid.of(problems)
    return record


def _problems(name: str, value: Any, gives: Mapping[str, Fact]) -> Iterator[Problem]:
    path = {"path": f"/{name}"}
    if name == KEY:
        if not isinstance(value, str) or len(value) != _LENGTH or not value.isascii():
            yield Problem("facts.firm-code", path)
    elif name not in gives:
        yield Problem("facts.not-given", path)
    elif not _KINDS[gives[name].kind](value):
        yield Problem("facts.kind", path | {"kind": gives[name].kind})
    elif gives[name].codes and value not in gives[name].codes:
        yield Problem("facts.code", path)


def _is_whole(value: Any) -> bool:
    """Exact for every reader: a larger one would spoil the whole dataset, not only its row."""
    return type(value) is int and abs(value) <= canonical.EXACT


def _is_count(value: Any) -> bool:
    return _is_whole(value) and bool(value >= 0)


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
    """Firm → its row as sorted JSON; kept small, for there may be millions."""
    wrong: list[Wrong] = field(default_factory=list)
    _contradicted: set[str] = field(default_factory=set)

    def add(self, row: BulkRow, place: str) -> None:
        """One row of the source, in order; ``place`` is where it stood."""
        self.count += 1
        try:
            if row.error is not None:
                raise row.error
            record = facts_of(row.record or {}, self.gives)
        except Rejected as error:
            self.wrong.append(Wrong(place, row.fields, error.problems))
            return
        self._put(
            str(record[KEY]), orjson.dumps(record, option=_SORTED), Wrong(place, row.fields, ())
        )

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
            self._contradict(firm, Wrong(whence.place, orjson.loads(known), ()))
            del self.rows[firm]

    def _contradict(self, firm: str, whence: Wrong) -> None:
        self._contradicted.add(firm)
        problem = Problem("facts.contradicts", {"path": f"/{KEY}"})
        self.wrong.append(Wrong(whence.place, whence.fields, (problem,)))

    def in_order(self) -> Iterator[Record]:
        """The rows by firm."""
        for firm in sorted(self.rows):
            yield orjson.loads(self.rows[firm])


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
