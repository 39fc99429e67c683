"""What a delivery writes: the case's item, the system's health, the rows of what was sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from exchange import circuit, receipt, times, transfer, versions
from exchange.due import AGAIN, BUSY_POLL, due_again
from exchange.effect import Roots
from exchange.errors import Forbidden, Retriable
from exchange.ledger import Entry
from exchange.outcome import FOUND_BY, Outcome, tellable
from exchange.ports import Inputs, Operation, Record
from exchange.store import case_rows, delivery_rows
from exchange.store.case_rows import ItemRow
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Connection
from exchange.transfer import Transfer
from exchange.vault import Vault


@dataclass(frozen=True, slots=True)
class Order:
    """One effect that a case's item asks for."""

    case: str
    item: str
    system: str
    operation: Operation
    transfers: dict[str, Transfer]
    """The documents that travel, by the operation's name for each."""
    bucket: str
    root: Record = field(default_factory=dict)
    """What a correction corrects (``ports.ROOT``); empty if the operation corrects nothing."""
    roots: Roots = field(default_factory=dict)
    """First numbers of what was issued anew: the key of the effect stays the first one's."""
    may_leave: Callable[[Connection], bool] = field(kw_only=True)
    """Asked in the transaction after which it counts as sent: has nobody stopped this leg?"""
    is_cancelled: Callable[[Connection], bool] = field(default=lambda _: False, kw_only=True)
    """Asked in the same one: is this effect not wanted any more?"""

    @property
    def version(self) -> str:
        """Which version of the thing it brings: what is due later sorts after it."""
        if self.operation.revokes:
            return versions.LAST
        return versions.of_inputs({name: m.document for name, m in self.transfers.items()})

    @property
    def inputs(self) -> Inputs:
        """What the target's adapter gets: already minimised."""
        return {name: moved.record for name, moved in self.transfers.items()}

    def began(self, row: DeliveryRow) -> bool:
        """Was it this very item that sent it? Else the same event came from elsewhere too."""
        return (row.case, row.item) == (self.case, self.item)


def note_health(connection: Connection, system: str, outcome: Outcome, now: datetime) -> None:
    """Let the system's circuit know how the call went."""
    if outcome.sick:
        circuit.failed(connection, system, outcome.code, now, facts=outcome.facts)
    elif outcome.answer is not None or outcome.refusal is not None:
        circuit.answered(connection, system, now)


def set_item(
    connection: Connection,
    order: Order,
    outcome: Outcome,
    *,
    effect: str,
    now: datetime,
    next_at: datetime,
) -> None:
    """Write the outcome into the case's item, together with the delivery that it is about."""
    values = _values(outcome, effect=effect, now=now, next_at=next_at)
    case_rows.set_item(connection, order.case, order.item, values)


def set_item_seen(
    connection: Connection,
    order: Order,
    outcome: Outcome,
    *,
    seen: ItemRow | None,
    effect: str,
    now: datetime,
    next_at: datetime,
) -> None:
    """The same where no delivery changes: ``Retriable("delivery.overtaken")`` if the item has.

    That happens to a worker that lost its lock while it lived. ``seen``: None, there is no item.
    """
    values = _values(outcome, effect=effect, now=now, next_at=next_at)
    if seen is None:
        same = case_rows.get_item(connection, order.case, order.item) is None
    else:
        same = case_rows.set_item_seen(connection, seen, values)
    if not same:
        raise Retriable("delivery.overtaken", effect=effect)


def _values(outcome: Outcome, *, effect: str, now: datetime, next_at: datetime) -> dict[str, str]:
    return {
        "state": outcome.state,
        "code": outcome.code,
        "facts": outcome.facts_json,
        "effect": effect,
        "next_at": times.stamp(next_at),
        "updated_at": times.stamp(now),
    }


def put_row(connection: Connection, row: DeliveryRow, *, seen: DeliveryRow | None) -> None:
    """``Retriable("delivery.overtaken")`` if the row is another worker's by now.

    That happens only to a worker that lost its lock while it lived.
    """
    if not delivery_rows.put_delivery(connection, row, seen=seen):
        raise Retriable("delivery.overtaken", effect=row.effect)


