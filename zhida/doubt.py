"""Systems in doubt after a restore: effects may be there that our store does not know.

Until the doubt ends, nothing is sent there unprobed (``exchange.delivery``). It ends when the
target's own books cover what was lost, or when an operator says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from exchange import epoch, times
from exchange.bookkeeping import put_row
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.ports import Adapter, BookEntry, Bookkeeper
from exchange.store import book_rows, case_rows, ledger_rows
from exchange.store.book_rows import Span
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Connection
from zhida.hub import Hub
from zhida.operators import Signatory, needed_reason
from zhida.site import System

IN_DOUBT = "delivery.in-doubt"


def is_in(hub: Hub, system: System) -> bool:
    """Is this system in doubt?"""
    with hub.store.read() as connection:
        return bool(book_rows.doubt_since(connection, system.name))


def keep(hub: Hub, span: Span, lines: Iterable[BookEntry]) -> int:
    """Rows for what the target has and we do not know; when the event comes again, it is there.

    A refusal is no effect: it is not kept, and the target will say it again.
    """
    rows = [_row(span, line) for line in lines if line.state != "refused"]

    def write(connection: Connection) -> list[Entry]:
        known = book_rows.states_of(connection, [row.effect for row in rows])
        fresh = [row for row in rows if row.effect not in known]
        for row in fresh:
            put_row(connection, row, seen=None)
        details = {"system": span.system, "operation": span.operation}
        return [Entry("found-in-books", row.effect, details=details) for row in fresh]

    hub.ledger.commit(write)
    return len(rows)


def _row(span: Span, line: BookEntry) -> DeliveryRow:
    """Of no case and with no content: only their books have told us of it.

    What waits for a person there is not done: ``stored`` until their books say how it ended.
    """
    at = times.stamp(line.at)
    waits = line.state == "waiting"
    return DeliveryRow(
        effect=line.effect_key,
        case="",
        item="",
        system=span.system,
        operation=span.operation,
        content="",
        state="stored" if waits else "applied",
        attempts=1,
        sent_at=at,
        settled_at="" if waits else at,
        receipt="",
        chain=line.effect_key,
    )


def covered(hub: Hub, system: System, since: datetime, until: datetime) -> bool:
    """Do the books from ``since`` to ``until`` tell of everything that was lost there?

    What the lost store sent last may have come about until it settled. Operations of which the
    books do not tell are no matter where a repetition is harmless (natural, keyed).
    """
    adapter = hub.adapter(system)
    with hub.store.read() as connection:
        known = [row for row in book_rows.doubts(connection) if row.system == system.name]
        found = ledger_rows.entries_of(connection, epoch.KIND, known[0].epoch) if known else []
    if not found or not _told(adapter):
        return False
    lost = epoch.read(found[0].body)
    settle = max(each.settle for each in adapter.operations.values())
    ends = times.instant(lost.at) + settle
    return since <= times.instant(lost.backup_at) and until >= ends


def _told(adapter: Adapter) -> bool:
    booked = adapter.booked if isinstance(adapter, Bookkeeper) else frozenset()
    return all(
        name in booked
        or not each.effect
        or each.corrects  # asked after before it is sent, doubt or not
        or each.idempotence in ("natural", "keyed")
        for name, each in adapter.operations.items()
    )


def end(hub: Hub, who: Signatory, system: str, *, reason: str) -> None:
    """An operator has made sure in another way; signed, and recorded with the reason."""
    with hub.store.read() as connection:
        if not book_rows.doubt_since(connection, system):
            raise Rejected("doubt.none", system=system)
    why = needed_reason(reason)
    token = who.sign("doubt-ended", {"system": system}, reason=why, now=hub.clock())
    details = {"operator": who.operator.name, "reason": why, "token": token}

    def write(connection: Connection) -> list[Entry]:
        (ended,) = end_entries(hub, connection, system, "")
        return [Entry(ended.kind, ended.ref, details=ended.details | details)]

    hub.ledger.commit(write)


def end_entries(hub: Hub, connection: Connection, system: str, by: str) -> list[Entry]:
    """The doubt is over: what waited for its end goes on. ``by``: the reconciliation, if any."""
    at = times.stamp(hub.clock())
    epochs = [row.epoch for row in book_rows.doubts(connection) if row.system == system]
    for case in sorted({row.case for row in book_rows.parked_as(connection, system, IN_DOUBT)}):
        case_rows.lock_case(connection, case)
    waiting = book_rows.parked_as(connection, system, IN_DOUBT)  # as nobody else changes it now
    for row in waiting:
        put_row(connection, replace(row, state="pending"), seen=row)
        values = {"state": "ready", "code": "", "facts": "{}", "next_at": at, "updated_at": at}
        case_rows.set_item(connection, row.case, row.item, values)
    book_rows.end_doubt(connection, system)
    details = {"system": system, "reconciliation": by, "released": len(waiting)}
    return [Entry("doubt-ended", epoch_id, details=details) for epoch_id in epochs]
