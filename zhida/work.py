"""Work on one item of one case: gather what it needs, cut it down, bring it about once."""

from __future__ import annotations

from exchange import canonical, times, transfer
from exchange.bookkeeping import Order
from exchange.due import BUSY_POLL
from exchange.errors import Forbidden
from exchange.ledger import Entry
from exchange.outcome import BUSY, Outcome
from exchange.store import case_rows
from exchange.store.engine import Connection
from exchange.transfer import Transfer
from zhida import correction, progress, query, result, task
from zhida.hub import Hub
from zhida.task import Task


def work(hub: Hub, row: str, case: str) -> Outcome:
    """One attempt at a row that is due. What it came to stands in the store when it returns.

    Two sweeps may have found the same row due: only one works on it (liveness lock), and the one
    that comes after it looks at the row again.
    """
    with hub.locks.hold(f"item/{case}/{row}") as owned:
        if owned:
            return _attempt(hub, row, case) if _is_due(hub, row, case) else BUSY
    until = times.stamp(hub.clock() + BUSY_POLL)
    with hub.store.write() as connection:
        case_rows.postpone(connection, case, row, until)
    return BUSY


def _is_due(hub: Hub, name: str, case: str) -> bool:
    now = times.stamp(hub.clock())
    with hub.store.read() as connection:
        row = case_rows.get_item(connection, case, name)
    return row is not None and row.state in case_rows.WORKABLE and row.next_at <= now


def _attempt(hub: Hub, row: str, case: str) -> Outcome:
    begun = task.begin(hub, row, case)
    try:
        if not begun.operation.effect:
            return query.ask(begun)
        begun = correction.of(begun)
        transfers = _transfers(begun)
    except Forbidden as refusal:
        return _park(begun, refusal)
    order = Order(
        case, row, begun.system.name, begun.operation, transfers, begun.bucket, begun.root
    )
    return hub.delivery.deliver(
        order, begun.adapter, lambda c, outcome: progress.follow(begun, c, outcome)
    )


def _transfers(begun: Task) -> dict[str, Transfer]:
    """The documents that the operation needs, each cut down by its agreement."""
    hub = begun.hub
    known = begun.documents()
    if result.KIND in begun.operation.needs.values():
        known[result.KIND] = result.document(begun)
    return {
        name: transfer.plan(
            known[kind],
            hub.site.agreements,
            receiver=begun.item.unit,
            purpose=begun.matter.purpose,
            now=hub.clock(),
            only=begun.identifiers(name) if begun.operation.revokes else None,
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
        case_rows.set_item(connection, begun.case, begun.row, values)
        details = {"item": begun.row, "code": refusal.code, **refusal.facts}
        return [Entry("refusal", begun.case, begun.case, details)]

    hub.ledger.commit(write)
    return outcome
