"""The books of a line whose source lies behind a gate: batches that were signed over there, and our answers.

A batch keeps the id that it got over there, so that the target's own small table says which of them it has.
The answers that the other side may not have yet stand in the line's sealed place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exchange import canonical, dataset_taking
from exchange.dataset import Dataset
from exchange.document import Origin
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.store import sync_batch_rows, sync_rows
from exchange.store.engine import Connection
from exchange.store.sync_batch_rows import SENT, BatchRow, Counts
from zhida import dataset_books, sync_answer
from zhida.sync_answer import Lost
from zhida.sync_books import GONE, Books
from zhida.sync_gate import AFTER, BATCH, NUMBER

_Value = str | int | bytes


@dataclass(frozen=True, slots=True)
class Arrived:
    """A batch as its head tells of it."""

    head: Dataset
    id: str
    number: int
    after: str
    gone: bool

    @classmethod
    def of(cls, head: Dataset) -> Arrived:
        """``Rejected`` for a dataset that is no batch of a sync through a gate."""
        about: Any = head.form.about
        try:
            told = (str(about[BATCH]), about[NUMBER], str(about[AFTER]), about[GONE])
        except (KeyError, TypeError):
            told = ("", 0, "", None)
        if not told[0] or type(told[1]) is not int or type(told[3]) is not bool:
            raise Rejected("sync.no-gate-batch", dataset=head.id)
        return cls(head, *told)


class ArrivalBooks(Books):
    """Of one line, in one run."""

    def known_batch(self, identifier: str) -> BatchRow | None:
        """A batch that came before."""
        with self.hub.store.read() as connection:
            return sync_batch_rows.get(connection, identifier)

    def arrived(self, batch: Arrived, raw: bytes) -> None:
        """Keep it as it was signed; the target has not been told. ``Rejected`` if its rows are not those of its head."""
        count = batch.head.count
        counts = Counts(gone=count) if batch.gone else Counts(read=count, in_flight=count)
        row = self._batch(batch.id, SENT, batch.head.id, counts, None)

        def also(connection: Connection, _: Dataset) -> list[Entry]:
            sync_batch_rows.put(connection, row)
            values: dict[str, _Value] = {"given": batch.id, "given_number": batch.number}
            sync_rows.change_line(connection, *self.line.names, values)
            issuer = batch.head.document.origin.issuer
            told = {**self.about, "dataset": batch.head.id, NUMBER: batch.number, "issuer": issuer}
            return [Entry("sync-arrived", batch.id, details=told)]

        datasets = dataset_books.of(self.hub)
        dataset_taking.take(datasets, raw, bucket=self.bucket, also=also)

    def answer(self, sent: BatchRow, counts: Counts, lost: Lost) -> str:
        """The target has it: note what came of it, and sign that for the other side. The id of the answer."""
        made: list[str] = []

        def also(connection: Connection, answer: Dataset) -> list[Entry]:
            if not sync_batch_rows.finish(connection, sent.id, counts):
                raise Rejected("sync.answer-wrong", dataset=answer.id)
            self._keep(connection, list(lost.values()))
            self._owe(connection, {**self.owed(), sent.id: answer.id})
            made.append(answer.id)
            applied = {"applied": counts.applied, "deleted": counts.deleted, "wrong": counts.wrong}
            return [Entry("sync-applied", sent.id, details={**applied, "answer": answer.id})]

        told = (sync_answer.rows(lost), sync_answer.form(sent, counts), self._as_answer())
        dataset_books.of(self.hub).write(*told, bucket=self.bucket, also=also)
        return made[0]

    def owed(self) -> dict[str, str]:
        """Batch → its answer, of those that the other side may not have."""
        place = self.known().place
        found: dict[str, str] = (
            canonical.loads(self.hub.vault.unseal(place, about=self.line.key)) if place else {}
        )
        return found

    def heard(self, batch: str) -> None:
        """The other side has the answer."""
        left = {name: answer for name, answer in self.owed().items() if name != batch}
        with self.hub.store.write() as connection:
            self._owe(connection, left)

    def _owe(self, connection: Connection, answers: dict[str, str]) -> None:
        sealed = self.hub.vault.seal(self.bucket, canonical.dumps(answers), about=self.line.key)
        sync_rows.change_line(connection, *self.line.names, {"place": sealed})

    def _as_answer(self) -> Origin:
        target = self.hub.site.system(self.line.target.system)
        whose = (self.hub.site.unit, target.unit, "hub", target.name)
        return Origin(sync_answer.KIND, *whose, self.hub.clock())
