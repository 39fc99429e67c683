"""A delivery of which we do not know what it came to, and the target's books do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from exchange import times
from exchange.bookkeeping import put_row
from exchange.errors import ZhidaError
from exchange.ledger import Entry
from exchange.outcome import BUSY, Outcome
from exchange.ports import Adapter, BookEntry, Operation
from exchange.reconcile import OPEN
from exchange.store import case_rows, delivery_rows
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Connection
from zhida import correction, progress, task, work
from zhida.booked import Booked
from zhida.hub import Hub
from zhida.replay import UNKNOWABLE
from zhida.task import Task

OVER = frozenset({"applied", "refused", "stored"})
"""Outcomes after which we know as much as the books."""


def settle(hub: Hub, line: BookEntry) -> Outcome:
    """Bring the item to the end that the line tells of: what that came to, if not ``OVER`` why not.

    By the ordinary way of a delivery, so that receipt, documents and dependants follow: the
    target is probed if it can be, else the line itself is the answer. Nothing is ever sent: if
    the target does not own up to what its books tell, a person finds out.
    """
    with hub.store.read() as connection:
        row = delivery_rows.get_delivery(connection, line.effect_key)
    if row is None:
        return Outcome("failed", "reconcile.no-item")
    key, end = f"item/{row.case}/{row.item}", _settle
    if not row.case:
        key, end = row.chain, _of_nobody  # nobody makes it his own meanwhile
    with hub.locks.hold(key) as owned:
        try:
            return end(hub, row, line) if owned else BUSY
        except ZhidaError as error:
            return Outcome("failed", error.code)


def _of_nobody(hub: Hub, row: DeliveryRow, line: BookEntry) -> Outcome:
    """Only their books have told us of it (``zhida.doubt``): so they tell how it ended, too."""

    def write(connection: Connection) -> list[Entry]:
        ended = replace(row, state=line.state, settled_at=times.stamp(line.at))
        put_row(connection, ended, seen=row)
        details = {"system": row.system, "operation": row.operation}
        return [Entry("found-in-books", row.effect, details=details)]

    with hub.store.read() as connection:
        if delivery_rows.get_delivery(connection, row.effect) != row:
            return BUSY
    hub.ledger.commit(write)
    return Outcome(line.state)


def _settle(hub: Hub, row: DeliveryRow, line: BookEntry) -> Outcome:
    begun = correction.of(task.begin(hub, row.item, row.case))
    probed = begun.operation.idempotence == "probe"
    if not probed and begun.item.gives and line.state == "applied":
        repeats = begun.operation.idempotence != "none" and row.state in OPEN
        # what waits for it could not go on; where a repetition is harmless it brings the document
        return BUSY if repeats else Outcome("parked", "reconcile.no-document")
    asked = replace(begun, operation=_operation(begun.operation, line))
    order = replace(work.order_of(asked), may_leave=lambda _: False)
    adapter: Adapter = begun.adapter if probed else Booked(begun.adapter, line)
    if not _wake(hub, begun, row, "stored" if probed and line.state != "refused" else "unknown"):
        return BUSY
    return hub.delivery.deliver(order, adapter, lambda c, told: progress.follow(begun, c, told))


def _operation(known: Operation, line: BookEntry) -> Operation:
    """A line can always be asked. What their books have has settled; after a no, more may come."""
    settle = known.settle if line.state == "refused" else timedelta(0)
    return replace(known, idempotence="probe", settle=settle)


def _wake(hub: Hub, begun: Task, row: DeliveryRow, state: str) -> bool:
    """Parked or waiting, the item is looked at now; False if it no longer hangs on this effect.

    ``state`` is what the line makes of the delivery. What their books have counts as ``stored``,
    so that no worker sends it again, also if this one dies and if the target denies it.
    """

    def write(connection: Connection) -> tuple[bool, list[Entry]]:
        case_rows.lock_case(connection, row.case)
        item = case_rows.get_item(connection, row.case, row.item)
        now = delivery_rows.get_delivery(connection, row.effect)
        if item is None or now is None or not _hangs(item.state, item.code):
            return False, []
        if now.state not in OPEN | {"parked"}:
            return False, []
        put_row(connection, replace(now, state=state), seen=now)
        at = times.stamp(hub.clock())
        if item.state != "parked":
            case_rows.set_item(connection, row.case, row.item, {"next_at": at})
            return True, []
        values = {"state": "unknown", "code": "", "facts": "{}", "next_at": at, "updated_at": at}
        case_rows.set_item(connection, row.case, row.item, values)
        details = {"item": row.item, "system": begun.system.name, "was": item.code}
        return True, [Entry("found-in-books", row.effect, row.case, details)]

    return hub.ledger.decide(write)


def _hangs(state: str, code: str) -> bool:
    return state in case_rows.WORKABLE or (state == "parked" and code in UNKNOWABLE)
