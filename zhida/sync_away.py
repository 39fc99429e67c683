"""The books of a line whose target lies behind a gate: a batch is handed over, and answered much later.

Until then its rows are in flight. Several batches may be; each says after which one it comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from exchange.dataset import Dataset
from exchange.errors import Fact, Retriable
from exchange.ledger import Entry
from exchange.store import sync_batch_rows
from exchange.store.engine import Connection
from exchange.store.sync_batch_rows import AWAY, BatchRow, Counts
from zhida.sync_books import Books, Rows
from zhida.sync_gate import AFTER, NUMBER
from zhida.sync_progress import Progress
from zhida.sync_sorted import Held

MOST = 200
"""Batches that may wait for an answer at once: more would only fill the gate's folder."""


class AwayBooks(Books):
    """Of one line, in one run."""

    def send(
        self,
        identifier: str,
        rows: Rows,
        counts: Counts,
        held: Sequence[Held],
        place: Progress | None,
    ) -> None:
        """As for every line. ``Retriable`` where the other side has answered nothing for too long."""
        if len(away := self.away()) >= MOST:
            raise self.unanswered(away)
        known = self.known()
        order = {NUMBER: known.given_number + 1, AFTER: known.given}
        Books.send(self, identifier, replace(rows, about=order), counts, held, place)

    def done(self, sent: BatchRow, counts: Counts, held: Sequence[Held]) -> None:
        """It lies where the gate takes it; its rows are in flight, whatever the counts say."""

        def work(connection: Connection) -> list[Entry]:
            if not sync_batch_rows.finish(connection, sent.id, sent.counts, now=AWAY):
                return []
            self._move(connection, sent.place)
            return [Entry("sync-handed", sent.id, details={**self.about, "dataset": sent.dataset})]

        self.hub.ledger.commit(work)

    def away(self) -> list[BatchRow]:
        """The batches that are not answered, the oldest first."""
        with self.hub.store.read() as connection:
            return sync_batch_rows.away(connection, *self.line.names)

    def answered(
        self,
        connection: Connection,
        batch: BatchRow,
        counts: Counts,
        held: Sequence[Held],
        by: Dataset,
    ) -> list[Entry]:
        """The other side has said what came of it."""
        if not sync_batch_rows.finish(connection, batch.id, counts, was=AWAY):
            return []
        self._keep(connection, held)
        told: dict[str, Any] = {"answer": by.id, "issuer": by.document.origin.issuer}
        lost = {"refused": counts.refused, "invalid": counts.invalid, "kept": counts.kept}
        return [
            Entry("sync-answered", batch.id, details={**told, "applied": counts.applied, **lost})
        ]

    def unanswered(self, away: Sequence[BatchRow]) -> Retriable:
        """Which batch has waited longest."""
        first = self.known().given_number - len(away) + 1
        facts: dict[str, Fact] = {
            "sync": self.line.sync.name,
            "number": first,
            "batch": away[0].id[:8],
        }
        return Retriable("sync.unanswered", **facts, since=away[0].at, batches=len(away))
