"""Items that are under way or have come to nothing, a page at a time; and how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select, tuple_

from exchange.store.case_rows import ItemRow
from exchange.store.engine import Connection
from exchange.store.tables import TO_LOOK_AT, case_item

HELD = ("parked", "invalid")
"""What needs a person."""
CHUNK, MOST = 2_000, 20_000
"""Keys that are read at once, and for one page, where a filter lets few through."""

_WRITTEN: dict[str, ColumnElement[str]] = {s: literal_column(f"'{s}'") for s in TO_LOOK_AT}
"""Written out, not bound: only so does a database see that the partial index answers it."""
_BY = (case_item.c.updated_at, case_item.c.case, case_item.c.item)
_KEYS = (*_BY, case_item.c.code, case_item.c.matter)


class ItemPlace(NamedTuple):
    """Where a list goes on: after this item, as it was last changed then (a stamp)."""

    at: str
    case: str
    item: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty means any. ``items``: of these matters these items."""

    matter: str = ""
    code: str = ""
    items: Mapping[str, Sequence[str]] | None = None

    def covers(self, key: Any) -> bool:
        """Is this item meant?"""
        if self.matter not in ("", key.matter) or self.code not in ("", key.code):
            return False
        return self.items is None or key.item.partition("#")[0] in self.items.get(key.matter, ())


@dataclass(frozen=True, slots=True)
class Found:
    """A page of items; ``after``: where the next begins, None if there is no more.

    A page may hold fewer than asked for, and yet not be the last: it has looked far enough.
    """

    rows: list[ItemRow]
    after: ItemPlace | None


def held(connection: Connection, wanted: Filter, after: ItemPlace | None, limit: int) -> Found:
    """What needs a person, the longest waiting first."""
    return _page(connection, HELD, wanted, (after, limit))


def in_state(
    connection: Connection, state: str, wanted: Filter, *, after: ItemPlace | None, limit: int
) -> Found:
    """The items in one of ``TO_LOOK_AT``, likewise."""
    return _page(connection, (state,), wanted, (after, limit))


def counts(connection: Connection, states: Sequence[str]) -> dict[tuple[str, str, str, str], int]:
    """How many items: by matter, item, state and code."""
    by = (case_item.c.matter, case_item.c.item, case_item.c.state, case_item.c.code)
    found: dict[tuple[str, str, str, str], int] = {}
    for state in states:
        query = select(*by, func.count()).where(is_state(state)).group_by(*by)
        found |= {(m, i, s, c): n for m, i, s, c, n in connection.execute(query)}
    return found


def _page(
    connection: Connection,
    states: Sequence[str],
    wanted: Filter,
    where: tuple[ItemPlace | None, int],
) -> Found:
    after, limit = where
    keys: list[Any] = []
    looked, last = 0, None
    for key in merge(*(_keys(connection, state, after) for state in states), key=_place):
        if len(keys) == limit or looked == MOST:
            return Found(_rows(connection, keys), last)
        looked, last = looked + 1, _place(key)
        keys += [key] if wanted.covers(key) else []
    return Found(_rows(connection, keys), None)


def _keys(connection: Connection, state: str, after: ItemPlace | None) -> Iterator[Any]:
    """What the index says of the items in a state, in order, as long as it is asked for."""
    place = after
    while True:
        found = connection.execute(_after(state, place).limit(CHUNK)).all()
        yield from found
        if len(found) < CHUNK:
            return
        place = _place(found[-1])


def _after(state: str, place: ItemPlace | None) -> Select[Any]:
    query = select(*_KEYS).where(is_state(state)).order_by(*_BY)
    return query.where(tuple_(*_BY) > place) if place else query


def _place(key: Any) -> ItemPlace:
    return ItemPlace(key.updated_at, key.case, key.item)


def is_state(state: str) -> ColumnElement[bool]:
    """One of ``TO_LOOK_AT``, so that their index answers it."""
    return case_item.c.state == _WRITTEN[state]


def _rows(connection: Connection, keys: Sequence[Any]) -> list[ItemRow]:
    """The whole rows, in the order of their keys."""
    found = []
    for key in keys:
        this = and_(case_item.c.case == key.case, case_item.c.item == key.item)
        row = connection.execute(select(case_item).where(this)).first()
        found += [ItemRow(*row)] if row else []
    return found
