"""Copies of an embedded store: ``VACUUM INTO`` reads one consistent state and blocks nobody."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL

from exchange.errors import Fatal, Retriable
from exchange.store.engine import Connection, Store

T = TypeVar("T")


class SqliteCopies:
    """Dumps and loads the file behind a ``sqlite:///`` URL."""

    kind = "sqlite"

    def __init__(self, url: URL) -> None:
        self._file = Path(url.database or "")
        self._loaded = self._file.with_name(f"{self._file.name}.restoring")

    @property
    def exists(self) -> bool:
        """Is there such a file?"""
        return self._file.is_file()

    def dump(self, file: Path, look: Callable[[Connection], T]) -> T:
        """A file of its own connection's making; workers go on meanwhile."""
        if not self.exists:
            raise Fatal("store.not-initialised")
        with _disk_errors(), closing(sqlite3.connect(self._file)) as connection:
            connection.execute("VACUUM INTO ?", (str(file),))
        store = Store(f"sqlite:///{file}")
        try:
            with store.read() as opened:
                seen = look(opened)
        finally:
            store.close()
        with _disk_errors():
            _sync(file)
        return seen

    def load(self, file: Path) -> str:
        """Beside the present file, on the same disk."""
        self.drop()
        with _disk_errors():
            shutil.copyfile(file, self._loaded)
            self._loaded.chmod(0o600)
        return f"sqlite:///{self._loaded}"

    def swap(self, mark: str) -> str:
        """One rename; the file that was there keeps a second name."""
        aside = self._file.with_name(f"{self._file.name}.{mark}")
        with _disk_errors():
            _settle(self._loaded)
            _settle_if_readable(self._file, aside)
            if self._file.exists():
                os.link(self._file, aside)
            _sync(self._loaded)
            os.replace(self._loaded, self._file)
            _sync(self._file.parent)
        return str(aside) if aside.exists() else ""

    def drop(self) -> None:
        """The copy and what SQLite keeps beside it."""
        for file in (self._loaded, *_beside(self._loaded)):
            file.unlink(missing_ok=True)


def _beside(file: Path) -> list[Path]:
    return [file.with_name(f"{file.name}{end}") for end in ("-wal", "-shm")]


def _settle(file: Path) -> None:
    """Everything of it in the one file: its log would be taken for the other's.

    The last connection that closes removes the log; where it stays, somebody is connected.
    """
    if file.exists():
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("SELECT count(*) FROM sqlite_master")
        if any(each.exists() for each in _beside(file)):
            raise Fatal("restore.in-use", store=file.name)


def _settle_if_readable(file: Path, aside: Path) -> None:
    """What SQLite can't make sense of goes aside as it is, with its log."""
    try:
        _settle(file)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):  # such as: locked
            raise
        for each in filter(Path.exists, _beside(file)):
            each.rename(aside.with_name(each.name.replace(file.name, aside.name)))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        reason = getattr(error, "sqlite_errorname", type(error).__name__)
        raise Retriable("store.unavailable", reason=reason) from None
    except OSError as error:
        raise Retriable("store.unavailable", reason=error.strerror or "") from None
