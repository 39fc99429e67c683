"""The batch of a process that died: finished before anything else is read.

What was signed and not noted as done is looked up in the target's own table. If it is not there, the
very same rows are brought about now, whatever the source says by now: what changed comes behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.tables_fit import Row
from connectors.tables_lookup import Key
from exchange.errors import Rejected
from exchange.ports import Record
from exchange.store.sync_batch_rows import BatchRow
from zhida import dataset_books
from zhida.sync_books import GONE, Books
from zhida.sync_line import Work


@dataclass(frozen=True, slots=True)
class Signed:
    """The rows of a batch as they were signed; ``gone``: only keys, of what is to be taken away."""

    records: Sequence[Record]
    gone: bool


def recover(work: Work) -> None:
    """Finish what a dead process has left, if it has left anything."""
    sent = work.prepare()
    if sent is None:
        return
    signed = signed_of(work.books, sent)
    if work.last == sent.id:
        _look_up(work, sent, signed)
    elif signed.gone:
        keys = work.into.fit_keys(signed.records)
        if not work.into.repeats:
            keys = work.source.missing(keys)  # what came back stays
        work.close(sent, work.apply(sent, {}, keys), {})
    else:
        rows, origins = _rows(work, signed)
        work.close(sent, work.apply(sent, rows), origins)


def signed_of(books: Books, sent: BatchRow) -> Signed:
    """Out of our store."""
    datasets = dataset_books.of(books.hub)
    made = datasets.get(sent.dataset)
    return Signed(list(datasets.rows(made)), gone=bool(made.form.about.get(GONE)))


def _look_up(work: Work, sent: BatchRow, signed: Signed) -> None:
    """The target has the batch; which rows of it were refused, only the dead process knew."""
    if signed.gone:
        left = work.into.known(work.into.fit_keys(signed.records))
        work.close(sent, {key: Rejected("sync.not-applied") for key in left}, {})
        return
    rows, origins = _rows(work, signed)
    there = work.into.known(list(rows))
    lost = [key for key, row in rows.items() if not work.into.is_same(row, there.get(key, ()))]
    work.close(sent, {key: Rejected("sync.not-applied") for key in lost}, origins)


def _rows(work: Work, signed: Signed) -> tuple[dict[Key, Row], dict[Key, Record]]:
    fitted = work.into.fit(signed.records)
    rows = {fitted.keys[number]: row for number, row in fitted.rows.items()}
    return rows, {fitted.keys[number]: signed.records[number] for number in fitted.rows}
