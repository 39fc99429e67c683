"""One database behind everything: short transactions, no network call inside any of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
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


class Store:
    """Opens transactions on the store's database. Thread-safe; owns its engine.

    ``url`` is SQLAlchemy's (``sqlite:////srv/zhida/store.db``). SQLite runs in WAL mode with
    ``synchronous=FULL``, so what a transaction committed survives a power cut. ``patience`` is
    how many seconds a writer waits for another before ``Retriable``.
    """

    def __init__(self, url: str, *, patience: float = 30.0) -> None:
        try:
            self.engine = _engine(url, patience)
        except (ArgumentError, ImportError) as error:  # no such URL, no such driver
            raise Fatal("store.url", reason=type(error).__name__) from None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that takes the writer's place at once (``BEGIN IMMEDIATE``)."""
        with self._transaction("IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, from one consistent state."""
        with self._transaction("DEFERRED") as connection:
            yield connection

    @contextmanager
    def _transaction(self, mode: str) -> Iterator[Connection]:
        with foreign_errors(), self.engine.connect() as plain:
            connection = plain.execution_options(zhida_begin=mode)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def foreign_errors() -> Iterator[None]:
    """``OperationalError`` (busy, disk full, gone) → ``Retriable``; other database faults → Fatal."""
    try:
        yield
    except PoolTimeoutError:
        raise Retriable("store.unavailable", reason="every connection is in use") from None
    except OperationalError as error:
        reason = type(error.orig).__name__
        if "no such table" in str(error.orig):
            raise Fatal("store.not-initialised") from None
        if isinstance(error.orig, sqlite3.OperationalError):
            reason = getattr(error.orig, "sqlite_errorname", reason)
        raise Retriable("store.unavailable", reason=reason) from None
    except SQLAlchemyError as error:
        reason = type(getattr(error, "orig", None) or error).__name__
        raise Fatal("store.broken", reason=reason) from None


def _engine(url: str, patience: float) -> Engine:
    sized = {"pool_size": THREADS + 1, "max_overflow": THREADS + 1, "pool_timeout": patience}
    engine = create_engine(url, hide_parameters=True, **sized)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_settings(patience))
        event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_settings(patience: float) -> Callable[[Any, Any], None]:
    pragmas = (
        f"busy_timeout={int(patience * 1000)}",  # first: changing the journal may have to wait
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    )

    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy must not begin for us: see _sqlite_begin
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return set_up


def _sqlite_begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("zhida_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
