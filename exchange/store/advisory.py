"""Liveness locks on PostgreSQL: session advisory locks, freed by the server when a worker dies.

One session a process holds them all. PostgreSQL would give the same session the same lock twice,
so this process keeps its own list for its threads. When the session breaks, what is held is
taken again with the next one; until then another host may get it, so a lock of this kind is no
proof of death (``proves_death``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from exchange import owner
from exchange.errors import Retriable
from exchange.store.engine import Connection, Store, foreign_errors

_TAKE = text("SELECT pg_try_advisory_lock(:place)")
_FREE = text("SELECT pg_advisory_unlock(:place)")


class AdvisoryLocks:
    """Locks in the store's own database. Thread-safe; ``close`` frees what is held."""

    def __init__(self, store: Store) -> None:
        self._engine = store.engine
        self._session: Connection | None = None
        self._held: set[int] = set()
        self._guard = Lock()
        self._me = owner.name()

    @property
    def owner(self) -> str:
        """The name of this process."""
        return self._me

    def proves_death(self, name: str) -> bool:
        """Whether having got its lock means that ``name`` is at it no more.

        One of our own threads has left it, since it is not in our list.
        """
        return name == self._me or owner.is_dead(name)

    @contextmanager
    def hold(self, key: str) -> Iterator[bool]:
        """True while this caller alone owns ``key``; never waits."""
        place = _place(key)
        owned = self._take(place)
        try:
            yield owned
        finally:
            if owned:
                self._free(place)

    def _take(self, place: int) -> bool:
        with self._guard:
            if place in self._held or not self._ask(place):
                return False
            self._held.add(place)
            return True

    def _ask(self, place: int) -> bool:
        """Once more with a new session: the old one may have died while nobody used it."""
        try:
            return self._try(place)
        except Retriable:
            return self._try(place)

    def _try(self, place: int) -> bool:
        try:
            with foreign_errors():
                return bool(self._open().execute(_TAKE, {"place": place}).scalar())
        except Retriable:
            self._drop()
            raise

    def _free(self, place: int) -> None:
        """If the session is gone, so is the lock."""
        with self._guard:
            self._held.discard(place)
            if self._session is not None:
                try:
                    self._session.execute(_FREE, {"place": place})
                except SQLAlchemyError:
                    self._drop()

    def _open(self) -> Connection:
        if self._session is None:
            plain = self._engine.connect()
            self._session = plain.execution_options(isolation_level="AUTOCOMMIT")
            self._session.detach()  # to be closed, with its locks, and never lent to anybody else
            for place in self._held:
                self._session.execute(_TAKE, {"place": place})
        return self._session

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with suppress(SQLAlchemyError):
                session.close()

    def close(self) -> None:
        """End the session."""
        with self._guard:
            self._drop()


def _place(key: str) -> int:
    """63 bits of SHA-256: PostgreSQL's keys are signed, and two keys never meet in practice."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") >> 1
