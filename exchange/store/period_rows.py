"""The legal periods of all cases in one query, with what became of their items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import and_, select

from exchange.case import BY_HAND, hand_of
from exchange.store.clock_rows import first_day
from exchange.store.engine import Connection
from exchange.store.tables import case_item, item_clock, matter_case


class Period(NamedTuple):
    """The legal period of one item; ``begins`` is a civil day."""

    case: str
    item: str
    matter: str
    definition: str
    begins: str
    state: str
    updated_at: str


def periods(connection: Connection, matter: str = "", since: str = "") -> Iterator[Period]:
    """Those whose first day is known, of one matter (empty: all), of items that changed since a stamp.

    Of an item that a person does, the person's row tells what became of it. What still runs is told
    however long ago it changed.
    """
    clock, item, case = item_clock.c, case_item.c, matter_case.c
    query = (
        select(
            clock.case, clock.item, clock.matter, case.definition, clock.from_opening,
            case.opened_at, item.state, item.updated_at,
        )
        .join(case_item, and_(item.case == clock.case, item.item == clock.item))
        .join(matter_case, case.id == clock.case)
        .where(clock.from_opening != "")
    )  # fmt: skip
    query = query.where(clock.matter == matter) if matter else query
    hands = _by_hand(connection, matter)
    for row in connection.execute(query).all():
        state, at = row[6], row[7]
        if state == BY_HAND:
            state, at = hands.get((row[0], hand_of(row[1])), (state, at))
        if not since or at >= since or state not in _OVER:
            yield Period(row[0], row[1], row[2], row[3], first_day(row[4], row[5]), state, at)


_OVER = ("applied", "refused")


def _by_hand(connection: Connection, matter: str) -> dict[tuple[str, str], tuple[str, str]]:
    of = case_item.c
    query = select(of.case, of.item, of.state, of.updated_at).where(of.item.endswith(f"-{BY_HAND}"))
    query = query.where(of.matter == matter) if matter else query
    return {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(query).all()}
