"""What a store's database says of itself: for the doctor, who changes nothing in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from exchange.store.engine import Connection, Store
from exchange.store.tables import cursor

_PROBE = {"source": "zhida-doctor", "stream": "", "value": "", "next_at": "", "failures": 0}
_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
"""What makes PostgreSQL keep what it has promised when the current is cut."""


@dataclass(frozen=True, slots=True)
class Health:
    """One look."""

    version: str
    """``SQLite 3.45.1``, ``PostgreSQL 15.14``."""
    lax: dict[str, str]
    """Settings with which a power cut could lose what was committed, with their values."""
    now: datetime | None
    """The server's clock; None: the database has none of its own."""
    file: Path | None
    """The database's file, if it is one of this machine."""


def look(store: Store) -> Health:
    """``Retriable`` if the database can't be reached."""
    with store.read() as connection:
        if store.is_embedded:
            return _sqlite(connection)
        return _postgresql(connection)


def try_writing(store: Store) -> None:
    """Write a row and take it back. Raises what a real piece of work would meet."""
    with store.write() as connection:
        savepoint = connection.begin_nested()
        connection.execute(cursor.insert(), _PROBE)
        savepoint.rollback()


def idle_in_transaction(url: str) -> str:
    """PostgreSQL's limit for a session that sleeps in a transaction, as the *server* sets it for this
    database (``0``: none); empty for another database. Milliseconds or a number with a unit.
    """
    store = Store(url, patience=3.0)
    try:
        with store.read() as connection:
            if store.is_embedded:
                return ""
            found: str | None = connection.execute(_IDLE).scalar()
            return found or ""
    finally:
        store.close()


_IDLE = text("SELECT reset_val FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'")
"""Our own connections set another for themselves; ``reset_val`` is what others get."""


def _sqlite(connection: Connection) -> Health:
    version = connection.execute(text("SELECT sqlite_version()")).scalar_one()
    lax = {}
    for name, good in (("journal_mode", ("wal",)), ("synchronous", (2, 3))):
        found = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        if found not in good:
            lax[name] = str(found)
    named = connection.engine.url.database
    file = Path(named).resolve() if named and named != ":memory:" else None
    return Health(f"SQLite {version}", lax, None, file)


def _postgresql(connection: Connection) -> Health:
    found = connection.execute(
        text("SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes')")
    )
    set_so = {row.name: row.setting for row in found}
    set_so["synchronous_commit"] = _show(connection, "synchronous_commit")
    lax = {name: set_so[name] for name, good in _DURABLE.items() if set_so[name] != good}
    now = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    version = _show(connection, "server_version").partition(" ")[0]
    return Health(f"PostgreSQL {version}", lax, now, None)


def _show(connection: Connection, name: str) -> str:
    return str(connection.exec_driver_sql(f"SHOW {name}").scalar_one())
