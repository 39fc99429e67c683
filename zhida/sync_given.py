"""A target that can't be asked what it has (a queue, a folder): what it was given is kept on our side.

The table's questions (``connectors.tables_target``), answered from our store: of each row a keyed digest of
its key and of its content. A batch counts as given when its recipient holds all of it; only then is that
noted. Who dies between the two gives the very same batch again: the same messages, the same file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.recipient import Consignment
from connectors.tables_batch import Batch, Fitted
from connectors.tables_fit import Row
from connectors.tables_lookup import Key
from exchange import canonical, canonical_rows, times
from exchange.errors import Invalid, Rejected
from exchange.ports import Record
from exchange.store import sync_given_rows, sync_rows
from exchange.store.engine import Connection
from exchange.store.sync_given_rows import GivenRow
from zhida.hub import Hub
from zhida.sync_file import Sync
from zhida.sync_questions import Recipient

_ANY_BATCH, _ANY_NUMBER = "0" * 32, 10**9
"""As long as any, to find out what fits before there is a batch."""


@dataclass(frozen=True, slots=True)
class GivenTarget:
    """One line's recipient, for one thread at a time; owns it. A row here is (digest, record)."""

    hub: Hub
    sync: Sync
    place: Any
    """Of the sync's targets, the one that is meant."""
    columns: tuple[str, ...]
    recipient: Recipient
    """A queue or folder, or a gate."""
    repeats: bool = True
    """A batch that it may have is given again to the letter."""

    def prepare(self) -> None:
        """Nothing is to be laid there."""

    def last(self, _: str) -> str:
        """The batch that it surely has; empty: none."""
        with self.hub.store.read() as connection:
            return sync_rows.get_line(connection, *self._line).given

    def fit(self, records: Sequence[Record]) -> Fitted:
        """The records as they would be given: the key's values are texts, as they are signed."""
        wrong = {n: self._no_key() for n, each in enumerate(records) if self._lacks_key(each)}
        told = {n: self._keyed(each) for n, each in enumerate(records) if n not in wrong}
        numbers, rows = list(told), list(told.values())
        unfit = self.recipient.unfit(self._what(_ANY_BATCH, rows, number=_ANY_NUMBER))
        wrong |= {numbers[at]: error for at, error in unfit.items()}
        good = {n: each for n, each in told.items() if n not in wrong}
        told_rows = zip(self._digests(list(good.values())), good.values(), strict=True)
        return Fitted(
            dict(zip(good, told_rows, strict=True)),
            {n: self._key(each) for n, each in good.items()},
            wrong,
        )

    def known(self, keys: Sequence[Key]) -> dict[Key, Sequence[Any]]:
        """Key → digest of what was given under it."""
        tags = dict(zip(self._tags(keys), keys, strict=True))
        with self.hub.store.read() as connection:
            found = sync_given_rows.digests(connection, self._line, list(tags))
        return {tags[tag]: (digest,) for tag, digest in found.items()}

    def is_same(self, ours: Row, theirs: Sequence[Any]) -> bool:
        """Was it given just so?"""
        return bool(theirs) and ours[0] == theirs[0]

    def told(self, row: Sequence[Any]) -> Record:
        """A row as it is compared: by its digest."""
        return {"row": row[0]}

    def apply(self, batch: Batch) -> dict[Key, Rejected]:
        """Give it, then note that it was given. A recipient refuses all or nothing: none is refused alone."""
        with self.hub.store.read() as connection:
            number = sync_rows.get_line(connection, *self._line).given_number + 1
        rows = {key: batch.rows[key] for key in sorted(batch.rows)}
        for told in (self.records(sorted(batch.gone)), [row[1] for row in rows.values()]):
            if told:
                gone = not batch.rows
                self.recipient.give(self._what(batch.id, told, number=number, gone=gone))
        with self.hub.store.write() as connection:
            self._note(connection, batch, rows)
            told_line: dict[str, str | int | bytes] = {"given": batch.id, "given_number": number}
            sync_rows.change_line(connection, *self._line, told_line)
        return {}

    def take_back(
        self, connection: Connection, records: Sequence[Record], *, gone: bool = False
    ) -> None:
        """These are not there after all, though they were given; ``gone``: they still are, though they should not.

        What was given since under the same key stays. Of a row that should be gone nobody knows what it says.
        """
        keys = [self._key(each) for each in records]
        tags = self._tags(keys)
        given = sync_given_rows.digests(connection, self._line, tags)
        if gone:
            left = (key for key, tag in zip(keys, tags, strict=True) if tag not in given)
            self._put(connection, dict.fromkeys(left, ("",)))
            return
        ours = zip(tags, self._digests([self._keyed(each) for each in records]), strict=True)
        lost = [tag for tag, digest in ours if given.get(tag) == digest]
        sync_given_rows.remove(connection, self._line, lost)

    def keys(self, after: Key, limit: int) -> tuple[list[Key], Key]:
        """The next keys that were given, in the order of their digests; and where to go on."""
        with self.hub.store.read() as connection:
            start = str(after[0]) if after else ""
            found = sync_given_rows.page(connection, self._line, start, limit)
        vault = self.hub.vault
        keys = [tuple(canonical.loads(vault.unseal(blob, about=tag))) for tag, blob in found]
        return keys, (found[-1][0],) if found else after

    def records(self, keys: Sequence[Key]) -> list[Record]:
        """Keys as records."""
        return [dict(zip(self.place.key, key, strict=True)) for key in keys]

    def fit_keys(self, records: Sequence[Record]) -> list[Key]:
        """The reverse."""
        return [self._key(each) for each in records]

    def count(self) -> int:
        """How many rows it was given and not told to be gone."""
        with self.hub.store.read() as connection:
            return sync_given_rows.count(connection, self._line)

    def close(self) -> None:
        """Close the recipient."""
        self.recipient.close()

    @property
    def _line(self) -> tuple[str, str]:
        return self.sync.name, self.place.name

    def _note(self, connection: Connection, batch: Batch, rows: Mapping[Key, Row]) -> None:
        self._put(connection, rows)
        sync_given_rows.remove(connection, self._line, self._tags(batch.gone))

    def _put(self, connection: Connection, rows: Mapping[Key, Row]) -> None:
        bucket = self.sync.bucket(times.civil_day(self.hub.clock()))
        tags = self._tags(list(rows))
        told = ((canonical.dumps(list(key)), tag) for key, tag in zip(rows, tags, strict=True))
        sealed = self.hub.vault.seal_all(bucket, told)
        made = zip(tags, rows.values(), sealed, strict=True)
        given = [GivenRow(*self._line, tag, row[0], blob) for tag, row, blob in made]
        sync_given_rows.put(connection, given)

    def _what(
        self, batch: str, rows: Sequence[Record], *, number: int, gone: bool = False
    ) -> Consignment:
        return Consignment(
            sync=self.sync.name,
            document=self.sync.document,
            batch=batch,
            number=number,
            key=self.place.key,
            columns=self.columns,
            rows=rows,
            gone=gone,
            ids=() if batch == _ANY_BATCH else self._ids(batch, [self._key(row) for row in rows]),
            route=self.place.table,
            file=self.place.file,
        )

    def _ids(self, batch: str, keys: Sequence[Key]) -> list[str]:
        """The signed batch stands for the content: a row that is changed back is another message."""
        return self.hub.vault.tags("sync-message", (*self._line, batch), keys)

    def _tags(self, keys: Sequence[Key]) -> list[str]:
        return self.hub.vault.tags("sync-given", self._line, keys)

    def _digests(self, records: Sequence[Record]) -> list[str]:
        bodies = ((body.decode(),) for body in canonical_rows.bodies(records))
        return self.hub.vault.tags("sync-row", self._line, bodies)

    def _keyed(self, record: Record) -> Record:
        told = {name: value for name, value in record.items() if value is not None}
        return {**told, **{name: str(record[name]) for name in self.place.key}}

    def _key(self, record: Record) -> Key:
        return tuple(str(record[name]) for name in self.place.key)

    def _lacks_key(self, record: Record) -> bool:
        return any(record.get(name) is None for name in self.place.key)

    def _no_key(self) -> Invalid:
        column = ", ".join(self.place.key)
        return Invalid("tables.no-key", table=self.place.table, column=column)
