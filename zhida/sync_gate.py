"""A sync's channel through a gate (网闸): batches put into it, and what has come out of it, one by one.

A batch crosses as the file of its signed dataset (``exchange.dataset_file``); its head says of which sync it
is, which number it has and after which batch it comes. An answer crosses the other way, a dataset as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from adapters.gate import GateSystem
from connectors.tables_keyset import Span
from connectors.tables_page import Marks, Read
from exchange import dataset_file
from exchange.errors import Fatal, Invalid, ZhidaError
from exchange.ports import Parcel
from exchange.store import document_rows, sync_batch_rows
from zhida import dataset_books, sync_place
from zhida.hub import Hub
from zhida.sync_file import Place

NUMBER, AFTER, BATCH = "number", "after", "batch"
"""What the head of a batch's dataset says, beside what that of every batch does."""
MISSING = "gate.missing"
_AT_ONCE = 16
"""Messages that are read at once."""


@dataclass(slots=True)
class Channel:
    """One channel, for one thread at a time."""

    hub: Hub
    place: Place
    gate: GateSystem
    wrong: list[ZhidaError] = field(default_factory=list)
    """What came and is to be told of once all else is done."""
    _left: set[str] = field(default_factory=set)

    def send(self, message: str, dataset: str, *, again: bool = False) -> None:
        """Put a dataset's file where the gate takes it. The same again does nothing (``again``: it is put anew)."""
        self.gate.send(self.place.table, message, content(self.hub, dataset), again=again)

    def push(self, message: str, dataset: str) -> bool:
        """The same as far as it is needed: not yet there, lost, damaged. True once the other side has it."""
        state, overdue = self.gate.state(self.place.table, message)
        if state != "received" and (state != "waiting" or overdue):
            self.send(message, dataset, again=True)
        return state == "received"

    def waiting(self) -> Iterator[Parcel]:
        """What has come, in order, until something of it is not settled: that comes again, next time."""
        source = (self.place.system, f"sync {self.place.table}")
        with self.hub.store.read() as connection:
            cursor, _, _ = document_rows.get_cursor(connection, *source)
        while not self._left:
            parcels, after = self.gate.receive(self.place.table, cursor, _AT_ONCE)
            if after != cursor:
                cursor = after
                with self.hub.store.write() as connection:
                    document_rows.put_cursor(
                        connection, *source, value=cursor, next_at="", failures=0
                    )
            if not parcels:
                return
            self._left = {each.key for each in parcels}
            yield from parcels

    def settle(self, parcel: Parcel) -> None:
        """It is ours."""
        self.gate.settle(self.place.table, parcel.key)
        self._left.discard(parcel.key)

    @property
    def usual(self) -> float:
        """Seconds that there and back usually take."""
        return self.gate.usual(self.place.table)


@contextmanager
def opened(hub: Hub, place: Place) -> Iterator[Channel]:
    """``Fatal`` for a system that is no gate, and a channel that it has not."""
    system = hub.site.system(place.system)
    sync_place.require(place, system)
    gate: Any = hub.open_adapter(system)
    with closing(gate):
        yield Channel(hub, place, gate)


def content(hub: Hub, dataset: str) -> bytes:
    """The file of a dataset: the same bytes whenever it is asked for."""
    books = dataset_books.of(hub)
    made = books.get(dataset)
    rows = chain.from_iterable(books.parts_of(made))
    return b"".join(dataset_file.written(made.document.token, rows))


@dataclass(frozen=True, slots=True)
class GateRecipient:
    """What ``sync_given`` gives to: of a batch that is signed the file, whatever rows it is told."""

    channel: Channel

    def unfit(self, what: Any) -> dict[int, Invalid]:
        """Every row can be signed."""
        return {}

    def give(self, what: Any) -> None:
        """It lies where the gate takes it."""
        hub = self.channel.hub
        with hub.store.read() as connection:
            row = sync_batch_rows.get(connection, what.batch)
        if row is None:
            raise Fatal("dataset.unknown", dataset=what.batch)
        self.channel.send(row.id, row.dataset)

    def close(self) -> None:
        """Its channel is closed by who opened it."""


@dataclass(frozen=True, slots=True)
class GateSource:
    """The other side as the source of a sync: its columns are those that the site names, its rows come in batches."""

    channel: Channel
    place: Place
    is_unique: bool = True

    def told(self) -> dict[str, list[str]]:
        """The columns."""
        return {name: ["value", "text"] for name in self.place.columns}

    def choose(self, columns: Sequence[str]) -> None:
        """All of them."""

    def repeated(self, limit: int) -> set[Marks]:
        """No batch has a key twice."""
        return set()

    def span(self, begin: str, end: str) -> Span:
        """Nothing can be asked of the other side."""
        raise _unasked(self.place)

    def page(self, span: Span, limit: int) -> list[Read]:
        """The same."""
        raise _unasked(self.place)

    def nameless(self, limit: int) -> list[Read]:
        """The same."""
        raise _unasked(self.place)

    def newest(self) -> Any:
        """The same."""
        raise _unasked(self.place)

    def count(self) -> int:
        """The same."""
        raise _unasked(self.place)

    def missing(self, keys: Sequence[Marks]) -> list[Marks]:
        """The same."""
        raise _unasked(self.place)


def _unasked(place: Place) -> Fatal:
    return Fatal("sync.other-side", channel=place.table)
