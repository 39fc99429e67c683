"""Parcels of a wire as arrivals: shared by all adapters that take messages from a feed.

The wire gives parcels and is told which of them are durably ours; a mapping says what they mean.
One that can't be read is taken in with its error, and settled like the others: it never holds
them up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, NoReturn

from adapters import _feed_format
from adapters._feed_arrivals import Meaning, of_parcel, of_piece
from adapters._feed_held import Held
from exchange.errors import Fatal, Invalid
from exchange.ports import Answer, Arrival, Feed, Inputs, Operation, Prepared
from mappings import compiler, site_files


def opened(feed: Feed, options: Mapping[str, Any], site: Path) -> FeedSource:
    """The source over ``feed`` with what ``options`` (completed) say of its streams."""
    streams = {name: Meaning(**about) for name, about in options["streams"].items()}
    for each in streams.values():
        if lack := _feed_format.lacking(each):
            raise Fatal(lack)
    most, wait_s = options["most_per_poll"], options["wait_s"]
    return FeedSource(feed, streams, most=most, wait_s=wait_s, site=site)


class FeedSource:
    """Source over one feed; owns it. Thread-safe: one poll or settlement at a time.

    ``wait_s`` (seconds) is how long a poll waits for the first message; ``site`` is the folder of
    a site whose own mappings may be named.
    """

    def __init__(
        self,
        feed: Feed,
        streams: Mapping[str, Meaning],
        *,
        most: int = 200,
        wait_s: float = 0.0,
        site: Path | None = None,
    ) -> None:
        self.wait_s, self._site = wait_s, site
        self._feed, self._streams, self._most = feed, dict(streams), most
        self._held: dict[str, Held] = {}
        """Stream → what was received of it and is not settled."""
        self._one_at_a_time = Lock()

    @property
    def operations(self) -> Mapping[str, Operation]:
        """None."""
        return {}

    def poll(self, stream: str, cursor: str) -> tuple[Sequence[Arrival], str]:
        """What waits there, each with its document or the error that says why it has none."""
        meaning, mapping = self._known(stream)
        with self._one_at_a_time:
            parcels, after = self._feed.receive(stream, cursor, limit=self._most, wait=self.wait_s)
            read = [(one.key, of_parcel(stream, meaning, mapping, one)) for one in parcels]
            held = self._held[stream] = Held.of(read)
            if nothing := held.settled(()):  # files without a record
                self._feed.settle(stream, nothing)
        return [arrival for _, found in read for arrival in found], after

    def _known(self, stream: str) -> tuple[Meaning, compiler.Mapping]:
        if stream not in self._streams:
            raise Fatal("feed.no-stream", stream=stream)
        meaning = self._streams[stream]
        return meaning, site_files.load(meaning.mapping, self._site)

    def read_again(self, stream: str, key: str, raw: bytes) -> Arrival:
        """A message that was kept, as the stream's format and mapping read it now.

        ``Rejected`` for a whole file of many records: each is a message of its own.
        """
        meaning, mapping = self._known(stream)
        try:
            piece = _feed_format.kept(raw, meaning)
        except Invalid as error:
            return Arrival(key, raw, meaning.kind, error=error)
        found = of_piece((stream, ""), meaning, mapping, piece, at=None)
        found = replace(found, number=piece.number)
        return found if meaning.key and found.error is None else replace(found, key=key)

    def settle(self, stream: str, keys: Sequence[str]) -> None:
        """Tell the wire. What was not received in this life comes again before it is settled."""
        with self._one_at_a_time:
            if stream in self._held:
                self._feed.settle(stream, self._held[stream].settled(keys))

    def dead_letters(self, stream: str) -> int | None:
        """How many messages were delivered in vain and wait for a person; None: no such place."""
        count = getattr(self._feed, "dead_letters", None)
        return None if count is None else int(count(stream))

    def close(self) -> None:
        """Close the wire; what is not settled comes again."""
        self._feed.close()

    # --- nothing is done there -----------------------------------------------------------------

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """There is no operation."""
        _refuse(operation)

    def submit(self, prepared: Prepared) -> Answer:
        """There is no operation."""
        _refuse(prepared.operation)

    def probe(self, prepared: Prepared) -> Answer | None:
        """There is no operation."""
        _refuse(prepared.operation)

    def fetch(self, prepared: Prepared) -> Answer:
        """There is no operation."""
        _refuse(prepared.operation)


def _refuse(operation: str) -> NoReturn:
    raise Fatal("feed.no-such-operation", operation=operation)
