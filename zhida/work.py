"""Work on one item of one case: gather what it needs, cut it down, bring it about once."""

from __future__ import annotations

from datetime import timedelta

from exchange import canonical, times, transfer
from exchange.bookkeeping import Order
from exchange.document import Document
from exchange.due import BUSY_POLL
from exchange.effect import content_digest
from exchange.errors import Forbidden, NotYet, Retriable
from exchange.ledger import Entry
from exchange.outcome import BUSY, Outcome
from exchange.store import case_rows
from exchange.store.case_rows import ItemRow
from exchange.store.engine import Connection
from exchange.transfer import Transfer
from zhida import (
    cancelling,
    correction,
    legs,
    oa_task,
    progress,
    query,
    renumbering,
    result,
    shadow,
    stamping,
    task,
)
from zhida.hub import Hub
from zhida.renumbering import Numbers
from zhida.task import Task

SHADOW_WAIT = timedelta(minutes=1)
"""Between two looks at what had left before its leg was put into shadow."""
STAMP_WAIT = timedelta(minutes=1)
"""Between two looks at what waits for a time-stamp authority."""


def work(hub: Hub, row: str, case: str) -> Outcome:
    """One attempt at a row that is due. What it came to stands in the store when it returns.

    Two sweeps may have found the same row due: only one works on it (liveness lock), and the one
    that comes after it looks at the row again.
    """
    with hub.locks.hold(f"item/{case}/{row}") as owned:
        if owned:
            return _on_its_leg(hub, row, case)
    return _later(hub, row, case, BUSY_POLL)


def _later(hub: Hub, row: str, case: str, wait: timedelta) -> Outcome:
    until = times.stamp(hub.clock() + wait)
    with hub.store.write() as connection:
        case_rows.postpone(connection, case, row, until)
    return BUSY


def _on_its_leg(hub: Hub, name: str, case: str) -> Outcome:
    """As the mode of the item's system has it, if the item is due."""
    now = times.stamp(hub.clock())
    with hub.store.read() as connection:
        opened = case_rows.get_case(connection, case)
        row = case_rows.get_item(connection, case, name)
    if opened is None or row is None or row.state not in case_rows.WORKABLE or row.next_at > now:
        return BUSY
    begun = task.of_row(hub, name, opened)
    mode = legs.mode_of(hub.store, begun.system)
    if mode == legs.STOPPED:
        return BUSY
    if stamping.held_up(hub.outside, hub.store, opened.matter, hub.clock()):
        return _unstamped(hub, row)
    rehearsing = mode == legs.SHADOW and begun.operation.effect
    if rehearsing and row.state != "ready":  # it left before: what became of it waits for the leg
        return _later(hub, name, case, SHADOW_WAIT)
    return _tried(begun, row, rehearsing=rehearsing)


def _tried(begun: Task, row: ItemRow, *, rehearsing: bool) -> Outcome:
    """An attempt; what is nobody's fault comes again later."""
    try:
        return _attempt(begun, row, rehearsing=rehearsing)
    except NotYet as error:  # for want of a revocation list: everybody's, so no leg's fault
        wait = timedelta(seconds=int(error.facts["retry_after"]))
    except Retriable as error:  # our lock was lost, and another worker has been at it since
        if error.code != "delivery.overtaken":
            raise
        wait = BUSY_POLL
    return _later(begun.hub, begun.row, begun.case, wait)


def _unstamped(hub: Hub, seen: ItemRow) -> Outcome:
    """The matter asks for time stamps, and there is none in time: nothing is done, and why is told."""
    until = times.stamp(hub.clock() + STAMP_WAIT)
    told = {"code": stamping.CODE, "facts": "{}"} if seen.state == "ready" else {}
    same = {name: getattr(seen, name) for name in ("state", "code", "facts", "updated_at")}
    with hub.store.write() as connection:
        case_rows.set_item_seen(connection, seen, {**same, **told, "next_at": until})
    return BUSY


def _attempt(begun: Task, seen: ItemRow, *, rehearsing: bool) -> Outcome:
    try:
        if not begun.operation.effect:
            return query.ask(begun, seen)
        begun = correction.of(begun)
        order = order_of(begun)
    except Forbidden as refusal:
        return _unable(begun, seen, refusal)
    if rehearsing:
        return shadow.rehearse(begun, order, seen)
    return begun.hub.delivery.deliver(
        order, begun.adapter, lambda c, outcome: progress.follow(begun, c, outcome)
    )


