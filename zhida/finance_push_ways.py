"""How a batch of events leaves: posted one by one and signed, published together, or put as files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from exchange import circuit, times
from exchange.errors import ZhidaError
from exchange.ledger import Entry
from exchange.store import finance_push_rows
from exchange.store.engine import Connection
from zhida import finance_books_file, finance_events_text, finance_reconciling, signed_request
from zhida.finance_push_batch import Batch, Sink, Told


def send(sink: Sink, batch: Batch) -> tuple[int, ZhidaError | None]:
    """How many of the first ones were taken, and why not more."""
    if sink.line.wire == "amqp":
        return sink.line.publish([(each.key, each.body) for each in batch.told])
    try:
        if sink.line.is_files:
            _put(sink, batch)
        else:
            _post(sink, batch.told[0])
            return 1, None
    except ZhidaError as error:
        return 0, error
    return len(batch.told), None


def _post(sink: Sink, told: Told) -> None:
    """Signed anew each time, for the time is signed; key and body stay the same."""
    hub, body = sink.hub, told.body
    target = ("POST", sink.line.target)
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(told.row.seq),
        signed_request.HEADER: signed_request.signature(hub.signer, target, body, hub.clock()),
    }
    sink.line.post(body, headers)


def _put(sink: Sink, batch: Batch) -> None:
    """First what is signed, then the list of it: who sees the list finds all that it names."""
    stem = finance_events_text.stem(batch)
    sink.line.put(f"{stem}.jsonl", finance_events_text.signed(batch))
    sink.line.put(f"{stem}.txt", finance_events_text.listed(batch))


def books(sink: Sink) -> int:
    """A file for each day that is over and has none yet; how many. The first is that of the day on which files began."""
    if not sink.line.is_files:
        return 0
    last, done = finance_reconciling.last_day(sink.hub), 0
    day = _next_day(sink, last)
    while day <= last:
        name, content = finance_books_file.of_day(sink.hub, sink.bank.unit, day)
        sink.line.put(name, content)
        _written(sink, day)
        day, done = day + timedelta(days=1), done + 1
    return done


def _next_day(sink: Sink, last: date) -> date:
    with sink.hub.store.read() as connection:
        row = finance_push_rows.get(connection, sink.bank.unit)
    if row.books:
        return date.fromisoformat(row.books) + timedelta(days=1)
    with sink.hub.store.write() as connection:
        row = finance_push_rows.get(connection, sink.bank.unit)
        finance_push_rows.put(connection, replace(row, books=last.isoformat()))
    return last + timedelta(days=1)


def _written(sink: Sink, day: date) -> None:
    hub, bank = sink.hub, sink.bank.unit

    def write(connection: Connection) -> list[Entry]:
        now = times.stamp(hub.clock())
        row = finance_push_rows.get(connection, bank)
        moved = replace(row, books=day.isoformat(), taken_at=now, tried_at=now, code="")
        finance_push_rows.put(connection, moved)
        circuit.answered(connection, sink.system.name, hub.clock())
        details = {"bank": bank, "system": sink.system.name, "day": day.isoformat()}
        return [Entry("finance-books", f"{bank}-{day}", details=details)]

    hub.ledger.commit(write)
