"""Pick files up, each once it is complete, so that a ``kill -9`` at any moment loses none.

A complete file is claimed by one rename into ``claimed/``, under a name that nobody else uses:
from then on the sender may write the same name again and makes another file. What lies in
``claimed/`` is received again until it is settled, and then moved to ``done/<day>/``. So a file
is always in exactly one of three places, and nothing needs to be remembered between two lives.

The key of a file is a digest of its name and its bytes: the same file again is the same parcel,
a changed one is another. Rows of one file count by their number, or by their content. What can't
be read (too big, a link) is a parcel with its error, filed away like the others.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice

from connectors.folder import Folder
from connectors.pickup_claims import Claims, Drop
from connectors.pickup_taken import Taken, take
from exchange.errors import Fatal
from exchange.names import nearest
from exchange.ports import Clock, Parcel, utc_now

_PAUSE = 0.2
"""Seconds between two looks while waiting."""


class PickUp:
    """Feed over folders of one place (``exchange.ports.Feed``); closes the place."""

    def __init__(self, place: Folder, drops: Mapping[str, Drop], *, clock: Clock = utc_now) -> None:
        self._place = place
        self._claims = {name: Claims(place, drop, clock) for name, drop in drops.items()}
        self._taken: dict[str, dict[str, Taken]] = {name: {} for name in drops}
        """Stream → claimed name → what is not settled of it."""

    def receive(
        self, stream: str, cursor: str, *, limit: int, wait: float = 0.0
    ) -> tuple[Sequence[Parcel], str]:
        """Claimed and not settled parcels first, then newly complete files."""
        claims = self._of(stream)
        end = time.monotonic() + wait
        while True:
            with self._place.told(claims.drop.folder):
                cursor = claims.claim(cursor, limit)
                found = list(islice(self._waiting(stream), limit))
            if found or time.monotonic() >= end:
                return found, cursor
            time.sleep(_PAUSE)

    def settle(self, stream: str, keys: Sequence[str]) -> None:
        """File away every file of which all is settled. An unknown key is settled already."""
        claims, taken = self._of(stream), self._taken[stream]
        for each in taken.values():
            each.settle(keys)
        with self._place.told(claims.drop.folder):
            for name in [name for name, each in taken.items() if not each.open]:
                claims.file_away(name)
                del taken[name]

    def close(self) -> None:
        """Close the place; what is claimed stays claimed, and comes again."""
        self._taken = {name: {} for name in self._claims}
        self._place.close()

    def _of(self, stream: str) -> Claims:
        if stream not in self._claims:
            near = nearest(stream, self._claims)
            raise Fatal("wire.no-stream", stream=stream, nearest=near)
        return self._claims[stream]

    def _waiting(self, stream: str) -> Iterator[Parcel]:
        """A file without rows, or whose filing away failed, has nothing open: it goes away."""
        claims, taken = self._claims[stream], self._taken[stream]
        claimed = claims.claimed()
        for gone in taken.keys() - {entry.name for entry in claimed}:  # by another worker
            del taken[gone]
        for entry in claimed:
            if entry.name not in taken:
                with suppress(FileNotFoundError):
                    taken[entry.name] = take(claims, entry)
            each = taken.get(entry.name)
            if each is not None and not each.open:
                claims.file_away(entry.name)
                del taken[entry.name]
            elif each is not None:
                yield from each.parcels()
