"""One foreign database: opened by SQLAlchemy, its tables as they are, its errors as ours.

Error map::

    nobody there, lost, busy, deadlock           Retriable  tables.unavailable
    login, database or right refused             Fatal      tables.refused
    no such table or column, driver, address     Fatal      tables.no-table, no-column, driver, …
    anything else (a trigger's no, a broken view) Fatal     tables.broken

Taking messages may be done again, so a commit without an answer is no Unknown here. (Inserts think
otherwise: ``connectors.tables_calls``.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, event, inspect
from sqlalchemy import types as sql
from sqlalchemy.exc import DBAPIError, NoSuchTableError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from connectors import tables_query, tables_sqlite
from connectors.tables_address import opened
from connectors.tables_refusals import refusal
from connectors.tables_row import ZeroDate
from exchange.addresses import without_login
from exchange.errors import Fatal, Retriable, ZhidaError
from exchange.names import nearest, similar
from exchange.ports import Endpoint

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
            near = nearest(name, self.table.c.keys())
            raise Fatal("tables.no-column", table=self.table.name, column=name, nearest=near)
        return self.table.c[name]

    def content(self, row: Mapping[Any, Any]) -> dict[str, Any]:
        """What a row holds in the columns. MySQL's zero dates come as texts: they are marked."""
        return {
            column.name: ZeroDate()
            if isinstance(column.type, sql.Date | sql.DateTime)
            and isinstance(row[column.name], str)
            else row[column.name]
            for column in self.columns
        }


class Database:
    """Transactions on a foreign database, as many at once as ``connections``; owns its engine."""

    def __init__(
        self, options: Mapping[str, Any], endpoint: Endpoint, *, connections: int = 1
    ) -> None:
        self.peer = without_login(endpoint.address) or options.get("database", "")
        self._engine = opened(options, endpoint, connections)

    def forbid_writing(self) -> None:
        """For who reads by a query of the site's."""
        tables_query.forbid_writing(self._engine)

    @contextmanager
    def begin(self, table: Table | None = None) -> Iterator[Connection]:
        """A transaction, committed at its end. With a ``table``, what the server says about a row
        of ours is told as its refusal (``connectors.tables_refusals``).
        """
        with self._told(table), self._engine.begin() as connection:
            yield connection

    def unique(self, chosen: Chosen) -> bool:
        """Does the server itself forbid a second row with the same key?"""
        key = {column.name for column in chosen.key}
        names = chosen.table.name, chosen.table.schema
        with self._told():
            looked = inspect(self._engine)  # it connects
            indexes = [each for each in looked.get_indexes(*names) if _is_for_all_rows(each)]
            told = [told["column_names"] for told in looked.get_unique_constraints(*names)]
        found = [{name or "" for name in each["column_names"]} for each in indexes]
        found += [set(each) for each in told]
        found.append({column.name for column in chosen.table.primary_key.columns})
        return any(each and each <= key for each in found)

    def choose(self, about: Mapping[str, Any], without: tuple[str, ...]) -> Chosen:
        """The table as it is there, with the columns that ``about`` names (else all others).

        ``Fatal`` for what does not exist, and for columns whose values have no exact text.
        """
        table = self.table(about)
        whole = Chosen(table, (), ())
        names = about.get("columns") or [c.name for c in table.c if c.name not in without]
        columns = tuple(whole.column(each) for each in names)
        for column in columns:
            if isinstance(column.type, sql.Float | sql.LargeBinary | sql.JSON):
                kind = type(column.type).__name__
                raise Fatal("tables.column-type", table=table.name, column=column.name, type=kind)
        return Chosen(table, columns, tuple(whole.column(each) for each in about.get("key", ())))

    def table(self, about: Mapping[str, Any]) -> Table:
        """The table as it is there (of a ``query``: what it gives); ``Fatal`` names the nearest."""
        if "query" in about:
            with self.begin() as connection:
                found: Table = tables_query.table(connection, about["query"])
                return found
        name, schema, known = about["table"], about.get("schema"), MetaData()
        if self._engine.dialect.name == "sqlite":
            event.listen(known, "column_reflect", tables_sqlite.take_exactly)
        with self._told():
            try:
                return Table(name, known, schema=schema, autoload_with=self._engine)
            except NoSuchTableError:
                near = similar(name, inspect(self._engine).get_table_names(schema))
                raise Fatal("tables.no-table", table=name, nearest=near) from None

    @property
    def skips_locked(self) -> bool:
        """Does the server know ``SKIP LOCKED``? Ask inside a transaction."""
        dialect: Any = self._engine.dialect
        version = dialect.server_version_info or ()
        if dialect.name == "mysql":
            return bool(version >= ((10, 6) if dialect.is_mariadb else (8, 0, 1)))
        return bool(dialect.name == "postgresql" and version >= (9, 5))

    @property
    def rolls_back(self) -> bool:
        """Is a row gone that was not committed? MySQL has tables (MyISAM) that keep it at once."""
        return self._engine.dialect.name not in ("mysql", "mariadb")

    @property
    def dialect(self) -> Any:
        """SQLAlchemy's, to tell types in the server's own words."""
        return self._engine.dialect

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    @contextmanager
    def _told(self, table: Table | None = None) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            refused = None if table is None else refusal(error.orig, table)
            raise refused or _ours(error, self.peer) from None
        except PoolTimeout:
            raise Retriable("tables.unavailable", peer=self.peer, reason="all in use") from None
        except SQLAlchemyError as error:
            kind = type(error).__name__
            raise Fatal("tables.broken", peer=self.peer, reason=kind) from None


def _is_for_all_rows(index: Mapping[str, Any]) -> bool:
    """Is it unique, and not only among the rows that a condition names (a partial index)?"""
    options = index.get("dialect_options", {})
    return index["unique"] and not any(name.endswith("_where") for name in options)


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
