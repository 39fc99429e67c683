"""Rows of the legal periods that run: looked for by day, never by going through the cases."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, and_, exists, literal_column, select, update

from exchange.case import ENDED
from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.tables import case_item, item_clock

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
    upsert.put(connection, item_clock, asdict(row))


def of_case(connection: Connection, case: str) -> dict[str, ClockRow]:
    """The periods of a case by item."""
    query = select(item_clock).where(item_clock.c.case == case)
    return {row.item: ClockRow(*row) for row in connection.execute(query)}


def get(connection: Connection, case: str, item: str) -> ClockRow | None:
    """The period of one item."""
    found = connection.execute(select(item_clock).where(_this(case, item))).first()
    return None if found is None else ClockRow(*found)


def change(connection: Connection, row: ClockRow, **values: str) -> None:
    """Change a period (``begins_on``, ``next_on``, ``told``)."""
    connection.execute(update(item_clock).where(_this(row.case, row.item)).values(**values))


def wake(connection: Connection, case: str, day: str) -> None:
    """A case that was over runs again: so do the periods of its items."""
    where = and_(item_clock.c.case == case, item_clock.c.next_on == "")
    connection.execute(update(item_clock).where(where).values(next_on=day))


def due(connection: Connection, day: str, limit: int) -> list[ClockRow]:
    """What is to be looked at by this day, the oldest first."""
    query = select(item_clock).where(_is_due(day)).order_by(item_clock.c.next_on).limit(limit)
    return [ClockRow(*row) for row in connection.execute(query)]


def has_due(connection: Connection, matter: str, day: str) -> bool:
    """Is a period of this matter to be looked at?"""
    query = select(exists().where(_is_due(day), item_clock.c.matter == matter))
    return bool(connection.execute(query).scalar())


def told_and_over(connection: Connection) -> list[ClockRow]:
    """Periods of which somebody was told and whose item has ended since."""
    same = and_(item_clock.c.case == case_item.c.case, item_clock.c.item == case_item.c.item)
    query = (
        select(item_clock)
        .join(case_item, same)
        .where(item_clock.c.told != _NOTHING, case_item.c.state.in_(ENDED))
    )
    return [ClockRow(*row) for row in connection.execute(query)]


def is_told(connection: Connection, word: str) -> bool:
    """Is there a period of which this was told?"""
    query = select(exists().where(item_clock.c.told != _NOTHING, item_clock.c.told == word))
    return bool(connection.execute(query).scalar())


def _this(case: str, item: str) -> ColumnElement[bool]:
    return and_(item_clock.c.case == case, item_clock.c.item == item)


def _is_due(day: str) -> ColumnElement[bool]:
    return and_(item_clock.c.next_on != _NOTHING, item_clock.c.next_on <= day)
