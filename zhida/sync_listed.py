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

from adapters.lists import ListSource
from connectors.tables_keyset import Span
from connectors.tables_row import exact
from connectors.tables_source import Marks, Read
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

    def __init__(self, lists: ListSource, sync: Sync) -> None:
        """``Nothing`` if no list waits."""
        name = sync.source.table
        taken = lists.take(name, newest=sync.is_snapshot)
        if taken is None:
            raise Nothing
        self._lists, self._taken = lists, taken
        self._name, rows, self._key = name, taken.rows, sync.source.key
        self._rows = rows
        self._columns: tuple[str, ...] = ()
        self._fit_keys: tuple[FitKeys, tuple[str, ...]] | None = None
        told = ((self._marks(row), at) for at, row in enumerate(rows))
        self._order = sorted((marks, at) for marks, at in told if marks is not None)
        seen = (each for row in rows for each in row)
        self._told = dict.fromkeys([*taken.columns, *seen])

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
            if self._told and name not in self._told:
                near = nearest(name, self._told)
                raise Fatal("tables.no-column", table=self._name, column=name, nearest=near)
        self._columns = tuple(columns)

    def span(self, begin: str, end: str) -> Span:
        """There is no cursor (``sync_file.require_cursor``)."""
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
        """Rows without a key."""
        lost = [(at, row) for at, row in enumerate(self._rows) if self._marks(row) is None]
        return [Read(self._record(row), (at,)) for at, row in lost[:limit]]

    def newest(self) -> Any:
        """There is no cursor."""
        return None

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

    def _marks(self, row: Record) -> Marks | None:
        values = [row.get(name) for name in self._key]
        return None if None in values else tuple(str(_value(value)) for value in values)


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
