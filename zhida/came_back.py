"""What was done, and by the target's own word came to nothing after all: a payment that is sent back late.

Their books name it (a comparison of books, ``zhida.reconcile``); then the target itself is asked after
this very effect, and only if it says one of the codes of ``Operation.undone_by`` is the effect undone
here. The item is refused from then on, as if that had been the first answer: the next attempt is
another effect, and it can leave only because this one is surely nobody's money any more.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from exchange import receipt, times
from exchange.bookkeeping import put_row
from exchange.case import MARK
from exchange.errors import Rejected, ZhidaError
from exchange.journal import Attempt
from exchange.ledger import Entry
from exchange.outcome import Outcome, of_call
from exchange.ports import BookEntry, Operation
from exchange.reconcile import Comparison
from exchange.store import award_rows, case_rows, delivery_rows
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Connection
from zhida import grant_moves, progress, task, work
from zhida.grant_moves import Move
from zhida.hub import Hub
from zhida.task import Task


def settle(hub: Hub, operation: Operation, found: Comparison) -> int:
    """Of what differs: how many came back. They differ no more; the rest stays for a person."""
    late = [line for line in found.differing if line.state == "refused" and operation.undone_by]
    taken = [line for line in late if _take(hub, line)]
    found.differing = [line for line in found.differing if line not in taken]
    return len(taken)


def _take(hub: Hub, line: BookEntry) -> bool:
    with hub.store.read() as connection:
        row = delivery_rows.get_delivery(connection, line.effect_key)
    if row is None or not row.case or row.state != "applied" or MARK in row.item:
        return False
    with hub.locks.hold(f"item/{row.case}/{row.item}") as owned:
        if not owned:
            return False
        begun = task.begin(hub, row.item, row.case)
        told = _asked(begun, row)
        return told is not None and hub.ledger.decide(partial(_undo, begun, row, told))


def _asked(begun: Task, row: DeliveryRow) -> Outcome | None:
    """What the target says of it now; None unless that is that it came back."""
    try:
        attempt = Attempt.plan(
            begun.hub.vault.tag, work.order_of(begun), begun.adapter, lambda *_: []
        )
        prepared = attempt.prepare()
    except ZhidaError:  # it can't be asked after: it stays a difference
        return None
    outcome = of_call(lambda: begun.adapter.probe(prepared))
    is_back = outcome.state == "refused" and outcome.code in begun.operation.undone_by
    return outcome if is_back and attempt.effect == row.effect else None


def _undo(
    begun: Task, row: DeliveryRow, told: Outcome, connection: Connection
) -> tuple[bool, list[Entry]]:
    """In one transaction; False if it is not as it was: somebody asks it back, say."""
    hub, case = begun.hub, row.case
    case_rows.lock_case(connection, case)
    rows = {each.item: each for each in case_rows.items(connection, case)}
    item = rows[row.item]
    corrected = any(name.startswith(f"{row.item}{MARK}") for name in rows)
    if corrected or (item.state, item.effect) != ("applied", row.effect):
        return False, []
    moved = _award(hub, connection, case, told.code)
    if moved is None:
        return False, []
    entries = _written(begun, row, told, connection)
    return True, [*entries, *moved, *progress.ended(hub, connection, begun.matter, case)]


def _award(hub: Hub, connection: Connection, case: str, code: str) -> list[Entry] | None:
    """Where the case is an award's, the award is returned; None if it is past that."""
    award = award_rows.of_case(connection, case)
    if award is None:
        return []
    if award.state not in ("ordered", "paid"):
        return None
    return grant_moves.write(hub, connection, [Move(award, "returned", code)])


def _written(begun: Task, row: DeliveryRow, told: Outcome, connection: Connection) -> list[Entry]:
    """Their word as a receipt; delivery and item are refused, and what the item had given is void."""
    hub, now = begun.hub, begun.hub.clock()
    why = told.refusal or Rejected(told.code)
    made = receipt.of_refusal(row.effect, why.raw, why.reason)
    entry = receipt.put(connection, hub.vault, made, bucket=begun.bucket, now=now)
    at = times.stamp(now)
    put_row(connection, replace(row, state="refused", settled_at=at, receipt=entry.ref), seen=row)
    values = {"state": "refused", "code": told.code, "facts": told.facts_json}
    values |= {"next_at": at, "updated_at": at}
    case_rows.set_item(connection, row.case, row.item, values)
    case_rows.drop_document(connection, row.case, begun.item.gives)
    details = {"item": row.item, "system": row.system, "code": told.code}
    return [replace(entry, case=row.case), Entry("came-back", row.effect, row.case, details)]
