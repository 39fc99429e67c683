"""Rows of the legal periods that run: looked for by day, never by going through the cases.

The first day may be somebody's birthday, so it does not lie here as a date: the row says how many
days before or after the opening of its case it is.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal_column, select, update

from exchange.case import ENDED
from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.tables import case_item, item_clock, matter_case

_NOTHING: ColumnElement[str] = literal_column("''")
"""Written out, not bound: only so does a database see that the partial indexes answer it."""


@dataclass(frozen=True, slots=True)
class ClockRow:
    """The legal period of one item of one case; days are civil days (``YYYY-MM-DD``) or empty."""

    case: str
    item: str
    matter: str
    begins_on: str
    next_on: str
    told: str = ""

    @property
    def about(self) -> str:
        """How incidents name the item."""
        return f"{self.case}/{self.item}"


def put(connection: Connection, row: ClockRow) -> None:
    """The period begins, or begins on another day than was known."""
    told = asdict(row)
    begins_on = told.pop("begins_on")
    upsert.put(
        connection, item_clock, told | {"from_opening": _offset(connection, row.case, begins_on)}
    )


def of_case(connection: Connection, case: str) -> dict[str, ClockRow]:
    """The periods of a case by item."""
    found = _rows(connection, _ALL.where(item_clock.c.case == case))
    return {row.item: row for row in found}


def get(connection: Connection, case: str, item: str) -> ClockRow | None:
    """The period of one item."""
    found = _rows(connection, _ALL.where(_this(case, item)))
    return found[0] if found else None


def change(connection: Connection, row: ClockRow, **values: str) -> None:
    """Change a period (``begins_on``, ``next_on``, ``told``)."""
    if "begins_on" in values:
        values["from_opening"] = _offset(connection, row.case, values.pop("begins_on"))
    connection.execute(update(item_clock).where(_this(row.case, row.item)).values(**values))


def wake(connection: Connection, case: str, day: str) -> None:
    """A case that was over runs again: so do the periods of its items."""
    where = and_(item_clock.c.case == case, item_clock.c.next_on == "")
    connection.execute(update(item_clock).where(where).values(next_on=day))


def due(connection: Connection, day: str, limit: int) -> list[ClockRow]:
    """What is to be looked at by this day, the oldest first."""
    return _rows(connection, _ALL.where(_is_due(day)).order_by(item_clock.c.next_on).limit(limit))


def has_due(connection: Connection, matter: str, day: str) -> bool:
    """Is a period of this matter to be looked at?"""
    query = select(exists().where(_is_due(day), item_clock.c.matter == matter))
    return bool(connection.execute(query).scalar())


def told_and_over(connection: Connection) -> list[ClockRow]:
    """Periods of which somebody was told and whose item has ended since."""
    same = and_(item_clock.c.case == case_item.c.case, item_clock.c.item == case_item.c.item)
    is_over = (item_clock.c.told != _NOTHING, case_item.c.state.in_(ENDED))
    return _rows(connection, _ALL.join(case_item, same).where(*is_over))


def is_told(connection: Connection, word: str) -> bool:
    """Is there a period of which this was told?"""
    query = select(exists().where(item_clock.c.told != _NOTHING, item_clock.c.told == word))
    return bool(connection.execute(query).scalar())


def first_day(offset: str, opened_at: str | None) -> str:
    """The civil day that an offset tells of a case opened at this stamp; empty: not known."""
    if not offset or not opened_at:
        return ""
    return (_opened_on(opened_at) + timedelta(days=int(offset))).isoformat()


def _offset(connection: Connection, case: str, begins_on: str) -> str:
    query = select(matter_case.c.opened_at).where(matter_case.c.id == case)
    opened_at = connection.execute(query).scalar()
    if not begins_on or not opened_at:
        return ""
    return str((date.fromisoformat(begins_on) - _opened_on(opened_at)).days)


def _opened_on(opened_at: str) -> date:
    return date.fromisoformat(opened_at[:10])


_ALL = select(
    item_clock.c.case,
    item_clock.c.item,
    item_clock.c.matter,
    item_clock.c.from_opening,
    item_clock.c.next_on,
    item_clock.c.told,
    matter_case.c.opened_at,
).outerjoin_from(item_clock, matter_case, matter_case.c.id == item_clock.c.case)


def _rows(connection: Connection, query: Select[Any]) -> list[ClockRow]:
    return [
        ClockRow(case, item, matter, first_day(offset, opened_at), next_on, told)
        for case, item, matter, offset, next_on, told, opened_at in connection.execute(query)
    ]


def _this(case: str, item: str) -> ColumnElement[bool]:
    return and_(item_clock.c.case == case, item_clock.c.item == item)


def _is_due(day: str) -> ColumnElement[bool]:
    return and_(item_clock.c.next_on != _NOTHING, item_clock.c.next_on <= day)
