"""The steps of a check of a front-end database: only reads, and an update of no row at all.

The right to write is judged by an ``UPDATE … WHERE 1 = 0`` that is rolled back: servers check the
right before they look for rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, false, select, text, update

from connectors import check_clock
from connectors.check_steps import NOT_APPLICABLE, Open, Probe, Step, not_applicable, run
from connectors.check_tcp import Place, probes
from connectors.tables_database import Database
from exchange.errors import Fatal
from exchange.ports import Endpoint

_PORTS = {"postgresql": 5432, "mysql": 3306}
_NOW = {
    "postgresql": "SELECT clock_timestamp() AT TIME ZONE 'UTC'",
    "mysql": "SELECT UTC_TIMESTAMP(6)",
    "oracle": "SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) FROM DUAL",
    "mssql": "SELECT SYSUTCDATETIME()",
}
_ENCODING = {
    "postgresql": "SHOW server_encoding",
    "mysql": "SELECT @@character_set_database",
}
_LOSES = {"sql_ascii", "latin1", "ascii", "latin9"}
"""Encodings in which Chinese is damaged or kept as bytes of nobody knows what."""
_NARROW = {"mysql": {"gbk", "gb2312", "utf8", "utf8mb3"}, "postgresql": {"euc_cn"}}
"""MySQL's ``utf8`` has three bytes; rare characters of names have four."""


def check(options: Mapping[str, Any], endpoint: Endpoint, streams: Sequence[str]) -> Iterator[Step]:
    """The steps against the database that ``options`` and ``endpoint`` name."""
    if not {"driver", "url"} & options.keys():
        return _network_only(endpoint)
    known = {**options, "timeout_s": min(10, options.get("timeout_s", 30))}
    asked = _Asked(Database(known, endpoint), known, endpoint)
    driver = options.get("driver", "")
    port = _PORTS.get(driver, 0)
    if not port:
        network = [not_applicable(name) for name in ("dns", "tcp", "tls")]
    else:
        place = Place.of(endpoint.address, port)
        network = probes(place, context=None, clock=endpoint.clock)
    return asked.steps(network)


def _network_only(endpoint: Endpoint) -> Iterator[Step]:
    """A connection alone does not say which kind of database is there."""
    unsaid = Open("数据库种类和库名写在系统文件中，用 zhida system check 检查")
    steps = [Probe(name, lambda: unsaid) for name in ("login", "permission", "clock", "encoding")]
    return run([*probes(Place.of(endpoint.address), context=None, clock=endpoint.clock), *steps])


class _Asked:
    """One database, asked step by step; owns it."""

    def __init__(self, database: Database, options: Mapping[str, Any], endpoint: Endpoint) -> None:
        self._database, self._options, self._endpoint = database, options, endpoint

    def steps(self, network: list[Probe]) -> Iterator[Step]:
        """All of them; the database is closed at their end."""
        inside = ("tcp", "login")
        try:
            yield from run(
                [
                    *network,
                    Probe("login", self.login, ("tcp",)),
                    Probe("permission", self.permission, inside),
                    Probe("clock", self.time, inside),
                    Probe("encoding", self.encoding, inside),
                ]
            )
        finally:
            self._database.close()

    def login(self) -> str:
        """Log in, and no more."""
        with self._database.begin() as connection:
            dialect: Any = connection.dialect
            version = ".".join(str(each) for each in (dialect.server_version_info or ())[:2])
            return f"{dialect.name} {version}"

    def permission(self) -> str | Open:
        """Each table is there, may be read, and may be marked if its stream marks rows."""
        tables = self._options.get("tables", {})
        for about in tables.values():
            chosen = self._database.choose(about, ())
            with self._database.begin() as connection:
                connection.execute(select(*chosen.columns).where(false()))
                if "status" in about:
                    status = chosen.column(about["status"])
                    connection.execute(update(chosen.table).where(false()).values({status: status}))
                connection.rollback()
        return f"{len(tables)} 张表可用" if tables else Open("没有配置库表")

    def time(self) -> str | Open:
        """The server's own clock."""
        with self._database.begin() as connection:
            found = _one(connection, _NOW)
        if not isinstance(found, datetime):
            return NOT_APPLICABLE
        theirs = found if found.tzinfo else found.replace(tzinfo=UTC)
        return check_clock.judge(theirs, self._endpoint.clock(), self._endpoint.address)

    def encoding(self) -> str | Open:
        """The database's, not the connection's: that is always Unicode."""
        with self._database.begin() as connection:
            found = _one(connection, _ENCODING)
            narrow = _NARROW.get(connection.dialect.name, set())
        if found is None:
            return NOT_APPLICABLE
        name = str(found)
        if name.lower() in _LOSES:
            raise Fatal("tables.encoding", peer=self._endpoint.address, encoding=name)
        return f"{name}（部分生僻字存不下）" if name.lower() in narrow else name


def _one(connection: Connection, statements: Mapping[str, str]) -> Any:
    """What this kind of database answers; None if it is not asked."""
    statement = statements.get(connection.dialect.name)
    return None if statement is None else connection.execute(text(statement)).scalar()
