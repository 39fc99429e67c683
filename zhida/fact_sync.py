"""Take a holder's facts in: everything that waits becomes one dataset, signed as it was read.

The agreement is asked before anything is read. A row that can't be read is kept as invalid and stops
no other; a batch of which too much can't be read is refused whole, for then its format has changed.
The dataset, the invalid rows, the cursor and the ledger's note commit together; only then the source
is told. A file that comes again after a crash is known by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from adapters.bulk import BulkSource
from connectors import json_text
from exchange import agreement, canonical, dataset_taking, times
from exchange.agreement import Agreement, Flow
from exchange.dataset import Dataset
from exchange.document import Origin, new_id
from exchange.errors import Fatal, Forbidden
from exchange.ledger import Entry
from exchange.ports import Record
from exchange.store import dataset_rows, document_rows
from exchange.store.document_rows import InvalidRow
from exchange.store.engine import Connection
from zhida import dataset_books, fact_batch, fact_outcome, fact_schedule, fact_signed, legs
from zhida.fact_batch import Batch
from zhida.fact_outcome import Synced
from zhida.fact_rows import KIND, Gathered, Wrong, over
from zhida.grants_file import FactSource, GrantsFile
from zhida.hub import Hub
from zhida.message import told
from zhida.site import Site

PURPOSE = "grants"
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Sync:
    """One source about to be read."""

    hub: Hub
    site: GrantsFile
    source: FactSource
    tell: Tell = lambda _: None

    def run(self, *, force: bool = False) -> Synced:
        """Read and sign. ``Forbidden`` without an agreement over every fact; a wire's errors as they come."""
        system = self.hub.site.system(self.source.system)
        allowed = permitted(self.hub.site, self.source, times.civil_day(self.hub.clock()))
        with self.hub.store.read() as connection:
            cursor, due, _ = document_rows.get_cursor(connection, system.name, self.source.stream)
            stopped = legs.mode(connection, system) == legs.STOPPED
        if stopped or (not force and due > times.stamp(self.hub.clock())):
            return Synced(system.name, "stopped" if stopped else "waiting")
        adapter: BulkSource = self.hub.adapter(system)  # type: ignore[assignment]
        if adapter.is_signed(self.source.stream):
            return self._signed(adapter, cursor, allowed)
        batch = fact_batch.take(adapter, self.source, cursor, self._known)
        done = self._store(batch, adapter.mapping(self.source.stream).digest, allowed)
        adapter.settle(self.source.stream, batch.keys)
        return done

    def _signed(self, adapter: BulkSource, cursor: str, allowed: Agreement) -> Synced:
        """A list that its holder has signed itself: kept as it is."""
        if not self.source.whole:
            raise Fatal("facts.signed-changes", system=self.source.system)
        found = fact_signed.look(self.hub, self.source, adapter, cursor, self._known)
        batch = Batch(Gathered(self.source.gives), found.cursor, list(found.keys), found.passed)
        if found.chosen is None:
            self.hub.ledger.commit(lambda connection: self._looked(connection, batch))
            done = Synced(self.source.system, "nothing", passed=found.passed)
        else:
            batch.used.append(found.chosen.key)
            made = dataset_taking.take(
                dataset_books.of(self.hub),
                found.chosen.raw,
                bucket=self._bucket,
                also=lambda connection, head: self._also(connection, head, batch, allowed),
                tell=self.tell,
            )
            done = fact_outcome.signed(self.source.system, made, found.passed)
        adapter.settle(self.source.stream, batch.keys)
        return done

    def _known(self, key: str) -> bool:
        with self.hub.store.read() as connection:
            return document_rows.seen(connection, self.source.system, self._name(key)) is not None

    def _name(self, key: str) -> str:
        """Keyed: a file's name may name somebody."""
        return self.hub.vault.tag("bulk-file", self.source.stream, key)

    def _store(self, batch: Batch, mapping: str, allowed: Agreement) -> Synced:
        gathered = batch.gathered
        if batch.is_empty:
            self.hub.ledger.commit(lambda connection: self._looked(connection, batch))
            return Synced(self.source.system, "nothing", passed=batch.passed)
        fact_outcome.check(self.source, batch)
        rows = gathered.in_order()
        made = dataset_books.of(self.hub).write(
            rows if batch.whole else over(self._before(), rows),
            fact_batch.form(self.source, batch),
            self._origin(batch, mapping),
            bucket=self._bucket,
            raw=batch.raw,
            also=lambda connection, head: self._also(connection, head, batch, allowed),
            tell=self.tell,
        )
        return fact_outcome.of(self.source.system, batch, made)

    def _before(self) -> Iterator[Record]:
        """What was known of everybody until now."""
        with self.hub.store.read() as connection:
            known = dataset_rows.newest(connection, KIND, self.source.system)
        if known is not None:
            books = dataset_books.of(self.hub)
            yield from books.rows(books.get(known.id))

    def _origin(self, batch: Batch, mapping: str) -> Origin:
        now = self.hub.clock()
        as_of = min(batch.as_of, now) if batch.as_of and batch.whole else now
        unit, system = self.source.unit, self.source.system
        return Origin(KIND, self.hub.site.unit, unit, "hub", system, as_of, mapping_digest=mapping)

    @property
    def _bucket(self) -> str:
        return self.site.bucket(times.civil_day(self.hub.clock()))

    def _also(
        self, connection: Connection, made: Dataset, batch: Batch, allowed: Agreement
    ) -> list[Entry]:
        for wrong in batch.gathered.wrong:
            document_rows.put_invalid(connection, self._invalid(wrong))
        now = times.stamp(self.hub.clock())
        for key in batch.used:
            values = {"content": "", "document": made.id, "first_at": now}
            document_rows.remember(connection, self.source.system, self._name(key), **values)
        self._looked(connection, batch)
        done = fact_outcome.of(self.source.system, batch, made)
        if made.document.origin.custody == fact_signed.CUSTODY:
            done = fact_outcome.signed(self.source.system, made, batch.passed)
        counts = fact_outcome.counts(done)
        details = {
            "agreement": allowed.id,
            "agreement_digest": allowed.digest(),
            "purpose": PURPOSE,
            "system": self.source.system,
        }
        return [Entry("facts-synced", made.id, details=details | counts)]

    def _invalid(self, wrong: Wrong) -> InvalidRow:
        identifier, now = new_id(), times.stamp(self.hub.clock())
        raw = self.hub.vault.seal(self._bucket, json_text.written(wrong.fields), about=identifier)
        problems = canonical.dumps(told(wrong.problems)).decode()
        return InvalidRow(identifier, self.source.system, wrong.place, now, problems, raw)

    def _looked(self, connection: Connection, batch: Batch) -> list[Entry]:
        when = fact_schedule.look_again if batch.is_empty else fact_schedule.next_look
        next_at = times.stamp(when(self.hub.clock(), self.source.every))
        values: dict[str, str | int] = {"value": batch.cursor, "next_at": next_at, "failures": 0}
        document_rows.put_cursor(connection, self.source.system, self.source.stream, **values)
        return []


def permitted(site: Site, source: FactSource, day: date) -> Agreement:
    """The agreement under which the hub may have these facts: all of them, or none is read."""
    flow = Flow(source.unit, site.unit, KIND, PURPOSE)
    allowed = agreement.permit(site.agreements, flow, day)
    missing = [name for name in source.gives if not allowed.covers(f"/{name}")]
    if missing:
        named = ", ".join(missing)
        raise Forbidden("facts.not-agreed", agreement=allowed.id, unit=source.unit, facts=named)
    return allowed
