"""The rows of one dataset on their way into the store: hashed, sealed and written part by part."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from operator import lt
from typing import TypeVar, cast

from crypto.merkle import Digest
from crypto.merkle_list import list_root
from exchange import canonical
from exchange.dataset import Form, Key
from exchange.dataset_leaf import PART_SIZE, Salted, leaves, pack
from exchange.errors import Invalid
from exchange.part_books import PartBooks, place
from exchange.records import Records
from exchange.store.part_rows import PartRow

ROWS, INDEX, RAW = "rows", "index", "raw"
"""Roles of a dataset's parts: the rows; the first key of each part; what was read."""
_AT_ONCE = 4
"""Parts in one transaction."""
T = TypeVar("T")


@dataclass(slots=True)
class Writing:
    """Takes the parts of one dataset in order; ``root`` is that of what was taken so far."""

    parts: PartBooks
    id: str
    bucket: str
    form: Form
    digest: Digest
    count: int = 0
    _roots: list[bytes] = field(default_factory=list)
    _firsts: list[Key] = field(default_factory=list)
    _last: Key = ()
    _held: list[PartRow] = field(default_factory=list)
    """Sealed, not written yet."""

    def add(self, rows: Sequence[Salted], keys: Sequence[Key]) -> None:
        """One part: ``PART_SIZE`` rows, or fewer if it is the last.

        ``Invalid`` unless the keys rise from row to row, so that each is there once.
        """
        told = [self._last, *keys]
        if not all(map(lt, told, keys)):
            wrong = next(at for at, (one, other) in enumerate(pairwise(told), 1) if one >= other)
            raise Invalid("dataset.order", row=self.count + wrong, schema=self.form.schema)
        self._last = keys[-1]
        root = list_root(self.digest, leaves(self.digest, rows))
        where = place(self.id, ROWS, len(self._roots), len(rows), root.hex())
        self._hold(self.parts.sealed(where, pack(rows), self.bucket))
        self._roots.append(root)
        self._firsts.append(keys[0])
        self.count += len(rows)

    def finish(self) -> bytes:
        """Write what is left, with the index; the root over all rows."""
        index = canonical.dumps([list(key) for key in self._firsts])
        self._held.append(self.parts.sealed(place(self.id, INDEX, 0), index, self.bucket))
        self.parts.put_all(self._held)
        return list_root(self.digest, self._roots)

    def _hold(self, part: PartRow) -> None:
        """Until there are a few: each transaction waits for the disk."""
        self._held.append(part)
        if len(self._held) >= _AT_ONCE:
            self.parts.put_all(self._held)
            self._held.clear()


def keep_raw(
    parts: PartBooks, identifier: str, raw: Iterable[bytes], bucket: str
) -> tuple[str, bytes]:
    """Seal what was read, piece by piece; the salted digest over all of it, and the salt.

    The digest is ``document.raw_digest`` of the pieces put together; of nothing, it is empty.
    """
    salt = os.urandom(16)
    running, number = hashlib.sha256(salt), -1
    for number, piece in enumerate(raw):
        running.update(piece)
        parts.put(place(identifier, RAW, number), piece, bucket)
    return (running.hexdigest() if number >= 0 else ""), salt


def chunks(values: Iterable[T], size: int = PART_SIZE) -> Iterator[Sequence[T]]:
    """The values in lists of this length; records in columns stay in columns.

    >>> list(chunks("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    if isinstance(values, Records):
        for at in range(0, len(values), size):
            yield cast("Sequence[T]", values[at : at + size])
        return
    left = iter(values)
    while found := list(islice(left, size)):
        yield found
