"""Copies of a store on PostgreSQL: ``pg_dump`` of one snapshot, databases that change names.

The account needs CREATEDB to restore. Its password goes to the programs by environment: on a
command line every user of the machine could read it.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from exchange.errors import Fatal, Retriable
from exchange.store.engine import Connection, foreign_errors

T = TypeVar("T")

_PLAIN = ("--no-owner", "--no-privileges")
_IN_USE = "55006"
"""SQLSTATE object_in_use."""


class PostgresCopies:
    """Dumps and loads the database that a ``postgresql…://`` URL names."""

    kind = "postgresql"

    def __init__(self, url: URL) -> None:
        self._url = url
        self._name = url.database or ""
        self._loaded = f"{self._name}_restoring"

    @property
    def exists(self) -> bool:
        """Is there such a database?"""
        return self._exists(self._name)

    def dump(self, file: Path, look: Callable[[Connection], T]) -> T:
        """What ``look`` sees and what ``pg_dump`` writes are one exported snapshot."""
        with _engine(self._url) as engine, foreign_errors(), engine.connect() as plain:
            connection = plain.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
                seen = look(connection)
                made = ["pg_dump", "-Fc", *_PLAIN, f"--snapshot={snapshot}", f"--file={file}"]
                _run(made, self._url)
        descriptor = os.open(file, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        return seen

    def load(self, file: Path) -> str:
        """A database of its own on the same server."""
        self.drop()
        self._server(f"CREATE DATABASE {_quoted(self._loaded)} TEMPLATE template0")
        where = self._url.set(database=self._loaded)
        made = ["pg_restore", "--exit-on-error", *_PLAIN, f"--dbname={self._loaded}", str(file)]
        _run(made, where)
        return where.render_as_string(hide_password=False)

    def swap(self, mark: str) -> str:
        """Two renames in one transaction; the server refuses while anybody is connected."""
        aside, there = f"{self._name}_{mark}", self.exists
        names = [(self._name, aside)] if there else []
        self._server(*map(_rename, [*names, (self._loaded, self._name)]), together=True)
        return aside if there else ""

    def drop(self) -> None:
        """The database that was loaded and not swapped in."""
        self._server(f"DROP DATABASE IF EXISTS {_quoted(self._loaded)}")

    def _exists(self, name: str) -> bool:
        query = text("SELECT 1 FROM pg_database WHERE datname = :name")
        server = self._url.set(database="postgres")
        with foreign_errors(), _engine(server) as engine, engine.connect() as connection:
            return connection.execute(query, {"name": name}).first() is not None

    def _server(self, *statements: str, together: bool = False) -> None:
        """Statements about databases; on its own each must stand outside of a transaction."""
        level = "READ COMMITTED" if together else "AUTOCOMMIT"
        with _engine(self._url.set(database="postgres")) as engine:
            leveled = engine.execution_options(isolation_level=level)
            try:
                with leveled.begin() as connection:
                    for statement in statements:
                        connection.exec_driver_sql(statement)
            except SQLAlchemyError as error:
                raise _ours(error, self._name) from None


@contextmanager
def _engine(url: URL) -> Iterator[Engine]:
    engine = create_engine(url, hide_parameters=True)
    try:
        yield engine
    finally:
        engine.dispose()


def _quoted(name: str) -> str:
    """An identifier. (% is doubled for the driver.)"""
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'


def _rename(names: tuple[str, str]) -> str:
    before, after = map(_quoted, names)
    return f"ALTER DATABASE {before} RENAME TO {after}"


def _ours(error: SQLAlchemyError, name: str) -> Fatal | Retriable:
    cause = getattr(error, "orig", None) or error
    if getattr(cause, "sqlstate", "") == _IN_USE:
        return Fatal("restore.in-use", store=name)
    if isinstance(error, OperationalError):
        return Retriable("store.unavailable", reason=type(cause).__name__)
    return Fatal("store.broken", reason=type(cause).__name__)


def _run(words: list[str], url: URL) -> None:
    try:
        done = subprocess.run(words, env=_environment(url), capture_output=True, check=False)
    except FileNotFoundError:
        raise Fatal("backup.no-program", program=words[0]) from None
    if done.returncode:
        raise Fatal("backup.failed", program=words[0], code=done.returncode)


def _environment(url: URL) -> Mapping[str, str]:
    """libpq's own variables (its manual, 34.15), out of the URL's parts."""
    query = {name: str(value) for name, value in url.query.items()}
    told = {
        "PGHOST": url.host or query.get("host", ""),
        "PGPORT": str(url.port or query.get("port", "")),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": url.database or "",
        "PGSSLMODE": query.get("sslmode", ""),
        "PGSSLROOTCERT": query.get("sslrootcert", ""),
    }
    return {**os.environ, **{name: value for name, value in told.items() if value}}
