"""A list as the source of a sync: the table's questions (``connectors.tables_source``), answered from memory.

A list is read whole or not at all, and kept for one run. Its rows go by their keys, as texts. A run that
died begins again at its start: what was written is unchanged then.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from adapters.lists import ListSource, Taken
from connectors.tables_keyset import Span
from connectors.tables_page import Marks, Read
from connectors.tables_row import exact
from exchange import canonical
from exchange.errors import Fatal, Invalid
from exchange.names import nearest
from exchange.ports import Record
from zhida.sync_file import Sync

FitKeys = Callable[[Sequence[Record]], Sequence[Marks]]
_ANY = ["value", "text"]
"""Of a list's column nobody says which type it has."""


class Nothing(Exception):
    """No list waits."""


class ListedSource:
    """One list, for one run. ``lists`` is closed by who opened it."""

    def __init__(self, lists: ListSource, sync: Sync, span: Span = Span()) -> None:
        """``span``: of an API with a cursor, which rows it is asked for. ``Nothing`` if no list waits."""
        name = sync.source.table
        self._since, self._cursor = sync.since, sync.cursor
        self._name, self._key = name, sync.source.key
        self.is_part = span.low is not None
        """Was it asked for a part only, and gave one?"""
        taken = self._take(lists, newest=sync.is_snapshot, low=span.low)
        if taken is None:
            raise Nothing
        self._lists, self._taken = lists, taken
        rows = self._rows = [row for row in taken.rows if not self._is_beyond(row, span)]
        self._columns: tuple[str, ...] = ()
        self._fit_keys: tuple[FitKeys, tuple[str, ...]] | None = None
        told = ((self._marks(row), at) for at, row in enumerate(rows))
        self._order = sorted((marks, at) for marks, at in told if marks is not None)
        seen = (each for row in rows for each in row)
        self._told = dict.fromkeys([*taken.columns, *seen])

    def _take(self, lists: ListSource, *, newest: bool, low: Any) -> Taken | None:
        """The newest row that we have should come again, for we look back: an answer without any row is
        not believed, and the list is read whole. ``Fatal`` if what was asked for is there after all.
        """
        if self._since is None:
            return lists.take(self._name, newest=newest)
        taken = lists.take(self._name, newest=newest, asked=self._since.asked(low))
        if low is None or (taken and taken.rows):
            return taken
        self.is_part, whole = (
            False,
            lists.take(self._name, newest=newest, asked=self._since.asked(None)),
        )
        marks = [
            mark for row in (whole.rows if whole else ()) if (mark := self._mark(row)) is not None
        ]
        if any(mark >= low for mark in marks):
            raise Fatal("sync.cursor-deaf", list=self._name, parameter=self._since.parameter)
        return whole

    def settle(self) -> bool:
        """The sync is through with it; does another wait?"""
        self._lists.settle(self._name, self._taken)
        return self._taken.more

    def compare_as(self, fit_keys: FitKeys, key: Sequence[str]) -> None:
        """How the target writes keys: what it has is looked for in its own words."""
        self._fit_keys = (fit_keys, tuple(key))

    @property
    def is_unique(self) -> bool:
        """Nobody sees to it."""
        return not self.repeated(1)

    def told(self) -> dict[str, list[str]]:
        """Its columns; none of a list that is empty and does not name them."""
        return {name: list(_ANY) for name in self._told}

    def choose(self, columns: Sequence[str]) -> None:
        """``Fatal`` for a column that is not there."""
        for name in columns:
            if self._told and name not in self._told and not self.is_part:
                near = nearest(name, self._told)
                raise Fatal("tables.no-column", table=self._name, column=name, nearest=near)
        self._columns = tuple(columns)

    def span(self, begin: str, end: str) -> Span:
        """It was asked for when the list was."""
        raise Invalid("sync.no-cursor", sync=self._name)

    def repeated(self, limit: int) -> set[Marks]:
        """Keys that several rows have."""
        counts = Counter(marks for marks, _ in self._order)
        return set([marks for marks, count in counts.items() if count > 1][:limit])

    def page(self, span: Span, limit: int) -> list[Read]:
        """The next rows by key, each with its number behind its key: rows of one key are told apart."""
        after = (span.after[1:], span.after[0]) if span.after else ((), -1)
        start = bisect_right(self._order, after)
        return [self._read(marks, at) for marks, at in self._order[start : start + limit]]

    def nameless(self, limit: int) -> list[Read]:
        """Rows without a key, or without a value of the cursor that is a time or a number."""
        lost = [(at, row) for at, row in enumerate(self._rows) if self._marks(row) is None]
        return [Read(self._record(row), (at,)) for at, row in lost[:limit]]

    def newest(self) -> Any:
        """The cursor's greatest value; None without one. ``Fatal`` where times and numbers are mixed."""
        marks = [mark for row in self._rows if (mark := self._mark(row)) is not None]
        if len({isinstance(mark, int) for mark in marks}) > 1:
            raise Fatal("tables.mark-type", table=self._name, column=self._cursor[0], type="mixed")
        return max(marks, default=None)

    def count(self) -> int:
        """How many rows it has."""
        return len(self._rows)

    def missing(self, keys: Sequence[Marks]) -> list[Marks]:
        """Those of a target's keys that no row has, both as the target writes them."""
        if self._fit_keys is None:
            raise Fatal("sync.no-tables", system=self._name, wire="-")
        fit_keys, names = self._fit_keys
        ours = fit_keys([dict(zip(names, marks, strict=True)) for marks, _ in self._order])
        known = {_comparable(key) for key in ours}
        return [key for key in keys if _comparable(key) not in known]

    def _read(self, marks: Marks, at: int) -> Read:
        return Read(self._record(self._rows[at]), (at, *marks))

    def _record(self, row: Record) -> Record:
        return {name: _value(row[name]) for name in self._columns if name in row}

    def _mark(self, row: Record) -> Any:
        return None if self._since is None else self._since.mark(row.get(self._cursor[0]))

    def _is_beyond(self, row: Record, span: Span) -> bool:
        """After the end of a span that is read again: an API is only told where it begins. ``Invalid`` for a
        span of times where the rows have numbers, or the reverse.
        """
        mark = self._mark(row) if span.high is not None else None
        if mark is not None and type(mark) is not type(span.high):
            raise Invalid("sync.no-span", begin=str(span.low)[:40], end=str(span.high)[:40])
        return mark is not None and bool(mark > span.high)

    def _marks(self, row: Record) -> Marks | None:
        values = [row.get(name) for name in self._key]
        unplaced = self._since is not None and self._mark(row) is None
        return None if unplaced or None in values else tuple(str(_value(value)) for value in values)


def _value(value: Any) -> Any:
    """As a record holds it: a whole number beyond 2^53 is a text, as that of a table is.

    >>> _value(7), _value(2**60)
    (7, '1152921504606846976')
    """
    told = exact(value)
    return str(told) if type(told) is int and abs(told) > canonical.EXACT else told


def _comparable(key: Marks) -> Marks:
    """A key of either side; what might be written in two ways is refused, for a row would be taken away.

    >>> _comparable((Decimal("5.00"), "a  ", 7))
    ('5', 'a', '7')
    """
    if any(isinstance(value, datetime | float) for value in key):
        raise Fatal("tables.order-type", type="time")
    return tuple(_text(value) for value in key)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(exact(value)).rstrip(" ")
