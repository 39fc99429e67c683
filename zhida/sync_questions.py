"""What a line asks its two ends, whatever they are: tables, queues, folders, lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from connectors.tables_batch import Batch, Fitted
from connectors.tables_fit import Row
from connectors.tables_keyset import Span
from connectors.tables_lookup import Key
from connectors.tables_page import Marks, Read
from exchange.errors import Invalid, Rejected
from exchange.ports import Record


class Source(Protocol):
    """What is read, page by page. For one thread at a time."""

    @property
    def is_unique(self) -> bool:
        """Can no two rows have the same key?"""

    def told(self) -> dict[str, list[str]]:
        """Each column as it is there now: its type in words, and the kind of its values."""

    def choose(self, columns: Sequence[str]) -> None:
        """Read these columns from now on."""

    def span(self, begin: str, end: str) -> Span:
        """A span of the cursor, both ends in it."""

    def repeated(self, limit: int) -> set[Marks]:
        """Keys that several rows have."""

    def page(self, span: Span, limit: int) -> Sequence[Read]:
        """The next rows of the span."""

    def nameless(self, limit: int) -> Sequence[Read]:
        """Rows that no page has."""

    def newest(self) -> Any:
        """The cursor's greatest value."""

    def count(self) -> int:
        """How many rows there are."""

    def missing(self, keys: Sequence[Marks]) -> list[Marks]:
        """Those of a target's keys that no row has."""


class Target(Protocol):
    """What is written, batch by batch, and compared with. For one thread at a time."""

    @property
    def repeats(self) -> bool:
        """Must a batch that may have arrived be the same to the letter? Else what came back stays."""

    def prepare(self) -> None:
        """See that a batch can be brought about whole or not at all."""

    def last(self, sync: str) -> str:
        """The batch of this line that it surely has; empty: none."""

    def fit(self, records: Sequence[Record]) -> Fitted:
        """The records as the target takes them."""

    def known(self, keys: Sequence[Key]) -> dict[Key, Sequence[Any]]:
        """What it has under these keys."""

    def is_same(self, ours: Row, theirs: Sequence[Any]) -> bool:
        """Does it say what ours says?"""

    def told(self, row: Sequence[Any]) -> Record:
        """A row as it is compared with the other side's."""

    def apply(self, batch: Batch) -> Mapping[Key, Rejected]:
        """Bring the batch about; the rows that were refused."""

    def keys(self, after: Key, limit: int) -> tuple[list[Key], Key]:
        """The next keys that it has, and where to go on."""

    def records(self, keys: Sequence[Key]) -> list[Record]:
        """Keys as records."""

    def fit_keys(self, records: Sequence[Record]) -> list[Key]:
        """The reverse."""

    def count(self) -> int:
        """How many rows it has."""


class Recipient(Protocol):
    """What is given to and can't be asked: ``adapters.recipient``, ``zhida.sync_gate``."""

    def unfit(self, what: Any) -> dict[int, Invalid]:
        """Rows that can't be given, by their number."""

    def give(self, what: Any) -> None:
        """All of it is there, durably, when this returns."""

    def close(self) -> None:
        """Take leave."""
