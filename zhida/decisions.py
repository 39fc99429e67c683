"""What two people decide about a parked item, written in the transaction of their decision."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from exchange import canonical, receipt, times
from exchange.bookkeeping import put_row
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.ports import Answer, Operation
from exchange.store import book_rows, case_rows, delivery_rows
from exchange.store.case_rows import ItemRow
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Connection
from zhida import progress
from zhida.replay import make_ready, require_parked
from zhida.task import Task

REPLAY, FOUND_APPLIED, GIVE_UP = "replay", "found-applied", "give-up"
"""It did not come about, so do it; it did come about; it is not pursued any more."""

Target = dict[str, Any]
"""The item as its proposer saw it; what differs from it later is not what was proposed."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What has been decided about the item of ``task``, when, and who signed it (two tokens)."""

    task: Task
    action: str
    now: datetime
    tokens: tuple[str, str]
    reference: str = ""
    """The number that the target gave to what did come about."""

    @property
    def stamp(self) -> str:
        """When, as the store keeps it."""
        return times.stamp(self.now)


def target(connection: Connection, case: str, item: str) -> Target:
    """The item and its delivery as they are now. ``Rejected`` unless the item is parked."""
    row = require_parked(connection, case, item)
    told: Target = {"case": case, "item": item, "code": row.code, "parked_at": row.updated_at}
    sent = _delivery(connection, row)
    if sent is not None:
        told |= {"effect": sent.effect, "delivery": sent.state, "attempts": sent.attempts}
    return told


def seal_reference(task: Task, reference: str, about: str) -> str:
    """A number of the target's, which may be a person's: only ever kept encrypted."""
    sealed = task.hub.vault.seal(task.bucket, reference.encode(), about=about)
    return base64.b64encode(sealed).decode()


def open_reference(task: Task, sealed: str, about: str) -> str:
    """The reverse of ``seal_reference``."""
    return task.hub.vault.unseal(base64.b64decode(sealed), about=about).decode()


def require_no_doubt(connection: Connection, task: Task, effect: str) -> None:
    """``Rejected`` if a replay would do nothing: while its system is in doubt, what nobody can ask
    after is held back, whatever two people say of this one effect.
    """
    sent = delivery_rows.get_delivery(connection, effect)
    if _operation(task, sent).idempotence != "none":
        return
    if book_rows.doubt_since(connection, task.system.name):
        raise Rejected("proposal.in-doubt", item=task.row, system=task.system.name)


def _operation(task: Task, sent: DeliveryRow | None) -> Operation:
    """What was sent: a correction has an operation of its own."""
    known = task.adapter.operations
    return known.get(sent.operation, task.operation) if sent else task.operation


def carry_out(connection: Connection, decision: Decision) -> list[Entry]:
    """Bring the item and its delivery to where the decision has them; under the case's lock."""
    row = require_parked(connection, decision.task.case, decision.task.row)
    return _DOING[decision.action](connection, decision, row)


def _delivery(connection: Connection, row: ItemRow) -> DeliveryRow | None:
    return delivery_rows.get_delivery(connection, row.effect) if row.effect else None


def _again(connection: Connection, decision: Decision, row: ItemRow) -> list[Entry]:
    """It did not come about. A target that can be asked is asked once more all the same."""
    require_no_doubt(connection, decision.task, row.effect)
    sent = _delivery(connection, row)
    if sent is not None and sent.state in ("parked", "given-up"):
        asks = _operation(decision.task, sent).idempotence == "probe"
        changed = replace(sent, state="unknown" if asks else "pending")
        put_row(connection, changed, seen=sent)
    make_ready(connection, row, decision.stamp)
    return []


def _found(connection: Connection, decision: Decision, row: ItemRow) -> list[Entry]:
    """It did come about: the receipt is what the two people have signed."""
    sent = _delivery(connection, row)
    if sent is None:
        raise Rejected("proposal.nothing-sent", item=row.item)
    raw = canonical.dumps(dict(zip(("proposed", "decided"), decision.tokens, strict=True)))
    made = receipt.of_answer(sent.effect, Answer(raw, decision.reference))
    task = decision.task
    entry = receipt.put(connection, task.hub.vault, made, bucket=task.bucket, now=decision.now)
    over = replace(sent, state="applied", settled_at=decision.stamp, receipt=made.id)
    put_row(connection, over, seen=sent)
    return [replace(entry, case=sent.case), *_end(connection, decision, row, "applied")]


def _give_up(connection: Connection, decision: Decision, row: ItemRow) -> list[Entry]:
    """Nobody pursues it: what it began is marked, so that no later order sends it."""
    sent = _delivery(connection, row)
    mine = sent is not None and (sent.case, sent.item) == (row.case, row.item)
    if sent is not None and mine and sent.state not in ("applied", "refused"):
        put_row(connection, replace(sent, state="given-up"), seen=sent)
    return _end(connection, decision, row, "given-up")


def _end(connection: Connection, decision: Decision, row: ItemRow, state: str) -> list[Entry]:
    code = "parked.found-applied" if state == "applied" else "parked.given-up"
    facts = canonical.dumps({"was": row.code}).decode()
    values = {"state": state, "code": code, "facts": facts, "updated_at": decision.stamp}
    case_rows.set_item(connection, row.case, row.item, values)
    task = decision.task
    return progress.ended(task.hub, connection, task.matter, task.case)


_DOING: Mapping[str, Callable[[Connection, Decision, ItemRow], list[Entry]]] = {
    REPLAY: _again,
    FOUND_APPLIED: _found,
    GIVE_UP: _give_up,
}
