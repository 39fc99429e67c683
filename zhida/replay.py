"""Work on a parked item again, after a person has mended its cause."""

from __future__ import annotations

from exchange import times
from exchange.errors import Forbidden, Rejected
from exchange.ledger import Entry
from exchange.store import case_rows
from exchange.store.case_rows import ItemRow
from exchange.store.engine import Connection
from zhida.hub import Hub

UNKNOWABLE = frozenset(
    {
        "delivery.unknowable",
        "delivery.in-doubt",
        "delivery.vanished",
        "delivery.cannot-probe",
        "delivery.refused-repeated",
        "delivery.parked-before",
    }
)
"""Reasons for which only a person can know what became of the effect."""


def replay(hub: Hub, case: str, item: str, *, operator: str) -> None:
    """Make a parked item ready again; recorded with the operator's name.

    Nothing is sent twice by it: what was sent before is probed first, and what is done gives its
    old receipt. Where nobody can find out, repeating it takes two people (``Forbidden``).
    """
    row = _parked(hub, case, item)
    if row.code in UNKNOWABLE:
        raise Forbidden("replay.two-people", case=case, item=item)
    at = times.stamp(hub.clock())

    def write(connection: Connection) -> list[Entry]:
        values = {"state": "ready", "code": "", "facts": "{}", "next_at": at, "updated_at": at}
        case_rows.set_item(connection, case, item, values)
        details = {"item": item, "operator": operator, "was": row.code}
        return [Entry("replay", case, case, details)]

    hub.ledger.commit(write)


def _parked(hub: Hub, case: str, item: str) -> ItemRow:
    with hub.store.read() as connection:
        rows = [row for row in case_rows.items(connection, case) if row.item == item]
    if not rows or rows[0].state != "parked":
        state = rows[0].state if rows else "-"
        raise Rejected("replay.not-parked", case=case, item=item, state=state)
    return rows[0]
