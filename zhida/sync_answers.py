"""Answers to batches that have gone through a gate: taken, booked, and what is overdue put there again."""

from __future__ import annotations

from datetime import timedelta

from exchange import dataset_taking, times
from exchange.dataset import Dataset
from exchange.errors import Rejected, ZhidaError
from exchange.ledger import Entry
from exchange.ports import Record
from exchange.store import sync_batch_rows
from exchange.store.engine import Connection
from exchange.store.sync_batch_rows import AWAY, BatchRow
from zhida import dataset_books, sync_answer, sync_gate
from zhida.sync_answer import Answer
from zhida.sync_away import AwayBooks
from zhida.sync_gate import Channel, GateRecipient
from zhida.sync_given import GivenTarget
from zhida.sync_line import Work


def take(work: Work) -> None:
    """Every answer that has come; what is wrong with one is told at the end of the run (``urge``)."""
    ends = _ends(work)
    if ends is None:
        return
    channel, books, into = ends
    for parcel in channel.waiting():
        try:
            if parcel.error is not None:
                raise parcel.error
            _booked(books, into, parcel.raw)
        except ZhidaError as error:
            channel.wrong.append(error)
            if error is not parcel.error or error.code == sync_gate.MISSING:
                continue  # it stays there, and comes again
        channel.settle(parcel)


def urge(work: Work) -> None:
    """Put there again what the other side has not heard of. ``Retriable`` for what waits for too long."""
    ends = _ends(work)
    if ends is None:
        return
    channel, books, _ = ends
    away = books.away()
    for row in away:
        channel.push(row.id, row.dataset)
    for error in channel.wrong:
        raise error
    waits = books.hub.clock() - timedelta(seconds=channel.usual)
    if away and times.instant(away[0].at) < waits:
        raise books.unanswered(away)


def _ends(work: Work) -> tuple[Channel, AwayBooks, GivenTarget] | None:
    into, books = work.into, work.books
    if not isinstance(into, GivenTarget) or not isinstance(books, AwayBooks):
        return None
    if not isinstance(into.recipient, GateRecipient):
        return None
    return into.recipient.channel, books, into


def _booked(books: AwayBooks, into: GivenTarget, raw: bytes) -> None:
    """``Rejected`` for what the other side's hub has not signed, and for no answer to a batch of this line."""
    datasets = dataset_books.of(books.hub)
    head = dataset_taking.opened(datasets, raw)
    batch = _batch(books, head)
    if batch.state != AWAY:
        return  # answered before
    made = datasets.get(batch.dataset)
    records = list(datasets.rows(made))
    answer = sync_answer.read(head, raw, records)
    counts = sync_answer.ended(batch, answer)

    def also(connection: Connection, taken: Dataset) -> list[Entry]:
        _take_back(connection, into, answer, gone=bool(counts.gone))
        return books.answered(connection, batch, counts, list(answer.lost.values()), taken)

    dataset_taking.take(datasets, raw, bucket=books.bucket, also=also)


def _batch(books: AwayBooks, head: Dataset) -> BatchRow:
    """The batch that is answered."""
    origin, about = head.document.origin, head.form.about
    if (origin.issuer, origin.kind) != (books.line.target.hub, sync_answer.KIND):
        facts = {"issuer": origin.issuer, "wanted": books.line.target.hub}
        raise Rejected("sync.other-signer", sync=books.line.sync.name, **facts)
    with books.hub.store.read() as connection:
        found = sync_batch_rows.get(connection, str(about.get("batch")))
    right = found and (found.sync, found.target, found.dataset)
    if found is None or right != (*books.line.names, about.get("dataset")):
        raise Rejected("sync.answer-wrong", dataset=head.id)
    return found


def _take_back(connection: Connection, into: GivenTarget, answer: Answer, *, gone: bool) -> None:
    """What did not arrive was not given: it goes again when it is read again."""
    records: list[Record] = [held.record for held in answer.lost.values()]
    into.take_back(connection, records, gone=gone)