def order_of(begun: Task) -> Order:
    """The effect that the row asks for. ``Forbidden`` where an agreement is missing."""
    numbers = renumbering.of_case(begun.hub, begun.case)
    return Order(
        case=begun.case,
        item=begun.row,
        system=begun.system.name,
        operation=begun.operation,
        transfers=transfers(begun, numbers.stale),
        bucket=begun.bucket,
        root=begun.root,
        roots=numbers.roots,
        may_leave=lambda c: legs.mode(c, begun.system) == legs.LIVE,
        is_cancelled=lambda c: _is_unwanted(begun, c),
    )


def _is_unwanted(begun: Task, connection: Connection) -> bool:
    """In a cancelled case only corrections leave, and the word on what came of it."""
    operation = begun.operation
    last_word = operation.corrects or result.KIND in operation.needs.values()
    return not last_word and cancelling.is_unwanted(connection, begun.case)


def transfers(begun: Task, stale: Numbers = frozenset()) -> dict[str, Transfer]:
    """The documents that the operation needs, each cut down by its agreement (``Forbidden``).

    ``stale`` numbers do not travel any more, except to repeat what they were in.
    """
    hub = begun.hub
    known = begun.documents()
    stale = frozenset() if begun.has_begun() else stale
    if result.KIND in begun.operation.needs.values() and result.KIND not in known:
        known[result.KIND] = result.document(begun)
    if oa_task.KIND in begun.operation.needs.values():
        known[oa_task.KIND] = oa_task.document(begun)
    return {
        name: transfer.plan(
            known[kind],
            hub.site.agreements,
            receiver=begun.item.unit,
            purpose=begun.matter.purpose,
            now=hub.clock(),
            only=_only(begun, name, known[kind], stale),
        )
        for name, kind in begun.operation.needs.items()
        if kind in known
    }


def _only(begun: Task, name: str, found: Document, stale: Numbers) -> list[str] | None:
    """The fields that may travel at all; None: every field that its agreement names."""
    identifiers = begun.identifiers(name)
    if begun.operation.revokes:
        return identifiers
    void = {path for path, value in found.fields.items() if (path, str(value)) in stale}
    return [path for path in found.fields if path not in void - {*identifiers}] if void else None


def _unable(begun: Task, seen: ItemRow, refusal: Forbidden) -> Outcome:
    """Nothing left the hub. Who could not be told of a correction need not be if it is none to it."""
    try:
        if refusal.code == "amend.no-operation" and _is_no_news(begun):
            return _end(begun, seen, Outcome("superseded", "amend.no-change"))
    except Forbidden as other:
        refusal = other
    return _park(begun, seen, refusal)


def _is_no_news(begun: Task) -> bool:
    inputs = {name: moved.record for name, moved in transfers(begun).items()}
    return correction.is_no_news(begun, content_digest(begun.hub.vault.tag, inputs))


def _end(begun: Task, seen: ItemRow, outcome: Outcome) -> Outcome:
    """The row comes to nothing: the ledger is told, and what waited for its end goes on."""
    hub = begun.hub

    def write(connection: Connection) -> list[Entry]:
        if not case_rows.set_item_seen(
            connection, seen, _values(outcome, times.stamp(hub.clock()))
        ):
            raise Retriable("delivery.overtaken", effect=seen.effect)
        told = Entry(
            outcome.state, begun.case, begun.case, {"item": begun.row, "code": outcome.code}
        )
        return [told, *progress.ended(hub, connection, begun.matter, begun.case)]

    hub.ledger.commit(write)
    return outcome


def _values(outcome: Outcome, now: str) -> dict[str, str]:
    facts = canonical.dumps(dict(outcome.facts)).decode()
    told = {"state": outcome.state, "code": outcome.code, "facts": facts}
    return {**told, "next_at": now, "updated_at": now}


def _park(begun: Task, seen: ItemRow, refusal: Forbidden) -> Outcome:
    """Nothing left the hub: the refusal is recorded, and a person must mend its cause."""
    outcome = Outcome("parked", refusal.code, refusal.facts)
    hub = begun.hub

    def write(connection: Connection) -> list[Entry]:
        values = _values(outcome, times.stamp(hub.clock()))
        if not case_rows.set_item_seen(connection, seen, values):
            raise Retriable("delivery.overtaken", effect=seen.effect)
        details = {"item": begun.row, "code": refusal.code, **refusal.facts}
        return [Entry("refusal", begun.case, begun.case, details)]

    hub.ledger.commit(write)
    return outcome
