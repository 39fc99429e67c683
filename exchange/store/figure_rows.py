"""Counts for the figures that an operator watches: of what is under way and of the last hour only.

None of them reads what is over, however much of it there is.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, literal_column, select

from exchange.store.engine import Connection
from exchange.store.item_pages import is_state
from exchange.store.operating_tables import proposal
from exchange.store.tables import case_item, delivery, item_clock, matter_case


def oldest(connection: Connection, state: str) -> dict[tuple[str, str], str]:
    """When the oldest case was opened in which an item is in this state: by matter and item."""
    by = (case_item.c.matter, case_item.c.item)
    query = (
        select(*by, func.min(matter_case.c.opened_at))
        .join(matter_case, matter_case.c.id == case_item.c.case)
        .where(is_state(state))
        .group_by(*by)
    )
    return {(matter, item): at for matter, item, at in connection.execute(query)}


def sent_since(connection: Connection, system: str, since: str) -> dict[str, int]:
    """Deliveries to a system that were sent since a stamp, by the state in which they are now."""
    found: dict[str, int] = {}
    for operation in _operations(connection, system):
        query = (
            select(delivery.c.state, func.count())
            .where(
                delivery.c.system == system,
                delivery.c.operation == operation,
                delivery.c.sent_at >= since,
            )
            .group_by(delivery.c.state)
        )
        for state, number in connection.execute(query):
            found[state] = found.get(state, 0) + number
    return found


def _operations(connection: Connection, system: str) -> Iterator[str]:
    """Each once, by a step along the index for each, not by going through the rows."""
    last = ""
    while True:
        query = select(func.min(delivery.c.operation))
        query = query.where(delivery.c.system == system, delivery.c.operation > last)
        found = connection.execute(query).scalar()
        if found is None:
            return
        last = found
        yield last


def clocks(connection: Connection) -> dict[tuple[str, str], int]:
    """Legal periods of which somebody was told: by matter and what (``near``, ``overdue``, ``unknown``)."""
    by = (item_clock.c.matter, item_clock.c.told)
    query = select(*by, func.count()).where(item_clock.c.told != literal_column("''")).group_by(*by)
    return {(matter, told): number for matter, told, number in connection.execute(query)}


def open_proposals(connection: Connection) -> int:
    """What waits for its second person."""
    query = select(func.count()).where(proposal.c.state == "open")
    return int(connection.execute(query).scalar() or 0)
