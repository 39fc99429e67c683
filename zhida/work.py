"""Work on one item of one case: gather what it needs, cut it down, bring it about once."""

from __future__ import annotations

from datetime import timedelta

from exchange import canonical, times, transfer
from exchange.bookkeeping import Order
from exchange.due import BUSY_POLL
from exchange.errors import Forbidden
from exchange.ledger import Entry
from exchange.outcome import BUSY, Outcome
from exchange.store import case_rows
from exchange.store.engine import Connection
from exchange.transfer import Transfer
from matters.matter import Item
from zhida import legs, progress, query, result, shadow, task
from zhida.hub import Hub
from zhida.task import Task

SHADOW_WAIT = timedelta(minutes=1)
"""Between two looks at what had left before its leg was put into shadow."""


def work(hub: Hub, item: Item, case: str) -> Outcome:
    """One attempt at an item that is due. What it came to stands in the store when it returns.

    Two sweeps may have found the same row due: only one works on it (liveness lock), and the one
    that comes after it looks at the row again.
    """
    with hub.locks.hold(f"item/{case}/{item.name}") as owned:
        if owned:
            return _on_its_leg(hub, item, case)
    return _later(hub, item, case, BUSY_POLL)


def _later(hub: Hub, item: Item, case: str, wait: timedelta) -> Outcome:
    until = times.stamp(hub.clock() + wait)
    with hub.store.write() as connection:
        case_rows.postpone(connection, case, item.name, until)
    return BUSY


def _on_its_leg(hub: Hub, item: Item, case: str) -> Outcome:
    """As the mode of the item's system has it, if the item is due."""
    now = times.stamp(hub.clock())
    with hub.store.read() as connection:
        opened = case_rows.get_case(connection, case)
        row = case_rows.get_item(connection, case, item.name)
        mode = legs.mode(connection, hub.site.system_of(item))
    if opened is None or row is None or row.state not in case_rows.WORKABLE or row.next_at > now:
        return BUSY
    if mode == legs.STOPPED:
        return BUSY
    begun = task.of_row(hub, item.name, opened)
    rehearsing = mode == legs.SHADOW and begun.operation.effect
    if rehearsing and row.state != "ready":  # it left before: what became of it waits for the leg
        return _later(hub, item, case, SHADOW_WAIT)
    return _attempt(begun, rehearsing=rehearsing)


def _attempt(begun: Task, *, rehearsing: bool) -> Outcome:
    try:
        if not begun.operation.effect:
            return query.ask(begun)
        transfers = _transfers(begun)
    except Forbidden as refusal:
        return _park(begun, refusal)
    order = _order(begun, transfers)
    if rehearsing:
        return shadow.rehearse(begun, order)
    return begun.hub.delivery.deliver(
        order, begun.adapter, lambda c, outcome: progress.follow(begun, c, outcome)
    )


def _order(begun: Task, transfers: dict[str, Transfer]) -> Order:
    return Order(
        case=begun.case,
        item=begun.item.name,
        system=begun.system.name,
        operation=begun.operation,
        transfers=transfers,
        bucket=begun.bucket,
        may_leave=lambda c: legs.mode(c, begun.system) == legs.LIVE,
    )


def _transfers(begun: Task) -> dict[str, Transfer]:
    """The documents that the operation needs, each cut down by its agreement."""
    hub = begun.hub
    known = begun.documents()
    if result.KIND in begun.operation.needs.values() and result.KIND not in known:
        known[result.KIND] = result.document(begun)
    return {
        name: transfer.plan(
            known[kind],
            hub.site.agreements,
            receiver=begun.item.unit,
            purpose=begun.matter.purpose,
            now=hub.clock(),
        )
        for name, kind in begun.operation.needs.items()
        if kind in known
    }


def _park(begun: Task, refusal: Forbidden) -> Outcome:
    """Nothing left the hub: the refusal is recorded, and a person must mend its cause."""
    outcome = Outcome("parked", refusal.code, refusal.facts)
    hub = begun.hub

    def write(connection: Connection) -> list[Entry]:
        now = times.stamp(hub.clock())
        values = {
            "state": "parked",
            "code": outcome.code,
            "facts": canonical.dumps(dict(outcome.facts)).decode(),
            "next_at": now,
            "updated_at": now,
        }
        case_rows.set_item(connection, begun.case, begun.item.name, values)
        details = {"item": begun.item.name, "code": refusal.code, **refusal.facts}
        return [Entry("refusal", begun.case, begun.case, details)]

    hub.ledger.commit(write)
    return outcome
