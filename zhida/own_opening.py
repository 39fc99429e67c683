"""What the hub itself opens cases with: lists, awards and batches, which no system ever sends.

A matter names it as ``{adapter: hub, unit: <the hub's>, stream: <kind of document>, gives: …}``. Nobody
looks at such a stream: whoever has made the record hands it in here. The record's natural key makes
it the same record for ever, so a step that died is done again from its beginning. Many are taken in
together: one transaction, one signed head of the ledger for each chunk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from exchange import canonical
from exchange.errors import Fatal, Retriable
from exchange.ledger import Entry
from exchange.ports import Arrival, Record
from exchange.store import document_rows
from exchange.store.engine import Connection
from matters.parts import OWN
from zhida import message, opening
from zhida.hub import Hub
from zhida.message import Message, Stream
from zhida.opening import Opened
from zhida.site import Site, System

CHUNK = 200
"""Records of one transaction."""


@dataclass(frozen=True, slots=True)
class Own:
    """A record that opens a case, or joins one."""

    key: str
    record: Record


Also = Callable[[Connection, Own], list[Entry]]
"""What else is written, in the transaction in which the record is taken in."""


def source(site: Site) -> System:
    """The hub as the source of what it says itself."""
    return System(OWN, site.title, site.unit, OWN, "", site.folder / "site.yaml")


def stream(hub: Hub, matter: str, kind: str) -> Stream:
    """The matter's stream of this kind. ``Fatal`` if it has none."""
    found = hub.site.matter(matter)
    for each in found.opens_on:
        if each.is_own and each.stream == kind:
            return Stream(hub, found, each, source(hub.site))
    raise Fatal("own.no-stream", matter=matter, kind=kind)


def is_known(hub: Hub, key: str) -> bool:
    """Was a record of this key taken in? What is known stays as it was told: who asks before making it
    anew is not stopped by words that read otherwise since.
    """
    with hub.store.read() as connection:
        return document_rows.seen(connection, OWN, key) is not None


def take(into: Stream, own: Own) -> str:
    """One record: ``opened``, ``joined``, or ``known``."""
    return message.take(into, _arrival(into, own))


def take_all(into: Stream, records: Iterable[Own], also: Also | None = None) -> Counter[str]:
    """Each record, in chunks: how many were ``opened``, ``joined`` and ``known``.

    ``also`` is written for what was known too: it may have been missed. ``Invalid`` where a record
    is not of its kind: what the hub says itself must be right, and is not kept for a person.
    """
    words: Counter[str] = Counter()
    for chunk in _chunks(records):
        words.update(_take_chunk(into, chunk, also or (lambda *_: [])))
    return words


def _chunks(records: Iterable[Own]) -> Iterator[list[Own]]:
    left = iter(records)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def _arrival(into: Stream, own: Own) -> Arrival:
    raw = canonical.dumps(dict(own.record))
    return Arrival(own.key, raw, into.opening.stream, record=own.record)


def _take_chunk(into: Stream, chunk: list[Own], also: Also) -> list[str]:
    """Two that take the same in at once: one of them gives way, and finds it known."""
    for _ in range(2):
        try:
            return _try_chunk(into, chunk, also)
        except Retriable as error:
            if error.code != "store.conflict":
                raise
    return _try_chunk(into, chunk, also)


def _try_chunk(into: Stream, chunk: list[Own], also: Also) -> list[str]:
    told = [(own, message.of(into, _arrival(into, own))) for own in chunk]
    with into.hub.store.read() as connection:
        known = [message.is_known(each, connection) for _, each in told]
    new: list[tuple[Message, Opened]] = [
        (each, opening.read(into, each.arrival))
        for (_, each), old in zip(told, known, strict=True)
        if not old
    ]

    def write(connection: Connection) -> tuple[list[str], list[Entry]]:
        kept = [message.open_once(each, opened, connection) for each, opened in new]
        entries = [entry for _, written in kept for entry in written]
        entries += [entry for own in chunk for entry in also(connection, own)]
        return ["known"] * sum(known) + [word for word, _ in kept], entries

    return into.hub.ledger.decide(write)
