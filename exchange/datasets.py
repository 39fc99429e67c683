"""The datasets of a hub: written part by part, committed with one signature, read back and checked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from crypto.merkle import Digest
from crypto.merkle_list import list_path, list_root
from crypto.suites import suite
from exchange import canonical, dataset, dataset_leaf, dataset_ledger, document, times
from exchange.archive import Archive
from exchange.dataset import Dataset, Form, Key
from exchange.dataset_leaf import PART_SIZE, Salted, leaves
from exchange.dataset_writing import INDEX, ROWS, Writing, chunks, keep_raw
from exchange.document import Origin
from exchange.errors import Fatal, Rejected
from exchange.ledger import Entry, Ledger
from exchange.part_books import PartBooks
from exchange.ports import Record, Signer
from exchange.store import dataset_rows
from exchange.store.dataset_rows import DatasetRow
from exchange.store.engine import Connection

Also = Callable[[Connection, Dataset], list[Entry]]
"""What else is to be written in the transaction in which the dataset comes about."""
Tell = Callable[[int], None]
"""Is told how many rows are written, now and then."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row, and where in its dataset it stands."""

    salted: Salted
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Datasets:
    """Writes, finds and checks datasets. Thread-safe."""

    parts: PartBooks
    archive: Archive
    ledger: Ledger
    signer: Signer

    def write(
        self,
        rows: Iterable[Record],
        form: Form,
        origin: Origin,
        *,
        bucket: str,
        raw: Iterable[bytes] = (),
        also: Also = lambda _connection, _dataset: [],
        tell: Tell = lambda _: None,
    ) -> Dataset:
        """Sign rows that come sorted by their keys; until the end nobody sees any of them.

        ``raw``: what they were read from, taken after the last row, kept sealed and named by its
        digest in the head. ``Invalid`` for rows that aren't in order or have no exact form.
        """
        identifier = document.new_id()
        self.parts.drop_unfinished()
        try:
            writing = self._writing(identifier, form, bucket)
            for part in chunks(rows):
                writing.add(dataset_leaf.salt(part), form.keys_of(part))
                tell(writing.count)
            digest, salt = keep_raw(self.parts, identifier, raw, bucket)
            full = replace(origin, raw_digest=digest)
            head = self._sign(writing, full)
            return self.commit(head, salt, bucket, also=also)
        except BaseException:
            self.parts.drop(identifier)
            raise

    def _writing(self, identifier: str, form: Form, bucket: str) -> Writing:
        return Writing(self.parts, identifier, bucket, form, suite(self.signer.suite).hasher)

    def _sign(self, writing: Writing, origin: Origin) -> str:
        root = writing.finish()
        record = dataset.head_record(writing.form, writing.count, root)
        now, ids = self.parts.clock(), (lambda: writing.id)
        return document.issue(record, origin, self.signer, now=now, ids=ids)

    def commit(self, token: str, salt: bytes, bucket: str, *, also: Also) -> Dataset:
        """Let a dataset be there whose parts are written; ``salt``: of the digest of what was read."""
        made = dataset.read_head(self.archive.verify(token))
        self.parts.vault.prepare()  # rows of a table are taken in without looking anything up
        now = self.parts.clock()

        def work(connection: Connection) -> list[Entry]:
            kept: dict[str, Any] = {"raw": b"", "salt": salt, "bucket": bucket}
            self.archive.put(connection, made.document, now=now, **kept)
            dataset_rows.put(connection, _row(made, times.stamp(now)))
            return [_entry(made), *also(connection, made)]

        self.ledger.commit(work)
        return made

    def get(self, identifier: str) -> Dataset:
        """The verified head of a dataset."""
        return dataset.read_head(self.archive.get(identifier))

    def rows(self, found: Dataset) -> Iterator[Record]:
        """Every row, in order. ``Fatal`` if they are not those that were signed.

        The parts' roots are compared with the head before the first row is given, each part's rows
        with its root before any of them: what is given is what was signed.
        """
        for part in self.parts_of(found):
            for row in part:
                yield row.record

    def parts_of(self, found: Dataset) -> Iterator[list[Salted]]:
        """The same rows as they were hashed, a part at a time, for who reads them in bulk."""
        for number, wanted in enumerate(self._roots(found)):
            yield self._part(found, number, wanted)

    def find(self, found: Dataset, key: Key) -> Place | None:
        """The row with this key, with its path; None if the dataset has none."""
        firsts = [tuple(first) for first in canonical.loads(self.parts.get(found.id, INDEX, 0))]
        number = bisect_right(firsts, key) - 1
        if number < 0:
            return None
        roots = self._roots(found)
        rows = self._part(found, number, roots[number])
        for place, row in enumerate(rows):
            if found.form.key_of(row.record) == key:
                digest = found.digest
                path = _path(digest, leaves(digest, rows), roots, at=(number, place))
                return Place(row, number * PART_SIZE + place, path)
        return None

    def _roots(self, found: Dataset) -> list[bytes]:
        kept = self.parts.digests(found.id, ROWS)
        roots = [bytes.fromhex(digest) for digest, _ in kept]
        if list_root(found.digest, roots) != found.root:
            raise Fatal("dataset.changed", dataset=found.id)
        return roots

    def _part(self, found: Dataset, number: int, root: bytes) -> list[Salted]:
        rows = dataset_leaf.unpack(self.parts.get(found.id, ROWS, number))
        digest = found.digest  # read from the head's token: once, not for every row
        if list_root(digest, leaves(digest, rows)) != root:
            raise Fatal("dataset.changed", dataset=found.id)
        return rows


def _path(
    digest: Digest, leaves: list[bytes], roots: list[bytes], *, at: tuple[int, int]
) -> tuple[bytes, ...]:
    """Upwards within the part, then over the parts."""
    number, place = at
    return (*list_path(digest, leaves, place), *list_path(digest, roots, number))


def _row(made: Dataset, now: str) -> DatasetRow:
    origin = made.document.origin
    return DatasetRow(
        id=made.id,
        kind=origin.kind,
        provider=origin.provider,
        source=origin.source,
        as_of=times.stamp(origin.as_of),
        created_at=now,
        schema=made.form.schema,
        root=made.root.hex(),
        count=made.count,
    )


def _entry(made: Dataset) -> Entry:
    """The ledger's word that these rows were signed, in whose custody, and how many they are."""
    return Entry(dataset_ledger.KIND, made.id, details=dataset_ledger.details(made))


def require(found: Place | None, identifier: str) -> Place:
    """The row. ``Rejected`` if the dataset has none; the key is not told, it may be a person's."""
    if found is None:
        raise Rejected("dataset.no-row", dataset=identifier)
    return found
