"""One database behind everything: short transactions, no network call inside any of them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from exchange.errors import Fatal, Retriable

__all__ = ["Connection", "Store", "foreign_errors"]

THREADS = 8
"""Workers of one process. Each may read while it holds another transaction, so the pool has twice
as many connections and one more pair; nobody waits for one that only he could give back."""


_NO_TABLE, _DEADLOCK, _NOT_UNIQUE = "42P01", "40P01", "23505"


_SQLITE: Mapping[str, Mapping[str, Any]] = {
    "write": {"zhida_begin": "IMMEDIATE"},
    "read": {"zhida_begin": "DEFERRED"},
}
_POSTGRESQL: Mapping[str, Mapping[str, Any]] = {
    "write": {},
    "read": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}


class Store:
    """Opens transactions on the store's database. Thread-safe; owns its engine.

    ``url`` is SQLAlchemy's (``sqlite:////srv/zhida/store.db``,
    ``postgresql+psycopg://zhida:…@db/zhida``). What a transaction committed survives a power cut:
    SQLite runs in WAL mode with ``synchronous=FULL``, PostgreSQL with ``synchronous_commit=on``.
    SQLite has one writer at a time; on PostgreSQL writers run together (READ COMMITTED), so what
    decides by reading takes the row first (``with_for_update``). ``patience`` is how many seconds
    a writer waits for another before ``Retriable``.
    """

    def __init__(self, url: str, *, patience: float = 30.0) -> None:
        try:
            self.engine = _engine(url, patience)
        except (ArgumentError, ImportError) as error:  # no such URL, no such driver
            raise Fatal("store.url", reason=type(error).__name__) from None
        self._options = _SQLITE if self.is_embedded else _POSTGRESQL

    @property
    def is_embedded(self) -> bool:
        """SQLite: a file of this machine; else a server that several machines may share."""
        return bool(self.engine.dialect.name == "sqlite")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes; on SQLite it takes the writer's place at once."""
        with self._transaction("write") as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, from one consistent state."""
        with self._transaction("read") as connection:
            yield connection

    @contextmanager
    def _transaction(self, mode: str) -> Iterator[Connection]:
        with foreign_errors(), self.engine.connect() as plain:
            connection = plain.execution_options(**self._options[mode])
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def foreign_errors() -> Iterator[None]:
    """``OperationalError`` (busy, disk full, gone) → ``Retriable``; other database faults → Fatal.

    Two writers that wait for each other: one of them gets ``Retriable("store.deadlock")``. Two that
    insert the same thing: the later one gets ``Retriable("store.conflict")``, and looks again.
    """
    try:
        yield
    except PoolTimeoutError:
        raise Retriable("store.unavailable", reason="every connection is in use") from None
    except SQLAlchemyError as error:
        raise _ours(error) from None


def _ours(error: SQLAlchemyError) -> Retriable | Fatal:
    cause = getattr(error, "orig", None) or error
    reason = type(cause).__name__
    state = getattr(cause, "sqlstate", "")  # PostgreSQL's, SQLSTATE of ISO 9075
    if state == _NO_TABLE or "no such table" in str(cause):
        return Fatal("store.not-initialised")
    if state == _DEADLOCK:
        return Retriable("store.deadlock")
    if state == _NOT_UNIQUE:
        return Retriable("store.conflict")
    if isinstance(error, OperationalError) or getattr(error, "connection_invalidated", False):
        return Retriable("store.unavailable", reason=getattr(cause, "sqlite_errorname", reason))
    return Fatal("store.broken", reason=reason)


def _engine(url: str, patience: float) -> Engine:
    sized = {"pool_size": THREADS + 1, "max_overflow": THREADS + 1, "pool_timeout": patience}
    # Pinged before use: after a restart of the server nobody is given a connection to the old one.
    ping = not url.startswith("sqlite")
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=ping, **sized)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_settings(patience))
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "connect", _postgresql_settings(patience))
    return engine


def _sqlite_settings(patience: float) -> Callable[[Any, Any], None]:
    pragmas = (f"busy_timeout={int(patience * 1000)}", "synchronous=FULL", "foreign_keys=ON")

    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy must not begin for us: see _sqlite_begin
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        _use_wal(connection, patience)

    return set_up


def _use_wal(connection: Any, patience: float) -> None:
    """Two that change the journal of a new file at once would wait for each other: SQLite refuses
    one of them without waiting, whatever ``busy_timeout`` says.
    """
    end = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def _postgresql_settings(patience: float) -> Callable[[Any, Any], None]:
    settings = {
        "synchronous_commit": "on",  # a cluster's default may be laxer
        "lock_timeout": f"{int(patience * 1000)}ms",
        "idle_in_transaction_session_timeout": "5min",
    }

    def set_up(connection: Any, _record: Any) -> None:
        for name, value in settings.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        connection.commit()

    return set_up


def _sqlite_begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("zhida_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
