"""Take in a dataset that its provider has signed itself: kept row by row as it was signed, or not at all."""

from __future__ import annotations

from collections.abc import Callable

from exchange import dataset, dataset_file
from exchange.dataset import Dataset
from exchange.dataset_writing import Writing, chunks
from exchange.datasets import Also, Datasets
from exchange.errors import Rejected
from exchange.store import dataset_rows


def opened(books: Datasets, raw: bytes) -> Dataset:
    """The head, if its issuer's certificate was valid when it signed; of the rows nothing is known yet."""
    return dataset.read_head(books.archive.verify(dataset_file.head(raw)))


def take(
    books: Datasets,
    raw: bytes,
    *,
    bucket: str,
    also: Also,
    tell: Callable[[int], None] = lambda _: None,
) -> Dataset:
    """``Rejected`` for one that is here already, and for rows that are not those of the head."""
    found = opened(books, raw)
    with books.parts.store.read() as connection:
        if dataset_rows.like(connection, found.id):
            raise Rejected("dataset.known", dataset=found.id)
    books.parts.drop_unfinished()
    try:
        _write(books, found, raw, bucket, tell)
        return books.commit(found.document.token, b"", bucket, also=also)
    except BaseException:
        books.parts.drop(found.id)
        raise


def _write(
    books: Datasets, found: Dataset, raw: bytes, bucket: str, tell: Callable[[int], None]
) -> None:
    writing = Writing(books.parts, found.id, bucket, found.form, found.digest)
    for part in chunks(dataset_file.rows(raw)):
        writing.add(part, [found.form.key_of(row.record) for row in part])
        tell(writing.count)
    if (writing.finish(), writing.count) != (found.root, found.count):
        raise Rejected("dataset.other-rows", dataset=found.id)
