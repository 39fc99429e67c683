"""Numbered events on their way to the banks that want them sent: in order, none left out, each until it was taken.

The same events as a bank that asks gets (``zhida.finance_feed``). A batch is written down before it leaves and the
position moves when the bank has taken it; whoever dies in between sends the same batch again, with the same ids. A bank
that does not take it is left alone for a while, and longer each time; its circuit, and the one incident of it, are its
system's. Nothing is ever skipped.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from exchange import circuit, times
from exchange.errors import Retriable, ZhidaError
from exchange.ledger import Entry
from exchange.store import finance_push_rows
from exchange.store.engine import Connection
from exchange.store.finance_push_rows import PushRow
from zhida import finance_loans, finance_push_batch, finance_push_ways, finance_rules, legs, pace
from zhida.finance_push_batch import Batch, Sink
from zhida.finance_rules import Bank
from zhida.hub import Hub
from zhida.pace import Permits

_THREADS = 8
BUDGET = 15.0
"""Seconds after which a bank's turn begins no further batch."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one bank's turn came to: events taken, files of the books, and why no more."""

    taken: int = 0
    books: int = 0
    error: ZhidaError | None = None


def advance(hub: Hub) -> dict[str, int]:
    """Events that were taken, files of books, banks that failed; empty if no bank wants any sent."""
    known = banks(hub)
    if not known:
        return {}
    with ThreadPoolExecutor(min(len(known), _THREADS)) as pool:  # one that hangs delays no other
        turns = list(pool.map(partial(turn, hub), known))
    return {
        "sent": sum(each.taken for each in turns),
        "books": sum(each.books for each in turns),
        "unsent": sum(each.error is not None for each in turns),
    }


def banks(hub: Hub) -> list[Bank]:
    """Those that events are sent to."""
    if finance_loans.MATTER not in hub.site.matters or not finance_rules.is_there(hub.site.folder):
        return []
    return [each for each in finance_rules.load(hub.site).banks.values() if each.feed]


def lock_of(bank: str) -> str:
    """Whoever holds it sends, or moves the position."""
    return f"finance/push/{bank}"


def turn(hub: Hub, bank: Bank) -> Turn:
    """One bank's; nothing while its system rests, is stopped or in shadow, or another process is at it."""
    with hub.locks.hold(lock_of(bank.unit)) as owned:
        if not owned or not _may(hub, bank):
            return Turn()
        try:
            sink = finance_push_batch.sink(hub, bank)
        except ZhidaError as error:
            return _failed(hub, bank, Turn(error=error))
        return _turn(sink)


def _turn(sink: Sink) -> Turn:
    done, end = Turn(), time.monotonic() + BUDGET
    permits = Permits(sink.hub.store, sink.system, sink.hub.clock)
    try:
        while (left := end - time.monotonic()) > 0 and permits.take(1, patience=left):
            if (batch := finance_push_batch.begin(sink)) is None:
                _nothing_waits(sink)
                break
            taken, error = finance_push_ways.send(sink, batch)
            _moved(sink, batch, taken)
            done = replace(done, taken=done.taken + taken)
            if error is not None:
                raise error
        if time.monotonic() < end:
            done = replace(done, books=finance_push_ways.books(sink))
    except ZhidaError as error:
        return _failed(sink.hub, sink.bank, replace(done, error=error))
    return done


def _may(hub: Hub, bank: Bank) -> bool:
    system, now = hub.site.system(bank.feed), hub.clock()
    with hub.store.read() as connection:
        if circuit.open_until(connection, system.name, now) is not None:
            return False
        is_shadow = legs.mode(connection, system) == legs.SHADOW
        return not is_shadow and pace.may_start(connection, system, now)


def _moved(sink: Sink, batch: Batch, taken: int) -> None:
    """The bank has the first ``taken`` of it."""
    if not taken:
        return
    hub, first, last = sink.hub, batch.told[0].row.seq, batch.told[taken - 1].row.seq

    def write(connection: Connection) -> list[Entry]:
        now = times.stamp(hub.clock())
        row = finance_push_rows.get(connection, sink.bank.unit)
        moved = replace(row, seq=last, taken_at=now, tried_at=now, code="")
        finance_push_rows.put(connection, moved)
        circuit.answered(connection, sink.system.name, hub.clock())
        details = {"bank": sink.bank.unit, "system": sink.system.name, "first": first, "last": last}
        return [Entry("finance-taken", f"{sink.bank.unit}-{last}", details=details)]

    hub.ledger.commit(write)


def _nothing_waits(sink: Sink) -> None:
    """What was wrong was wrong before anything had to leave, and is mended: the line opens. Files tell by their books."""
    hub, bank = sink.hub, sink.bank.unit
    with hub.store.read() as connection:
        row = finance_push_rows.get(connection, bank)
    if not row.code or sink.line.is_files:
        return
    with hub.store.write() as connection:
        row = finance_push_rows.get(connection, bank)
        finance_push_rows.put(connection, replace(row, code=""))
        circuit.answered(connection, sink.system.name, hub.clock())


def _failed(hub: Hub, bank: Bank, done: Turn) -> Turn:
    """Left alone for a while; from the third time on its system has an incident."""
    error = done.error
    if error is not None:
        with hub.store.write() as connection:
            row: PushRow = finance_push_rows.get(connection, bank.unit)
            now = times.stamp(hub.clock())
            finance_push_rows.put(connection, replace(row, tried_at=now, code=error.code))
            facts = error.facts
            circuit.failed(connection, bank.feed, error.code, hub.clock(), facts=facts)
    return done


def rewind(hub: Hub, bank: Bank, row: PushRow, entry: Entry) -> None:
    """From here on anew, as an operator says. ``Retriable finance.push-busy`` while events are being sent."""
    with hub.locks.hold(lock_of(bank.unit)) as owned:
        if not owned:
            raise Retriable("finance.push-busy", bank=bank.unit)

        def write(connection: Connection) -> list[Entry]:
            finance_push_rows.put(connection, row)
            return [entry]

        hub.ledger.commit(write)
