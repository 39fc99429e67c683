"""Work on a parked item again, after a person has mended its cause.

Only what lies between the facts and the target may have been mended: an agreement, a connection,
a mapping. The documents are those of the case; there is no way here to give another.
"""

from __future__ import annotations

from exchange import times
from exchange.errors import Forbidden, Rejected
from exchange.ledger import Entry
from exchange.store import case_rows
from exchange.store.case_rows import ItemRow
from exchange.store.engine import Connection
from zhida.hub import Hub
from zhida.operators import Signatory

UNKNOWABLE = frozenset(
    {
        "delivery.unknowable",
        "delivery.in-doubt",
        "delivery.vanished",
        "delivery.owner-lives",
        "delivery.cannot-probe",
        "delivery.refused-repeated",
        "delivery.changed-since",
        "delivery.waiting-there",
        "delivery.parked-before",
        "delivery.given-up",
    }
)
"""Reasons for which only a person can know what became of the effect."""


def replay(hub: Hub, who: Signatory, case: str, item: str, *, reason: str = "") -> None:
    """Make a parked item ready again; recorded with the operator's signature.

    Nothing is sent twice by it: what was sent before is probed first, and what is done gives its
    old receipt. Where nobody can find out, repeating it takes two people (``Forbidden``; see
    ``zhida.proposals``). ``Rejected`` if it is not parked.
    """
    now = hub.clock()
    with hub.store.read() as connection:
        seen = require_parked(connection, case, item)
    if seen.code in UNKNOWABLE:
        raise Forbidden("replay.two-people", case=case, item=item)
    token = who.sign("replay", {"case": case, "item": item}, reason=reason, now=now)

    def write(connection: Connection) -> list[Entry]:
        case_rows.lock_case(connection, case)
        row = require_parked(connection, case, item)
        if row != seen:
            raise Rejected("replay.changed", case=case, item=item)
        make_ready(connection, row, times.stamp(now))
        details = {"item": item, "operator": who.operator.name, "was": row.code}
        return [Entry("replay", case, case, {**details, "token": token})]

    hub.ledger.commit(write)


def make_ready(connection: Connection, row: ItemRow, now: str) -> None:
    """Due since it was parked. The oldest case's turn comes first (``case_rows.due``)."""
    due = min(row.updated_at, now)
    values = {"state": "ready", "code": "", "facts": "{}", "next_at": due, "updated_at": now}
    case_rows.set_item(connection, row.case, row.item, values)


def require_parked(connection: Connection, case: str, item: str) -> ItemRow:
    """The item as it is now. ``Rejected`` unless it is parked."""
    row = case_rows.get_item(connection, case, item)
    if row is None:
        items = "、".join(each.item for each in case_rows.items(connection, case))
        raise Rejected("case.no-item", case=case, item=item, items=items)
    if row.state != "parked":
        raise Rejected("replay.not-parked", case=case, item=item, state=row.state)
    return row
