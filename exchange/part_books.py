"""Parts of what is too big for one body: sealed and written one by one, read back one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from exchange import times
from exchange.errors import Fatal
from exchange.ports import Clock
from exchange.store import part_rows
from exchange.store.engine import Store
from exchange.store.part_rows import PartRow
from exchange.vault import Vault

UNFINISHED = timedelta(days=1)
"""After so long nobody is still writing: parts without an owner are a dead process's."""


@dataclass(frozen=True, slots=True)
class PartBooks:
    """Writes and reads sealed parts: a few in a transaction, so that nobody waits long."""

    store: Store
    vault: Vault
    clock: Clock

    def put(self, place: PartRow, plain: bytes, bucket: str) -> None:
        """Seal ``plain`` into the place; ``place.digest`` empty: SHA-256 of it."""
        self.put_all([self.sealed(place, plain, bucket)])

    def sealed(self, place: PartRow, plain: bytes, bucket: str) -> PartRow:
        """The same, not written yet."""
        sealed = self.vault.seal(bucket, plain, about=place.about)
        digest = place.digest or hashlib.sha256(plain).hexdigest()
        at = times.stamp(self.clock())
        return PartRow(place.owner, place.role, place.number, place.rows, digest, at, sealed)

    def put_all(self, rows: Sequence[PartRow]) -> None:
        """Write what was sealed."""
        with self.store.write() as connection:
            part_rows.put(connection, rows)

    def get(self, owner: str, role: str, number: int) -> bytes:
        """One part, opened. ``Fatal`` if it is gone."""
        with self.store.read() as connection:
            found = part_rows.get(connection, owner, role, number)
        if found is None:
            raise Fatal("dataset.part-gone", owner=owner, role=role, number=number)
        return self.vault.unseal(found.sealed, about=found.about)

    def digests(self, owner: str, role: str) -> list[tuple[str, int]]:
        """Digest and number of rows of every part."""
        with self.store.read() as connection:
            return part_rows.digests(connection, owner, role)

    def all(self, owner: str, role: str) -> Iterator[bytes]:
        """Every part, one at a time."""
        for number in range(len(self.digests(owner, role))):
            yield self.get(owner, role, number)

    def drop(self, owner: str) -> None:
        """Of something that was not finished."""
        with self.store.write() as connection:
            part_rows.drop(connection, owner)

    def drop_unfinished(self) -> int:
        """Of processes that died; how many parts."""
        before = times.stamp(self.clock() - UNFINISHED)
        with self.store.write() as connection:
            return part_rows.drop_unfinished(connection, before)


def place(owner: str, role: str, number: int, rows: int = 0, digest: str = "") -> PartRow:
    """Where a part goes, before it is sealed."""
    return PartRow(owner, role, number, rows, digest, "", b"")
