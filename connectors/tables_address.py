"""Where a foreign database is, by which driver, and how each session with it is set up.

We ship the drivers of PostgreSQL and of MySQL and MariaDB. Others come by SQLAlchemy's own
addresses: whoever runs the hub installs their driver, and nobody has tried them here.

Every session with MySQL is strict and in China's time: outside its strict mode it cuts texts that
are too long or that ``utf8`` (three bytes) cannot write, and it turns bad dates into zeros.

TLS is on where the connection names one of its files, and then with the server's certificate and
name checked: there is no half of it that a stranger could not bend.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from connectors import tls
from exchange.addresses import without_login
from exchange.errors import Fatal
from exchange.ports import Endpoint

_DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "sqlite": "sqlite"}
_PACKAGES = {
    "oracle": "oracledb",
    "mssql": "pyodbc",
    "mssql+pymssql": "pymssql",
    "dm": "dmPython + dmSQLAlchemy",
    "kingbase": "ksycopg2 + sqlalchemy-kingbase",
    "kingbase8": "ksycopg2 + sqlalchemy-kingbase",
    "opengauss": "opengauss-sqlalchemy",
}
"""Dialect → what has to be installed. 达梦's and 人大金仓's come on their makers' own media."""
_MYSQL_SESSION = "SET SESSION sql_mode='TRADITIONAL', time_zone='+08:00'"


def opened(options: Mapping[str, Any], endpoint: Endpoint, connections: int) -> Engine:
    """An engine that connects when used.

    ``Fatal tables.address``, ``tables.driver``, ``tables.no-tls``, ``wire.tls-file``.
    """
    peer = without_login(endpoint.address) or options.get("database", "")
    try:
        url = _url(options, endpoint)
    except (ArgumentError, ValueError):
        raise Fatal("tables.address", peer=peer) from None
    try:
        return create_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=options["timeout_s"],
            pool_pre_ping=True,
            connect_args={**_limits(url, options), **_secured(url, endpoint)},
        )
    except (NoSuchModuleError, ImportError):
        name = url.drivername
        package = _PACKAGES.get(name) or _PACKAGES.get(name.partition("+")[0]) or "?"
        raise Fatal("tables.driver", peer=peer, driver=name, package=package) from None
    except (ArgumentError, ValueError):
        raise Fatal("tables.address", peer=peer) from None


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
        limit = f"-c statement_timeout={seconds}s -c DateStyle=ISO"  # connectors.tables_text
        # Said here, for psycopg gives bytes for text of a server in SQL_ASCII.
        return {"connect_timeout": seconds, "client_encoding": "utf8", "options": limit}
    if url.drivername == _DRIVERS["mysql"]:
        limits = dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), seconds)
        return {**limits, "init_command": _MYSQL_SESSION}
    return {}


def _secured(url: URL, endpoint: Endpoint) -> dict[str, Any]:
    """What makes the driver use TLS. ``Fatal`` for a driver that we can't tell it: the files in the
    connection say that the site relies on it.
    """
    files = {name: endpoint.extra.get(name, "") for name in ("ca", "cert", "key", "crl")}
    if not any(files.values()):
        return {}
    context = tls.of_files(endpoint)  # also for its checks: libpq would call a bad file a bad line
    if url.drivername == _DRIVERS["mysql"]:
        return {"ssl": context}
    if url.drivername != _DRIVERS["postgresql"]:
        peer = without_login(endpoint.address) or url.database or "-"
        raise Fatal("tables.no-tls", peer=peer, driver=url.drivername)
    told = {
        "sslrootcert": files["ca"] or "system",
        "sslcert": files["cert"],
        "sslkey": files["key"] or files["cert"],
        "sslpassword": endpoint.extra.get("key_password", ""),
        "sslcrl": files["crl"],
    }
    return {"sslmode": "verify-full", **{name: value for name, value in told.items() if value}}
