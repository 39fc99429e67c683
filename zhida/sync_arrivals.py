"""The far side of a gate: batches are taken in their order, checked, brought about once, and answered.

What was signed over there is kept as it is. One transaction of the target holds its rows and its id, and it
only follows the batch that its head names; so a batch that comes twice, late or again after a restore does
nothing, and one that is missing lets none behind it through.
"""

from __future__ import annotations

from typing import Any, cast

from exchange import dataset_taking
from exchange.dataset import Dataset
from exchange.errors import Fact, Rejected, Retriable, ZhidaError
from exchange.ports import Parcel
from exchange.store.sync_batch_rows import DONE, BatchRow
from zhida import dataset_books, sync_answer, sync_arrival, sync_gate, sync_recovery
from zhida.sync_arrival_books import ArrivalBooks, Arrived
from zhida.sync_asked import PLACE, Asked
from zhida.sync_gate import Channel, GateSource
from zhida.sync_line import Work
from zhida.sync_listed import Nothing

_DAMAGED = "gate.damaged"


def work_through(work: Work, asked: Asked) -> dict[str, Any]:
    """Everything that has come. ``Nothing`` if nothing had; the first thing that is wrong is raised."""
    books, source = cast("ArrivalBooks", work.books), cast("GateSource", work.source)
    coming = Coming(work, books, source.channel, asked)
    sent = work.prepare()
    if sent is not None:
        coming.finish(sent)
    coming.answer_again()
    taken = coming.take() + (sent is not None)
    for error in coming.channel.wrong:
        raise error
    if not taken:
        raise Nothing
    return {}


class Coming:
    """What comes in one run."""

    def __init__(self, work: Work, books: ArrivalBooks, channel: Channel, asked: Asked) -> None:
        self._work, self._books, self.channel = work, books, channel
        self._accepts_place = PLACE in asked.accept

    def take(self) -> int:
        """Batch after batch, until one is missing or wrong: that, and what came behind it, waits there."""
        taken = 0
        for parcel in self.channel.waiting():
            self._work.go_on()
            try:
                taken += self._one(parcel)
            except ZhidaError as error:
                self.channel.wrong.append(error)
                if error is not parcel.error or error.code == sync_gate.MISSING:
                    break
                self.channel.settle(parcel)  # the other side sends what was damaged again
                if error.code == _DAMAGED:
                    break
            else:
                self.channel.settle(parcel)
        return taken

    def finish(self, sent: BatchRow) -> None:
        """Bring a batch about that is kept, or find out that it was, and answer."""
        signed = sync_recovery.signed_of(self._books, sent)
        outcome = sync_arrival.outcome(self._work, sent, signed)
        answer = self._books.answer(sent, outcome.counts, outcome.lost)
        self.channel.send(sync_answer.message(sent.id), answer)

    def answer_again(self) -> None:
        """What the other side may not have heard; forgotten once it has."""
        for batch, answer in self._books.owed().items():
            if self.channel.push(sync_answer.message(batch), answer):
                self._books.heard(batch)

    def _one(self, parcel: Parcel) -> bool:
        """False for one that was here before."""
        if parcel.error is not None:
            raise parcel.error
        batch = Arrived.of(dataset_taking.opened(dataset_books.of(self._books.hub), parcel.raw))
        self._require_signer(batch.head)
        known = self._books.known_batch(batch.id)
        if known is not None and known.state == DONE:
            return False
        self._require_next(batch)
        self._require_columns(parcel.raw, batch)
        self._books.arrived(batch, parcel.raw)
        sent = self._books.sent()
        if sent is not None:
            self.finish(sent)
        return True

    def _require_signer(self, head: Dataset) -> None:
        """The hub that the site names, for the unit of the source's system, and of this kind."""
        sync, origin = self._work.sync, head.document.origin
        provider = self._books.hub.site.system(sync.source.system).unit
        told = (origin.issuer, origin.provider, origin.kind, head.form.key)
        wanted = (sync.source.hub, provider, sync.document, self._books.line.target.key)
        if told != wanted:
            named = ("issuer", "provider", "document", "key")
            wrong = [n for n, one, other in zip(named, told, wanted, strict=True) if one != other]
            raise Rejected("sync.other-batch", sync=sync.name, fields=", ".join(wrong))

    def _require_next(self, batch: Arrived) -> None:
        """It follows the batch that the target had last. ``Retriable`` for one that came too early."""
        if batch.after == self._work.last or self._accepts_place:
            self._accepts_place = False
            return
        expected = self._books.known().given_number + 1
        facts: dict[str, Fact] = {
            "sync": self._work.sync.name,
            "number": expected,
            "came": batch.number,
        }
        if batch.number > expected:
            raise Retriable("sync.batch-missing", **facts)
        raise Rejected("sync.place-lost", **facts)

    def _require_columns(self, raw: bytes, batch: Arrived) -> None:
        allowed = {*self._work.sync.source.columns, *self._books.line.target.key}
        found = sync_arrival.columns(raw) - allowed
        if found:
            named = ", ".join(sorted(found))[:200]
            raise Rejected("sync.other-columns", sync=self._work.sync.name, columns=named)
