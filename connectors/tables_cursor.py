"""Read a table behind a cursor: a column that grows, and a look back for rows that came late.

The cursor is the highest mark seen and, for the rows within ``overlap`` below it, what was taken.
A row that was committed late lies within that window and is new; one with an equal mark too; a
changed one has another digest. A time in the future moves the mark to the present only, or every
later row would lie below it. A row later than ``overlap`` is lost: choose it longer than the
longest transaction of the writer. Naive times are taken for China's.

A bulk of rows with one mark is gone through by their number, in the order of their keys, as long
as every look is full: the mark does not move meanwhile, so nothing leaves the window. Then comes
the look back, which decides by digests alone. (Their keys are not kept: they may name a person.)
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, select

from connectors.tables_database import Chosen
from connectors.tables_row import parcel
from exchange import times
from exchange.errors import Fatal
from exchange.ports import Parcel

Mark = Any
"""int or datetime."""
_SHORT = 16
"""Characters of a digest in a cursor: 96 bits, twice what chance needs to meet among billions."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a table has been read."""

    high: Mark = None
    seen: Mapping[str, Mark] = field(default_factory=dict)
    """Short digests of rows taken at or above the window's lower end, with their marks."""

    @classmethod
    def read(cls, cursor: str) -> Place:
        """The reverse of ``written``; empty is the start."""
        if not cursor:
            return cls()
        told = orjson.loads(cursor)
        if isinstance(told["seen"], dict):  # of an earlier version: whole digests
            told["seen"] = [(mark, _shortened(key)) for key, mark in told["seen"].items()]
        seen: dict[str, Mark] = {}
        for text, keys in told["seen"]:
            mark = _mark(text)
            seen |= {keys[at : at + _SHORT]: mark for at in range(0, len(keys), _SHORT)}
        return cls(_mark(told["high"]), seen)

    def written(self) -> str:
        """Text for the store; it holds marks and digests, nothing of a row."""
        if self.high is None:
            return ""
        keys: dict[Mark, list[str]] = {}
        for key, mark in self.seen.items():
            keys.setdefault(mark, []).append(key)
        seen = [(_text(mark), "".join(found)) for mark, found in keys.items()]
        return orjson.dumps({"high": _text(self.high), "seen": seen}).decode()

    @property
    def at_high(self) -> int:
        """How many rows with the highest mark were taken."""
        return sum(mark == self.high for mark in self.seen.values())

    def low(self, overlap: int) -> Mark:
        """Where the window begins."""
        if isinstance(self.high, datetime):
            return self.high - timedelta(seconds=overlap)
        return self.high - overlap

    def after(self, taken: Mapping[str, Mark], overlap: int, now: datetime) -> Place:
        """The place once these rows are taken."""
        if not taken:
            return self
        top = max(taken.values())
        if isinstance(top, datetime):
            present = now if top.tzinfo else now.astimezone(times.CHINA).replace(tzinfo=None)
            top = min(top, present)
        moved = Place(top if self.high is None else max(self.high, top))
        low = moved.low(overlap)
        seen = {key: mark for key, mark in {**self.seen, **taken}.items() if mark >= low}
        return Place(moved.high, seen)


def look(
    connection: Connection, chosen: Chosen, about: Mapping[str, Any], *, cursor: str, limit: int,
    now: datetime,
) -> tuple[Sequence[Parcel], str]:  # fmt: skip
    """At most ``limit`` rows not taken yet, in the order of their marks, and the next cursor."""
    place, mark = Place.read(cursor), chosen.column(about["mark"])
    names = {column.name: column for column in (*chosen.columns, *chosen.key, mark)}
    every = select(*names.values()).where(mark.is_not(None)).order_by(mark, *chosen.key)
    found: dict[str, tuple[Parcel, Mark]] = {}
    queries = _queries(every, mark, place, limit=limit, overlap=about["overlap"])
    for row in (row for query in queries for row in connection.execute(query).mappings()):
        value = _checked(row[mark.name], chosen, mark.name)
        one = _parcel(row, chosen, value, now)
        if (short := _shortened(one.key)) not in place.seen:
            found.setdefault(short, (one, value))
        if len(found) == limit:
            break
    if not found:
        _require_marks(connection, chosen, mark)
    taken = {key: value for key, (_, value) in found.items()}
    after = place.after(taken, about["overlap"], now)
    ordered = sorted(found.values(), key=lambda each: each[1])
    return [one for one, _ in ordered], after.written()


def _queries(
    every: Select[Any], mark: ColumnElement[Any], place: Place, *, limit: int, overlap: int
) -> Iterator[Select[Any]]:
    """The rest of a bulk, if there is one, and then the window."""
    bulk = place.at_high
    if place.high is not None and bulk >= limit:
        yield every.where(mark == place.high).offset(bulk).limit(limit)
    # Among so many rows, at most those that were seen are skipped.
    window = every if place.high is None else every.where(mark >= place.low(overlap))
    yield window.limit(limit + len(place.seen))


def _shortened(key: str) -> str:
    return b64encode(bytes.fromhex(key)[: _SHORT * 3 // 4]).decode()


def _parcel(row: Mapping[Any, Any], chosen: Chosen, mark: Mark, now: datetime) -> Parcel:
    at = None
    if isinstance(mark, datetime):
        at = mark if mark.tzinfo else mark.replace(tzinfo=times.CHINA)
        at = at if at <= now else None  # a clock that is ahead tells nothing
    return parcel(chosen.content(row), {column.name: row[column.name] for column in chosen.key}, at)


def _checked(value: Any, chosen: Chosen, column: str) -> Mark:
    if isinstance(value, datetime):
        return value
    try:
        whole = int(value)
    except (TypeError, ValueError):
        whole = None
    if whole is None or isinstance(value, str) or whole != value:
        kind = type(chosen.column(column).type).__name__
        raise Fatal("tables.mark-type", table=chosen.table.name, column=column, type=kind)
    return whole


def _require_marks(connection: Connection, chosen: Chosen, mark: Any) -> None:
    """Rows without a mark would never be seen: told when there is nothing else to do."""
    if connection.execute(select(mark).where(mark.is_(None)).limit(1)).first() is not None:
        raise Fatal("tables.no-mark", table=chosen.table.name, column=mark.name)


def _text(mark: Mark) -> str | int:
    return mark.isoformat() if isinstance(mark, datetime) else int(mark)


def _mark(told: str | int) -> Mark:
    return datetime.fromisoformat(told) if isinstance(told, str) else told
