"""A leg in shadow: everything that delivering does but the effect itself.

The agreement has been checked, the message is made and validated as for sending. Then the item
ends as ``shadowed``: nothing was disclosed, so no transfer is noted, and no delivery begins.
"""

from __future__ import annotations

from datetime import timedelta

from exchange.bookkeeping import Order, remark, set_item_seen
from exchange.errors import Invalid
from exchange.journal import Attempt
from exchange.ledger import Entry
from exchange.outcome import Outcome, of_invalid, of_preparing
from exchange.store.case_rows import ItemRow
from exchange.store.engine import Connection
from zhida import progress
from zhida.task import Task

REPAIR_WAIT = timedelta(minutes=1)


def rehearse(task: Task, order: Order, seen: ItemRow) -> Outcome:
    """Do all but send. What sending would have been refused for by us is told the same way.

    ``Retriable("delivery.overtaken")`` if the item is not as it was ``seen`` any more.
    """
    try:
        attempt = Attempt.plan(task.hub.vault.tag, order, task.adapter, lambda *_: [])
    except Invalid as error:
        return _end(task, order, seen, of_invalid(error), content="")
    prepared = of_preparing(attempt.prepare)
    rehearsed = Outcome("shadowed", "leg.shadowed", {"system": order.system})
    told = prepared if isinstance(prepared, Outcome) else rehearsed
    return _end(task, order, seen, told, content=attempt.content)


def _end(task: Task, order: Order, seen: ItemRow, outcome: Outcome, *, content: str) -> Outcome:
    hub = task.hub
    now = hub.clock()

    def write(connection: Connection) -> list[Entry]:
        waits = outcome.state == "ready"  # what makes the message is broken, not this case
        next_at = now + REPAIR_WAIT if waits else now
        set_item_seen(connection, order, outcome, seen=seen, effect="", now=now, next_at=next_at)
        if waits:
            return []
        told = {"item": order.item, "system": order.system, "state": outcome.state}
        entries = [Entry("shadow", order.case, order.case, {**told, "content": content})]
        entries += remark(order, order.item, outcome)
        return entries + progress.ended(hub, connection, task.matter, task.case)

    hub.ledger.commit(write)
    return outcome
