"""Read a table behind a cursor: a column that grows, and a look back for rows that came late.

The cursor is the highest mark seen and, for the rows within ``overlap`` below it, what was taken.
A row that was committed late lies within that window and is new; one with an equal mark too; a
changed one has another digest. A time in the future moves the mark to the present only, or every
later row would lie below it. A row later than ``overlap`` is lost: choose it longer than the
longest transaction of the writer. Naive times are taken for China's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, select

from connectors.tables_database import Chosen
from connectors.tables_row import parcel
from exchange import times
from exchange.errors import Fatal
from exchange.ports import Parcel

Mark = Any
"""int or datetime."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a table has been read."""

    high: Mark = None
    seen: Mapping[str, Mark] = field(default_factory=dict)
    """Digests of rows taken at or above the window's lower end, with their marks."""

    @classmethod
    def read(cls, cursor: str) -> Place:
        """The reverse of ``written``; empty is the start."""
        if not cursor:
            return cls()
        told = orjson.loads(cursor)
        return cls(_mark(told["high"]), {key: _mark(mark) for key, mark in told["seen"].items()})

    def written(self) -> str:
        """Text for the store; it holds marks and digests, nothing of a row."""
        if self.high is None:
            return ""
        told = {"high": _text(self.high), "seen": {k: _text(m) for k, m in self.seen.items()}}
        return orjson.dumps(told).decode()

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
    # Among so many rows, at most those that were seen are skipped.
    query = select(*names.values()).order_by(mark, *chosen.key).limit(limit + len(place.seen))
    query = query.where(mark.is_not(None))
    if place.high is not None:
        query = query.where(mark >= place.low(about["overlap"]))
    found: dict[str, tuple[Parcel, Mark]] = {}
    for row in connection.execute(query).mappings():
        value = _checked(row[mark.name], chosen, mark.name)
        one = _parcel(row, chosen, value, now)
        if one.key not in place.seen:
            found.setdefault(one.key, (one, value))
        if len(found) == limit:
            break
    if not found:
        _require_marks(connection, chosen, mark)
    taken = {key: value for key, (_, value) in found.items()}
    after = place.after(taken, about["overlap"], now)
    return [one for one, _ in found.values()], after.written()


def _parcel(row: Mapping[Any, Any], chosen: Chosen, mark: Mark, now: datetime) -> Parcel:
    at = None
    if isinstance(mark, datetime):
        at = mark if mark.tzinfo else mark.replace(tzinfo=times.CHINA)
        at = at if at <= now else None  # a clock that is ahead tells nothing
    content = {column.name: row[column.name] for column in chosen.columns}
    return parcel(content, {column.name: row[column.name] for column in chosen.key}, at)


def _checked(value: Any, chosen: Chosen, column: str) -> Mark:
    if isinstance(value, datetime):
        return value
    try:
        whole = int(value)
    except (TypeError, ValueError):
        whole = None
    if whole is None or isinstance(value, str) or whole != value:
        kind = type(value).__name__
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
