"""Work on an item again that is parked or came to nothing, after a person has mended its cause.

Only what lies between the facts and the target may have been mended: an agreement, a connection,
a mapping. The documents are those of the case; there is no way here to give another.
"""

from __future__ import annotations

from collections.abc import Collection

from exchange import reopening, times
from exchange.case import CANCELLED
from exchange.corrections import Scene
from exchange.errors import Forbidden, Rejected
from exchange.ledger import Entry
from exchange.store import case_rows
from exchange.store.case_rows import ItemRow
from exchange.store.engine import Connection
from matters.matter import Matter
from zhida import filing, lane, mended, progress, result, task
from zhida.hub import Hub
from zhida.mended import Compared
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


REPLAYABLE = ("parked", "invalid")
"""``invalid``: our mapping could not make the message, so nothing has left."""


def replay(
    hub: Hub, who: Signatory, case: str, item: str, *, reason: str = "", again: bool = False
) -> None:
    """Make a parked or invalid item ready again; recorded with the operator's signature.

    Nothing is sent twice by it: what was sent before is probed first, and what is done gives its
    old receipt. Where nobody can find out, repeating it takes two people (``Forbidden``; see
    ``zhida.proposals``). ``Rejected`` if it is neither; if something of an invalid one has left,
    or the case has gone on; and if its mapping is still the same, unless ``again``.
    """
    now = hub.clock()
    with hub.store.read() as connection:
        seen = require_replayable(connection, case, item)
    if seen.code in UNKNOWABLE:
        raise Forbidden("replay.two-people", case=case, item=item)
    found = _compared(hub, seen, again=again)
    matter = task.begin(hub, item, case).matter
    token = who.sign("replay", {"case": case, "item": item}, reason=reason, now=now)

    def write(connection: Connection) -> list[Entry]:
        case_rows.lock_case(connection, case)
        row = require_replayable(connection, case, item)
        if row != seen:
            raise Rejected("replay.changed", case=case, item=item)
        details = {"item": item, "operator": who.operator.name, "was": row.code} | found.details
        told = Entry("replay", case, case, {**details, "token": token})
        if row.state == "invalid":
            return [told, *_reopen(hub, connection, matter, row)]
        if row.code == lane.CODES["parked"]:
            return [told, *_decided(hub, connection, matter, row)]
        make_ready(connection, row, times.stamp(now))
        return [told]

    hub.ledger.commit(write)


def _compared(hub: Hub, seen: ItemRow, *, again: bool) -> Compared:
    if seen.state == "parked":
        return Compared()
    return mended.require(hub.site.folder, seen, again=again)


def _reopen(hub: Hub, connection: Connection, matter: Matter, row: ItemRow) -> list[Entry]:
    """With what had ended because of it; a result that nobody has been told yet is made anew."""
    scene = Scene(connection, row.case, hub.clock())
    revoked = filing.taken_back(hub, matter, connection, row.case)
    reopening.require_untouched(scene, row, revoked)
    if reopening.reopen(scene, row, matter.steps):
        case_rows.drop_document(connection, row.case, result.NAME)
    return progress.ended(hub, connection, matter, row.case)


def _decided(hub: Hub, connection: Connection, matter: Matter, row: ItemRow) -> list[Entry]:
    """What could not be decided by the rules is decided now."""
    Scene(connection, row.case, hub.clock()).set(row, "waiting")
    return progress.ended(hub, connection, matter, row.case)


def make_ready(connection: Connection, row: ItemRow, now: str) -> None:
    """Due since it was parked. The oldest case's turn comes first (``case_rows.due``)."""
    due = min(row.updated_at, now)
    values = {"state": "ready", "code": "", "facts": "{}", "next_at": due, "updated_at": now}
    case_rows.set_item(connection, row.case, row.item, values)


def require_parked(connection: Connection, case: str, item: str) -> ItemRow:
    """The item as it is now. ``Rejected`` unless it is parked."""
    return _require(connection, case, item, ("parked",))


def require_replayable(connection: Connection, case: str, item: str) -> ItemRow:
    """The item as it is now. ``Rejected`` unless it is parked or invalid."""
    return _require(connection, case, item, REPLAYABLE)


def _require(connection: Connection, case: str, item: str, states: Collection[str]) -> ItemRow:
    row = case_rows.get_item(connection, case, item)
    if row is None:
        items = "、".join(each.item for each in case_rows.items(connection, case))
        raise Rejected("case.no-item", case=case, item=item, items=items)
    if row.state not in states:
        raise Rejected("replay.not-parked", case=case, item=item, state=row.state)
    opened = case_rows.get_case(connection, case)
    if row.state == "invalid" and opened is not None and opened.state == CANCELLED:
        raise Rejected("replay.cancelled", case=case, item=item)
    return row
