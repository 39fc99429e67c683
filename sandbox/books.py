"""The books of one stand-in system: its effects, and the bytes that crossed its wire.

Effects are counted here and nowhere else: a row is written for every act that the system did,
and nothing is ever de-duplicated, so that a hub which sends twice is seen to have sent twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from sandbox.moments import instant

Row = dict[str, Any]

_WIRE = """
CREATE TABLE IF NOT EXISTS wire (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    peer TEXT NOT NULL, operation TEXT NOT NULL, body BLOB NOT NULL
);
"""


class Books:
    """One SQLite file; thread-safe. ``effects`` names the table whose rows are the effects."""

    def __init__(self, path: Path, schema: str, *, effects: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._effects = effects
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(_WIRE + schema)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing, and nobody else in between."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, sql: str, *parameters: Any) -> list[Row]:
        """What a query finds, as plain dicts."""
        with self._lock:
            return [dict(row) for row in self._db.execute(sql, parameters)]

    def insert(self, table: str, row: Row) -> int:
        """Write one row and give its id; the table and columns are our own names."""
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        with self.transaction() as db:
            done = db.execute(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(row.values())
            )
        return int(done.lastrowid or 0)

    def effects(self) -> list[Row]:
        """Every effect, oldest first."""
        return self.rows(f"SELECT * FROM {self._effects} ORDER BY id")

    def capture(self, direction: str, body: bytes, *, peer: str, operation: str) -> None:
        """Keep the bytes exactly as they were received or sent."""
        row = {"at": instant(), "direction": direction, "peer": peer}
        self.insert("wire", row | {"operation": operation, "body": body})

    def wire(self) -> list[Row]:
        """Everything captured, oldest first."""
        return self.rows("SELECT * FROM wire ORDER BY id")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()


def read_wire(path: Path) -> list[Row]:
    """The captured wire of a books file, read from outside (the system may be running)."""
    return _read(path, "wire")


def read_effects(path: Path, table: str) -> list[Row]:
    """The rows of a table of effects, read from outside (the system may be running)."""
    return _read(path, table)


def _read(path: Path, table: str) -> list[Row]:
    if not path.exists():
        return []
    with sqlite3.connect(path) as db:
        db.row_factory = sqlite3.Row
        found = [dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY id")]
    db.close()
    return found
