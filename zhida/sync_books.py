"""What our store keeps of a line, and the ledger with it: batches before and after, runs, held rows.

A batch is signed and noted as *sent* before the target hears of it, and as *done* when the target has it.
Between the two only the target knows, which is then asked (``zhida.sync_line``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from exchange import times
from exchange.dataset import Dataset, Form
from exchange.document import Origin, new_id
from exchange.ledger import Entry
from exchange.ports import Record
from exchange.records import column, picked
from exchange.store import sync_batch_rows, sync_rows
from exchange.store.engine import Connection
from exchange.store.sync_batch_rows import DONE, SENT, BatchRow, Counts
from exchange.store.sync_rows import LineRow, RunRow
from zhida import dataset_books
from zhida.hub import Hub
from zhida.sync_held import Holder
from zhida.sync_progress import Progress
from zhida.sync_sorted import Held
from zhida.sync_to import Line

GONE = "gone"


@dataclass(frozen=True, slots=True)
class Rows:
    """What a batch does: rows as they are signed, or the keys of those that are gone."""

    records: Sequence[Record]
    key: tuple[str, ...]
    raw: Iterable[bytes] = ()
    gone: bool = False
    about: Mapping[str, Any] = field(default_factory=dict)
    """What the head says besides."""

    def in_order(self) -> Sequence[Record]:
        """By key, whose values are texts in a dataset."""
        told: Sequence[Record] = self.records
        columns = [column(told, name) for name in self.key]
        if not all({*map(type, values)} <= {str} for values in columns):
            told = [{**row, **{name: str(row[name]) for name in self.key}} for row in told]
            columns = [column(told, name) for name in self.key]
        keys = columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))
        return picked(told, sorted(range(len(told)), key=keys.__getitem__))


@dataclass(frozen=True, slots=True)
class Books:
    """Of one line, in one run."""

    hub: Hub
    line: Line
    run: str
    about: Mapping[str, Any]
    """What the ledger says of each batch: agreement, systems, tables."""
    mapping_digest: str = ""

    def send(
        self,
        identifier: str,
        rows: Rows,
        counts: Counts,
        held: Sequence[Held],
        place: Progress | None,
    ) -> None:
        """Sign the rows and note the batch as sent, with the rows that are held; nobody was told yet."""
        dataset_books.of(self.hub).write(
            rows.in_order(),
            self._form(identifier, rows),
            self._origin(),
            bucket=self.bucket,
            raw=rows.raw,
            also=lambda connection, made: self._note(
                connection, self._batch(identifier, SENT, made.id, counts, place), held, made
            ),
        )

    def note(self, counts: Counts, held: Sequence[Held], place: Progress | None) -> None:
        """A batch of which nothing is to be written."""
        row = self._batch(new_id(), DONE, "", counts, place)
        self.hub.ledger.commit(lambda connection: self._note(connection, row, held, None))

    def done(self, sent: BatchRow, counts: Counts, held: Sequence[Held]) -> None:
        """The target has it."""

        def work(connection: Connection) -> list[Entry]:
            if not sync_batch_rows.finish(connection, sent.id, counts):
                return []
            self._keep(connection, held)
            self._move(connection, sent.place)
            return [Entry("sync-applied", sent.id, details=_told(counts))]

        self.hub.ledger.commit(work)

    def sent(self) -> BatchRow | None:
        """The batch of which only the target knows whether it has it."""
        with self.hub.store.read() as connection:
            return sync_batch_rows.sent(connection, *self.line.names)

    def known(self) -> LineRow:
        """What is known of the line."""
        with self.hub.store.read() as connection:
            return sync_rows.get_line(connection, *self.line.names)

    def progress(self) -> Progress:
        """How far the source has been read."""
        place = self.known().place
        return Progress.read(self.hub.vault.unseal(place, about=self.line.key) if place else b"")

    def counts(self) -> Counts:
        """What the run came to so far."""
        with self.hub.store.read() as connection:
            return sync_batch_rows.of_run(connection, self.run)

    def begin(self, kind: str) -> None:
        """Note that the run begins; those that nobody ended died."""
        now = times.stamp(self.hub.clock())
        row = RunRow(self.run, *self.line.names, kind, "running", now)

        def work(connection: Connection) -> list[Entry]:
            for dead in sync_rows.unended(connection, *self.line.names):
                ended = replace(dead, state="failed", ended_at=now, code="sync.died")
                sync_rows.put_run(connection, ended)
            sync_rows.put_run(connection, row)
            return []

        self.hub.ledger.commit(work)

    def accept(self, contract: str) -> None:
        """These are the source's columns, as it should have them from now on."""

        def work(connection: Connection) -> list[Entry]:
            sync_rows.change_line(connection, *self.line.names, {"contract": contract})
            details = {**self.about, "contract": contract}
            return [Entry("sync-contract", self.run, details=details)]

        self.hub.ledger.commit(work)

    def end(self, row: RunRow, **line: Any) -> None:
        """Note how the run ended, and what else is known of the line then."""

        def work(connection: Connection) -> list[Entry]:
            sync_rows.put_run(connection, row)
            if line:
                sync_rows.change_line(connection, *self.line.names, line)
            counts = sync_batch_rows.of_run(connection, self.run)
            told = {"state": row.state, "run_kind": row.kind, "code": row.code, **self.about}
            return [Entry("sync-run", self.run, details={**told, **_told(counts)})]

        self.hub.ledger.commit(work)

    @property
    def bucket(self) -> str:
        """Where what comes in now is kept."""
        return self.line.sync.bucket(times.civil_day(self.hub.clock()))

    def _form(self, identifier: str, rows: Rows) -> Form:
        sync, target = self.line.names
        about = {"sync": sync, "target": target, "batch": identifier, GONE: rows.gone, **rows.about}
        return Form(self.line.sync.document, rows.key, about)

    def _origin(self) -> Origin:
        source = self.hub.site.system(self.line.sync.source.system)
        now, kind = self.hub.clock(), self.line.sync.document
        whose = (self.hub.site.unit, source.unit, "hub", source.name)
        return Origin(kind, *whose, now, mapping_digest=self.mapping_digest)

    def _batch(
        self, identifier: str, state: str, dataset: str, counts: Counts, place: Progress | None
    ) -> BatchRow:
        at = times.stamp(self.hub.clock())
        sealed = b"" if place is None else self.sealed(place)
        return BatchRow(identifier, self.run, *self.line.names, state, dataset, at, counts, sealed)

    def _note(
        self, connection: Connection, row: BatchRow, held: Sequence[Held], made: Dataset | None
    ) -> list[Entry]:
        sync_batch_rows.put(connection, row)
        self._keep(connection, held)
        if row.state == DONE:
            self._move(connection, row.place)
        dataset = {"dataset": made.id} if made else {}
        told = {**self.about, **dataset, "run": self.run, **_told(row.counts)}
        return [Entry("sync-batch", row.id, details=told)]

    def _move(self, connection: Connection, place: bytes) -> None:
        if place:
            sync_rows.change_line(connection, *self.line.names, {"place": place})

    def sealed(self, progress: Progress) -> bytes:
        """How far the source has been read, for the store."""
        return self.hub.vault.seal(self.bucket, progress.written(), about=self.line.key)

    def _keep(self, connection: Connection, held: Sequence[Held]) -> None:
        holder = Holder(self.hub, self.line, self.run, self.bucket)
        sync_rows.put_held(connection, map(holder.row, held))


def _told(counts: Counts) -> dict[str, int]:
    return {name: value for name, value in asdict(counts).items() if value}
