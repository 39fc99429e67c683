"""The operation that corrects, or takes back, what an item has brought about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from exchange import corrections, receipt
from exchange.case import MARK
from exchange.errors import Forbidden
from exchange.ports import Operation, Record
from exchange.store import case_rows, delivery_rows
from zhida import filing
from zhida.task import Task


def of(task: Task) -> Task:
    """The task with the operation that its row asks for; an item's own row keeps the item's.

    ``Forbidden``: its system can't be told of corrections by machine, so a person there must be.
    """
    if MARK not in task.row:
        return task
    with task.hub.store.read() as connection:
        begun = corrections.begun(connection, task.case, task.row)
        back = filing.taken_back(task.hub, task.matter, connection, task.case)
    verb = "revokes" if task.item.name in back else "amends"
    known = task.adapter.operations
    found = known.get(begun.operation) if begun else _by(known.values(), verb, task.operation.name)
    if found is None:
        facts = {"unit": task.item.unit, "system": task.system.name, "item": task.row}
        code = "revoke.no-operation" if verb == "revokes" else "amend.no-operation"
        raise Forbidden(code, **facts)
    return replace(task, operation=found, root=_root(task))


def is_no_news(task: Task, content: str) -> bool:
    """Has the target of this row got the same content before? Then there is nothing to tell it.

    ``content``: what it would get now by the item's own operation, and got then.
    """
    with task.hub.store.read() as connection:
        item = case_rows.get_item(connection, task.case, task.item.name)
        row = delivery_rows.get_delivery(connection, item.effect if item else "")
    return row is not None and row.content == content


def _by(known: Iterable[Operation], verb: str, root: str) -> Operation | None:
    return next((op for op in known if getattr(op, verb) == root), None)


def _root(task: Task) -> Record:
    """What the target and we call the effect that is corrected."""
    with task.hub.store.read() as connection:
        item = case_rows.get_item(connection, task.case, task.item.name)
        effect = item.effect if item else ""
        row = delivery_rows.get_delivery(connection, effect)
        kept = delivery_rows.get_receipt(connection, row.receipt) if row else None
    reference = receipt.open_row(task.hub.vault, kept).reference if kept else ""
    return {"effect": effect} | ({"reference": reference} if reference else {})
