"""Front-end tables (前置机库表): rows that a bureau's database holds for us, as a feed; and rows
that we write or look up there (``connectors.tables_calls``).

Rows are taken in two ways, by what the table has: ``mark`` (``connectors.tables_cursor``) or ``status``
(``connectors.tables_status``). Names from the site are looked up in the database's own catalogue
and quoted by SQLAlchemy, never written into a statement. Errors: ``connectors.tables_database``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from connectors import tables_cursor
from connectors.tables_calls import TablesCalls
from connectors.tables_database import Chosen, Database
from connectors.tables_options import CALL_OPTIONS, OPTIONS
from connectors.tables_status import Claims, Held
from exchange.errors import Fatal
from exchange.names import nearest
from exchange.ports import Clock, Endpoint, Parcel

__all__ = ["CALL_OPTIONS", "OPTIONS", "TablesFeed", "open_connector", "open_feed"]

_PAUSE = 0.2
"""Seconds between two looks while waiting."""


def open_feed(options: Mapping[str, Any], endpoint: Endpoint) -> TablesFeed:
    """The tables of the database at ``endpoint``; connects when used.

    ``options`` have passed ``OPTIONS``.
    """
    known = {"timeout_s": 30, "claimant": "zhida", **options}
    return TablesFeed(Database(known, endpoint), known, endpoint.clock)


def open_connector(options: Mapping[str, Any], endpoint: Endpoint) -> TablesCalls:
    """The tables of the database at ``endpoint``; connects when used, up to eight times at once.

    ``options`` have passed ``CALL_OPTIONS``.
    """
    known = {"timeout_s": 30, **options}
    tables = {name: {"most": 100, **about} for name, about in known["tables"].items()}
    return TablesCalls(Database(known, endpoint, connections=8), tables)


class TablesFeed:
    """``exchange.ports.Feed`` over the tables of one database; owns it."""

    def __init__(self, database: Database, options: Mapping[str, Any], clock: Clock) -> None:
        self._database, self._clock, self._claimant = database, clock, options["claimant"]
        self._tables = {name: _completed(about) for name, about in options["tables"].items()}
        self._chosen: dict[str, Chosen] = {}
        self._held: dict[str, Held] = {}

    def receive(
        self, stream: str, cursor: str, *, limit: int, wait: float = 0.0
    ) -> tuple[Sequence[Parcel], str]:
        """Rows behind the cursor, or newly claimed ones (then the cursor stays as it was)."""
        about, end = self._about(stream), time.monotonic() + wait
        look = self._claim if "status" in about else self._look
        while True:
            found, after = look(stream, cursor, limit)
            if found or time.monotonic() >= end:
                return found, after
            time.sleep(_PAUSE)

    def settle(self, stream: str, keys: Sequence[str]) -> None:
        """Mark claimed rows as done. Behind a cursor there is nothing to tell."""
        about, held = self._about(stream), self._held.get(stream, {})
        ours = {key: held[key] for key in keys if key in held}
        if "status" in about and ours:
            claims = Claims(self._choose(stream), about, self._claimant)
            with self._database.begin() as connection:
                claims.settle(connection, ours)

    def close(self) -> None:
        """Close the database; what is claimed comes again."""
        self._database.close()

    def _look(self, stream: str, cursor: str, limit: int) -> tuple[Sequence[Parcel], str]:
        chosen, now = self._choose(stream), self._clock()
        with self._database.begin() as connection:
            return tables_cursor.look(
                connection, chosen, self._tables[stream], cursor=cursor, limit=limit, now=now
            )

    def _claim(self, stream: str, cursor: str, limit: int) -> tuple[Sequence[Parcel], str]:
        claims = Claims(self._choose(stream), self._tables[stream], self._claimant)
        with self._database.begin() as connection:
            skips = self._database.skips_locked
            found, held = claims.claim(connection, limit, self._clock(), skip_locked=skips)
        self._held[stream] = held
        return found, cursor

    def _choose(self, stream: str) -> Chosen:
        if stream not in self._chosen:
            about = self._tables[stream]
            ours = tuple(about.get(name, "") for name in ("status", "claimed_by", "claimed_at"))
            self._chosen[stream] = self._database.choose(about, ours)
        return self._chosen[stream]

    def _about(self, stream: str) -> Mapping[str, Any]:
        if stream not in self._tables:
            near = nearest(stream, self._tables)
            raise Fatal("wire.no-stream", stream=stream, nearest=near)
        return self._tables[stream]


def _completed(about: Mapping[str, Any]) -> dict[str, Any]:
    properties = OPTIONS["properties"]["tables"]["additionalProperties"]["properties"].items()
    defaults = {name: told["default"] for name, told in properties if "default" in told}
    return defaults | dict(about)
