"""Which events leave together: the next ones of a bank, or those that had left when a process died.

They are cut down to what the bank may see and stand in the ledger before they leave. Of files a batch is one file: the
events of one day in China.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile
from typing import cast

from adapters.bank_feed import BankFeed
from exchange import canonical, times, transfer
from exchange.ledger import Entry
from exchange.store import finance_event_rows, finance_push_rows
from exchange.store.engine import Connection
from exchange.store.finance_event_rows import EventRow
from exchange.store.finance_push_rows import PushRow
from zhida import finance_feed, finance_reconciling
from zhida.finance_rules import Bank
from zhida.hub import Hub
from zhida.site import System


@dataclass(frozen=True, slots=True)
class Sink:
    """A bank, and the line on which its events leave."""

    hub: Hub
    bank: Bank
    system: System
    line: BankFeed


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it leaves."""

    row: EventRow
    moved: transfer.Transfer

    @property
    def key(self) -> str:
        """Bank and number: the same event has the same, however often it leaves."""
        return f"{self.row.bank}-{self.row.seq}"

    @property
    def body(self) -> bytes:
        """What a bank that asks gets of it, too."""
        return canonical.dumps(finance_feed.shown(self.row, self.moved))


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive events, at least one."""

    told: tuple[Told, ...]

    @property
    def day(self) -> date:
        """On which they were noticed; of files they are all of one day."""
        return day_of(self.told[0].row)


def sink(hub: Hub, bank: Bank) -> Sink:
    """Opens nothing on the network. Raises what the system's file or connection is wrong in."""
    system = hub.site.system(bank.feed)
    return Sink(hub, bank, system, cast("BankFeed", hub.adapter(system)))


def begin(sink: Sink) -> Batch | None:
    """The next one, written down; None if nothing is to be sent now. ``Forbidden`` where no agreement gives it."""
    hub, bank = sink.hub, sink.bank.unit
    with hub.store.read() as connection:
        row = finance_push_rows.get(connection, bank)
        events = _events(sink, row, connection)
    if not events:
        return None
    batch = Batch(tuple(Told(each, finance_feed.cut(hub, each)) for each in events))
    if events[-1].seq > row.until:
        _note(sink, row, batch)
    return batch


def day_of(row: EventRow) -> date:
    """The day in China on which it was noticed."""
    return times.civil_day(times.instant(row.at))


def _events(sink: Sink, row: PushRow, connection: Connection) -> Sequence[EventRow]:
    most = min(row.until - row.seq, sink.line.most) if row.until > row.seq else sink.line.most
    found = finance_event_rows.events_after(connection, row.bank, row.seq, most)
    if not found or not sink.line.is_files:
        return found
    day = day_of(found[0])
    if sink.line.by_day and day > finance_reconciling.last_day(sink.hub):
        return []
    return list(takewhile(lambda each: day_of(each) == day, found))


def _note(sink: Sink, row: PushRow, batch: Batch) -> None:
    def write(connection: Connection) -> list[Entry]:
        finance_push_rows.put(connection, replace(row, until=batch.told[-1].row.seq))
        return [_entry(sink, each) for each in batch.told if each.row.seq > row.until]

    sink.hub.ledger.commit(write)


def _entry(sink: Sink, told: Told) -> Entry:
    moved = told.moved
    details = {
        "system": sink.system.name,
        "unit": told.row.bank,
        "document": told.row.document,
        "seq": told.row.seq,
        "agreement": moved.agreement.id,
        "agreement_digest": moved.agreement.digest(),
        "disclosed": sorted(moved.disclosed),
        "withheld": moved.withheld,
    }
    return Entry("finance-push", told.key, told.row.case, details)
