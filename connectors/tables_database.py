"""One foreign database: opened by SQLAlchemy, its tables as they are, its errors as ours.

Error map::

    nobody there, lost, busy, deadlock           Retriable  tables.unavailable
    login, database or right refused             Fatal      tables.refused
    no such table or column, driver, address     Fatal      tables.no-table, no-column, address
    anything else (a trigger's no, a broken view) Fatal     tables.broken

All that is done there may be done again, so a commit without an answer is no Unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from sqlalchemy import URL, Column, Connection, MetaData, Table, create_engine, inspect, make_url
from sqlalchemy import types as sql
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    NoSuchTableError,
    SQLAlchemyError,
)

from exchange.errors import Fatal, Retriable, ZhidaError
from exchange.ports import Endpoint

_DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "sqlite": "sqlite"}
_REFUSED = frozenset({"28P01", "28000", "3D000", "42501", 1044, 1045, 1049, 1142, 1143, 1698})
"""PostgreSQL's SQLSTATE and MySQL's error numbers: login, database, right."""
_NOT_NOW = ("starting up", "shutting down", "too many", "recovery mode", "remaining connection")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The columns of one table that a stream uses."""

    table: Table
    columns: tuple[Column[Any], ...]
    key: tuple[Column[Any], ...]

    def column(self, name: str) -> Column[Any]:
        """A column by its name; ``Fatal`` names the nearest."""
        if name not in self.table.c:
            near = get_close_matches(name, self.table.c.keys(), 1, 0.5) or ["-"]
            raise Fatal("tables.no-column", table=self.table.name, column=name, nearest=near[0])
        return self.table.c[name]


class Database:
    """Transactions on a foreign database. For one thread at a time; owns its engine."""

    def __init__(self, options: Mapping[str, Any], endpoint: Endpoint) -> None:
        self._peer = endpoint.address or options.get("database", "")
        try:
            url = _url(options, endpoint)
            self._engine = create_engine(
                url,
                pool_size=1,
                max_overflow=0,
                pool_pre_ping=True,
                connect_args=_limits(url, options),
            )
        except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
            raise Fatal("tables.address", peer=self._peer) from None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction, committed at its end."""
        with self._told(), self._engine.begin() as connection:
            yield connection

    def choose(self, about: Mapping[str, Any], without: tuple[str, ...]) -> Chosen:
        """The table as it is there, with the columns that ``about`` names (else all others).

        ``Fatal`` for what does not exist, and for columns whose values have no exact text.
        """
        name, schema = about["table"], about.get("schema")
        with self._told():
            try:
                table = Table(name, MetaData(), schema=schema, autoload_with=self._engine)
            except NoSuchTableError:
                known = inspect(self._engine).get_table_names(schema)
                near = get_close_matches(name, known, 1, 0.5) or ["-"]
                raise Fatal("tables.no-table", table=name, nearest=near[0]) from None
        whole = Chosen(table, (), ())
        names = about.get("columns") or [c.name for c in table.c if c.name not in without]
        columns = tuple(whole.column(each) for each in names)
        for column in columns:
            if isinstance(column.type, sql.Float | sql.LargeBinary | sql.JSON):
                kind = type(column.type).__name__
                raise Fatal("tables.column-type", table=name, column=column.name, type=kind)
        return Chosen(table, columns, tuple(whole.column(each) for each in about["key"]))

    @property
    def skips_locked(self) -> bool:
        """Does the server know ``SKIP LOCKED``? Ask inside a transaction."""
        dialect: Any = self._engine.dialect
        version = dialect.server_version_info or ()
        if dialect.name == "mysql":
            return bool(version >= ((10, 6) if dialect.is_mariadb else (8, 0, 1)))
        return bool(dialect.name == "postgresql" and version >= (9, 5))

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise _ours(error, self._peer) from None
        except SQLAlchemyError as error:
            kind = type(error).__name__
            raise Fatal("tables.broken", peer=self._peer, reason=kind) from None


def _url(options: Mapping[str, Any], endpoint: Endpoint) -> URL:
    if "url" in options:
        url = make_url(options["url"])
        return url.set(username=endpoint.login or None, password=endpoint.password or None)
    driver = options["driver"]
    if driver == "sqlite":
        return URL.create(driver, database=options["database"])
    host, _, port = endpoint.address.rpartition(":")
    return URL.create(
        _DRIVERS[driver],
        endpoint.login or None,
        endpoint.password or None,
        host or port,
        int(port) if host else None,
        options["database"],
        {"charset": "utf8mb4"} if driver == "mysql" else {},
    )


def _limits(url: URL, options: Mapping[str, Any]) -> dict[str, Any]:
    seconds = options["timeout_s"]
    if url.drivername == _DRIVERS["postgresql"]:
        limit = f"-c statement_timeout={seconds}s"
        # Said here, for psycopg gives bytes for text of a server in SQL_ASCII.
        return {"connect_timeout": seconds, "client_encoding": "utf8", "options": limit}
    if url.drivername == _DRIVERS["mysql"]:
        return dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), seconds)
    return {}


def _ours(error: DBAPIError, peer: str) -> ZhidaError:
    """By the server's own number; psycopg has none while it connects, only the server's words."""
    theirs: Any = error.orig
    told = getattr(theirs, "sqlstate", None) or next(iter(getattr(theirs, "args", ())), "")
    reason = f"{type(theirs).__name__} {told}" if isinstance(told, int) else type(theirs).__name__
    words = str(theirs)
    said_no = "FATAL:" in words and not any(not_now in words for not_now in _NOT_NOW)
    if told in _REFUSED or said_no:
        return Fatal("tables.refused", peer=peer, reason=reason)
    if error.connection_invalidated or type(theirs).__name__ in (
        "OperationalError", "DeadlockDetected", "SerializationFailure", "QueryCanceled",
    ):  # fmt: skip
        return Retriable("tables.unavailable", peer=peer, reason=reason)
    return Fatal("tables.broken", peer=peer, reason=reason)
