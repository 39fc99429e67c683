"""Lists on a wire, row by row: what each row says, or why it can't be read.

No document is made here: thousands of rows become one dataset, which is signed once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters import _records
from connectors import json_text
from exchange.errors import Fatal, Invalid, Rejected
from exchange.names import nearest
from exchange.ports import Feed, Operation, Parcel, Record
from mappings import compiler, site_files


@dataclass(frozen=True, slots=True)
class Listing:
    """What the parcels of one stream are."""

    mapping: str = ""
    custody: str = "hub"
    """``unit``: the unit has mapped and signed the list; it is taken as it lies there."""
    format: str = "json"
    encoding: str = "utf-8"
    layout: Mapping[str, Any] = field(default_factory=dict)

    def read(self, raw: bytes) -> Iterator[Record]:
        """The rows of a parcel as they lie there. ``Invalid`` with all that is wrong with it."""
        if self.format != "json":
            layout = _records.Layout.of(self.layout)
            yield from _records.each(raw, self.format, layout, self.encoding)
            return
        try:
            found: Record = json_text.read(raw)
        except (ValueError, RecursionError):
            raise Invalid("feed.not-json", path="/") from None
        yield found


@dataclass(frozen=True, slots=True)
class BulkRow:
    """One row: its number in the parcel (from 1), its fields as they came, what it says."""

    number: int
    fields: Record
    record: Record | None = None
    error: Rejected | None = None


class BulkSource:
    """Lists of one feed; owns it. For one thread at a time, like the feed."""

    def __init__(
        self, feed: Feed, streams: Mapping[str, Listing], *, most: int, site: Path | None
    ) -> None:
        self._feed, self._streams, self._most, self._site = feed, dict(streams), most, site
        self._mappings: dict[str, compiler.Mapping] = {}

    @property
    def operations(self) -> Mapping[str, Operation]:
        """None."""
        return {}

    def take(self, stream: str, cursor: str) -> tuple[Sequence[Parcel], str]:
        """What waits there, not settled, and the next cursor."""
        listing = self._listing(stream)
        if listing.mapping:
            self._mappings[stream] = site_files.load(listing.mapping, self._site)
        return self._feed.receive(stream, cursor, limit=self._most)

    def rows(self, stream: str, parcel: Parcel) -> Iterator[BulkRow]:
        """Each row of a parcel. ``Invalid`` if the parcel as a whole can't be read."""
        if parcel.error is not None:
            raise parcel.error
        listing, mapping = self._listing(stream), self.mapping(stream)
        for number, fields in enumerate(listing.read(parcel.raw), 1):
            try:
                yield BulkRow(number, fields, mapping.apply(fields))
            except Rejected as error:
                yield BulkRow(number, fields, error=error)

    def mapping(self, stream: str) -> compiler.Mapping:
        """What reads its rows, as it held when they were taken: compiled once, not for every row."""
        if stream not in self._mappings:
            raise Fatal("bulk.nothing-taken", stream=stream)
        return self._mappings[stream]

    def is_signed(self, stream: str) -> bool:
        """Has the unit signed its lists itself?"""
        return self._listing(stream).custody == "unit"

    def is_file(self, stream: str) -> bool:
        """Is a parcel a whole list, and not one row?"""
        return self._listing(stream).format != "json"

    def _listing(self, stream: str) -> Listing:
        if stream not in self._streams:
            raise Fatal("bulk.no-stream", stream=stream, nearest=nearest(stream, self._streams))
        return self._streams[stream]

    def settle(self, stream: str, keys: Sequence[str]) -> None:
        """These parcels are ours, durably."""
        self._feed.settle(stream, keys)

    def close(self) -> None:
        """Close the wire; what is not settled comes again."""
        self._feed.close()