def write_sent(
    connection: Connection,
    order: Order,
    row: DeliveryRow,
    *,
    before: DeliveryRow | None,
    now: datetime,
) -> list[Entry]:
    """T1: the delivery counts as sent, its transfers are noted.

    A repetition moves the same documents under the same agreements: noted once. ``Forbidden``
    if the order may not leave any more.
    """
    if order.is_cancelled(connection):
        raise Forbidden("case.cancelled", case=order.case)
    if not order.may_leave(connection):
        raise Forbidden("leg.not-live", system=order.system)
    put_row(connection, row, seen=before)
    where = {"case": order.case, "item": order.item, "effect": row.effect}
    told = {
        (known.document, known.agreement, known.disclosed)
        for known in (delivery_rows.transfers_of(connection, **where) if before else ())
    }
    made = [(moved, transfer.row(moved, now=now, **where)) for moved in order.transfers.values()]
    new = [(m, r) for m, r in made if (r.document, r.agreement, r.disclosed) not in told]
    delivery_rows.add_transfers(connection, [r for _, r in new])
    look = now + BUSY_POLL
    set_item(connection, order, Outcome("sent"), effect=row.effect, now=now, next_at=look)
    return [transfer.note(m, kind="transfer", **where) for m, _ in new]


def write_end(
    connection: Connection,
    order: Order,
    row: DeliveryRow,
    *,
    outcome: Outcome,
    told: Outcome,
    vault: Vault,
    now: datetime,
) -> list[Entry]:
    """T3: what the call came to (``outcome``), and what the item is told of it."""
    still_waiting = row.state == outcome.state == "stored" and bool(row.receipt)
    entries = [] if still_waiting else _receipt(connection, vault, order, row, outcome, now)
    state = "pending" if outcome.state == "ready" else outcome.state
    ended = times.stamp(now) if state in ("applied", "refused") else ""
    ref = entries[0].ref if entries else row.receipt
    kept = replace(row, state=state, settled_at=ended, receipt=ref, owner="")
    put_row(connection, kept, seen=row)
    note_health(connection, order.system, outcome, now)
    next_at = _next_at(connection, order, told, now, row=kept)
    set_item(connection, order, told, effect=row.effect, now=now, next_at=next_at)
    return entries + remark(order, row.effect, told)


def write_late(
    connection: Connection,
    order: Order,
    row: DeliveryRow,
    *,
    outcome: Outcome,
    vault: Vault,
    now: datetime,
) -> list[Entry]:
    """An answer to an attempt that another worker took for dead: kept, and nothing follows."""
    details = {"item": order.item, "state": outcome.state, "attempt": row.attempts}
    entries = _receipt(connection, vault, order, row, outcome, now)
    return [*entries, Entry("late-answer", row.effect, order.case, details)]


def write_unsent(
    connection: Connection,
    order: Order,
    *,
    outcome: Outcome,
    told: Outcome,
    seen: ItemRow | None,
    now: datetime,
) -> list[Entry]:
    """Nothing left and no delivery changes: only the item is told why."""
    note_health(connection, order.system, outcome, now)
    next_at = _next_at(connection, order, told, now, row=None)
    set_item_seen(connection, order, told, seen=seen, effect="", now=now, next_at=next_at)
    return remark(order, order.item, told)


def write_again(
    connection: Connection,
    order: Order,
    row: DeliveryRow,
    *,
    told: Outcome,
    seen: ItemRow | None,
    now: datetime,
) -> list[Entry]:
    """The effect came about before: the item is told so."""
    set_item_seen(connection, order, told, seen=seen, effect=row.effect, now=now, next_at=now)
    details = {"item": order.item, "state": told.state, "code": told.code}
    kind = "repeated" if order.began(row) else "duplicate"
    return [Entry(kind, row.effect, order.case, details), *remark(order, row.effect, told)]


def _receipt(
    connection: Connection,
    vault: Vault,
    order: Order,
    row: DeliveryRow,
    outcome: Outcome,
    now: datetime,
) -> list[Entry]:
    if outcome.answer is not None:
        made = receipt.of_answer(row.effect, outcome.answer)
    elif outcome.refusal is not None:
        made = receipt.of_refusal(row.effect, outcome.refusal.raw, outcome.refusal.reason)
    else:
        return []
    entry = receipt.put(connection, vault, made, bucket=order.bucket, now=now)
    return [replace(entry, case=order.case)]


def _next_at(
    connection: Connection,
    order: Order,
    told: Outcome,
    now: datetime,
    *,
    row: DeliveryRow | None,
) -> datetime:
    if told.state not in AGAIN:
        return now
    until = circuit.open_until(connection, order.system, now)
    return due_again(told, now, operation=order.operation, row=row, open_until=until)


def remark(order: Order, ref: str, told: Outcome) -> list[Entry]:
    """The ledger's word on an item that comes to nothing, or that needs a person."""
    if told.state not in ("parked", "invalid", "superseded"):
        return []
    details: dict[str, Any] = {"item": order.item, "code": told.code}
    if told.state == "invalid":
        details["problems"] = json.loads(str(told.facts.get("problems", "[]")))
        details |= {name: told.facts[name] for name in FOUND_BY if name in told.facts}
    else:
        details["facts"] = tellable(told.facts)
    return [Entry(told.state, ref, order.case, details)]
