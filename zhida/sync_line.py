"""One line at work: read a page, sign what is new in it, bring it about in the target, note it. Again.

After ``kill -9`` anywhere nothing is lost and nothing twice (``zhida.sync_recovery``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from connectors.tables_batch import Batch
from connectors.tables_fit import Row
from connectors.tables_keyset import Span
from connectors.tables_lookup import Key
from connectors.tables_page import Read
from exchange import canonical_rows, limits, times
from exchange.dataset_writing import chunks
from exchange.document import new_id
from exchange.errors import Rejected
from exchange.ports import Record
from exchange.store.sync_batch_rows import BatchRow, Counts
from zhida import legs
from zhida.sync_books import Books, Rows
from zhida.sync_file import Sync
from zhida.sync_pages import pages
from zhida.sync_progress import Progress
from zhida.sync_questions import Source, Target
from zhida.sync_sort import Sorter
from zhida.sync_sorted import REFUSED, Held, Sorted
from zhida.uncollected import uncollected

FEW = 10
"""So few wrong rows stop nothing, whatever their share of a small batch."""
Tell = Callable[[int], None]


class Stopped(Exception):
    """An operator has paused the sync or stopped one of its systems, or one may not be called now."""


@dataclass(slots=True)
class Work:
    """A run of a line whose ends are open."""

    books: Books
    source: Source
    into: Target
    sorter: Sorter
    most_errors: int
    """Per cent of a batch; more stop the run."""
    tell: Tell = lambda _: None
    _last: str = ""
    _read: int = field(default=0)

    @property
    def sync(self) -> Sync:
        """What is done."""
        return self.books.line.sync

    def prepare(self) -> BatchRow | None:
        """Know which batch the target has; the one that a process that died has left, if any."""
        self._last = self.into.last(self.books.line.key)
        return self.books.sent()

    @property
    def last(self) -> str:
        """The batch that the target has done last."""
        return self._last

    def nameless(self) -> None:
        """Rows without a key or a cursor's value: no page has them, so they are told of at each run."""
        page = self.source.nameless(self.sync.batch)
        if page:
            found = self.sorter.nameless(page)
            self.check(found, max(len(page), self.source.count()))
            self.books.note(found.counts, found.held, None)

    def read(self, span: Span, progress: Progress | None) -> Progress | None:
        """Every page of the span; ``progress``: of the line, None if it stays where it is."""
        with closing(pages(self.source, span, self.sync.batch, self.go_on)) as found:
            for page in found:
                progress = progress and progress.after(page[-1].marks)
                with uncollected():
                    self._page(page, progress)
        return progress

    def take_away(self) -> None:
        """What the source has no more, page by page of the target."""
        after: Key = ()
        while True:
            self.go_on()
            keys, after = self.into.keys(after, self.sync.batch)
            if gone := self.source.missing(keys):
                self._gone(gone)
            if len(keys) < self.sync.batch:
                return

    def _page(self, page: Sequence[Read], progress: Progress | None) -> None:
        found = self.sorter.sort(page)
        self.check(found, len(page))
        if found.changes.rows:
            self._send(found, progress)
        else:
            self.books.note(found.counts, found.held, progress)
        self._read += len(page)
        self.tell(self._read)

    def check(self, found: Sorted, among: int) -> None:
        """``Rejected`` if too much of it is wrong."""
        wrong = len(found.held)
        if wrong >= FEW and 100 * wrong > self.most_errors * among:
            raise Rejected(
                "sync.too-many-errors",
                sync=self.sync.name,
                wrong=wrong,
                read=among,
                most=found.most,
            )

    def _send(self, found: Sorted, progress: Progress | None) -> None:
        changes = found.changes
        raw = _lines(changes.sources()) if self.sorter.mapping else ()
        rows = Rows(changes.records, self.sorter.key, raw)
        identifier = new_id()
        self.books.send(identifier, rows, found.counts, found.held, progress)
        sent = self.books.sent()
        if sent is not None:
            refused = self.apply(sent, changes.rows, known=found.known)
            self.close(sent, refused, changes.origins(refused))

    def _gone(self, keys: Sequence[Key]) -> None:
        names = self.sorter.key
        records = self.into.records(keys)
        self.books.send(new_id(), Rows(records, names, gone=True), Counts(gone=len(keys)), (), None)
        sent = self.books.sent()
        if sent is not None:
            self.close(sent, self.apply(sent, {}, keys), dict(zip(keys, records, strict=True)))

    def apply(
        self,
        sent: BatchRow,
        rows: Mapping[Key, Row],
        gone: Sequence[Key] = (),
        *,
        known: Collection[Key] | None = None,
    ) -> Mapping[Key, Rejected]:
        """Bring a batch about in the target; the rows that it refused."""
        batch = Batch(
            self.books.line.key,
            sent.id,
            self._last,
            times.stamp(self.books.hub.clock()),
            over=self.sync.mode != "append",
            rows=rows,
            gone=gone,
            known=known,
        )
        refused = self.into.apply(batch)
        self._last = sent.id
        return refused

    def close(
        self, sent: BatchRow, refused: Mapping[Key, Rejected], origins: Mapping[Key, Record]
    ) -> None:
        """Note that the target has it."""
        counts = sent.counts
        lost = len(refused)
        if counts.gone:
            ended = replace(counts, deleted=counts.gone - lost, kept=lost)
        else:
            applied = counts.in_flight - lost
            ended = replace(counts, in_flight=0, applied=applied, refused=lost)
        held = [Held(REFUSED, error.problems, origins.get(k, {})) for k, error in refused.items()]
        self.books.done(sent, ended, held)

    def go_on(self) -> None:
        """Asked before each page: ``Stopped`` if it may not."""
        hub = self.books.hub
        source = hub.site.system(self.sync.source.system)
        target = hub.site.system(self.books.line.target.system)
        is_open = all(limits.is_open(each.windows, hub.clock()) for each in (source, target))
        stopped = legs.is_stopped(hub.store, source)
        stopped = stopped or legs.mode_of(hub.store, target) != legs.LIVE
        if stopped or not is_open or self.books.known().paused_at:
            raise Stopped


def _lines(records: Iterable[Record]) -> Iterator[bytes]:
    """Canonical lines, many in a piece: each piece is sealed and stored by itself.

    >>> [len(piece.splitlines()) for piece in _lines([{"a": 1}] * 5000)]
    [4096, 904]
    """
    for some in chunks(records):
        yield b"\n".join([*canonical_rows.bodies(some), b""])
