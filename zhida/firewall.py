"""Who talks to whom on which port: what the network administrators are asked to open.

Out of the connections, so it is what really is called, not what somebody remembers. Behind a
forward proxy that is the proxy: the hub itself never calls the target. What others open towards the
hub is its endpoint (``zhida serve``): each of its clients is a row, witnesses among them. A witness
that is spoken with by a folder needs no rule of ours.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from exchange.errors import Fact, ZhidaError
from exchange.problems import describe
from exchange.store.address import place
from zhida import connections, outside_file, serve_file, system_wire
from zhida.connections import Finder
from zhida.site import Site, System

COLUMNS = {
    "source": "发起方",
    "target": "目的单位",
    "host": "目的地址",
    "port": "端口",
    "protocol": "协议",
    "system": "系统",
    "purpose": "用途",
    "what": "问题",
}
_PORTS = {
    "http": 80, "https": 443, "postgresql": 5432, "mysql": 3306, "sftp": 22, "ftps": 21, "oracle": 1521,
    "mssql": 1433, "dm": 5236, "kingbase": 54321, "kingbase8": 54321, "opengauss": 5432,
}  # fmt: skip
"""Where a connection names no port."""


def rules(
    told: Site, *, store: str, find: Finder = connections.from_environment
) -> list[dict[str, Any]]:
    """One row a connection that leaves this machine, or comes to it. All are over TCP."""
    rows = [_of_system(told, system, find) for system in told.systems.values()]
    rows += _of_store(told, store)
    if told.alerts is not None:
        robot = _row(told, target="-", system="-", purpose="告警机器人")
        rows.append(robot | _by(told.alerts.webhook, find, "https"))
    rows += _of_trust(told, find)
    rows += _of_endpoint(told, find)
    return [row for row in rows if row["protocol"] != "file"]


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """For a spreadsheet: with a mark, so that Excel reads it as UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS.values())
    writer.writerows([_harmless(row[key]) for key in COLUMNS] for row in rows)
    return "\ufeff" + text.getvalue()


def _harmless(value: Any) -> str:
    """Not a formula: Excel would execute what begins with one of its signs."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _of_system(told: Site, system: System, find: Finder) -> dict[str, Any]:
    row = _row(told, target=system.unit, system=system.name, purpose=system.title)
    try:
        wire = system_wire.of(system)
        address = system_wire.endpoint(told, system, find).address
    except ZhidaError as error:
        return row | _problem(error.code, **error.facts)
    driver = str(wire.settings.get("driver", wire.alias))
    if wire.alias in ("files", "gate") or driver == "sqlite":
        return row | {"protocol": "file"}
    if "url" in wire.settings:
        return row | _database(str(wire.settings["url"]))
    through = str(wire.settings.get("proxy") or "")
    return row | (_place(through, "http") if through else _place(address, driver))


def _of_store(told: Site, store: str) -> Iterator[dict[str, Any]]:
    yield _row(told, target=told.unit, system="-", purpose="中枢数据库") | _database(store)


def _database(url: str) -> dict[str, Any]:
    """A file of this machine needs no rule."""
    try:
        found = place(url)
    except ZhidaError as error:
        return _problem(error.code, **error.facts)
    if found.dialect == "sqlite":
        return {"protocol": "file"}
    port = found.port or _PORTS.get(found.dialect, 0)
    if not found.host or not port:
        return _problem("wire.address", address=found.host) | {"protocol": found.dialect}
    return {"host": found.host, "port": port, "protocol": found.dialect}


def _of_trust(told: Site, find: Finder) -> Iterator[dict[str, Any]]:
    """Where time stamps and lists of revoked certificates are got."""
    stamper = outside_file.load(told).stamper
    if stamper is not None:
        row = _row(told, target=stamper.title, system=outside_file.STAMPER, purpose="时间戳")
        yield row | _by(stamper.connection, find, "http")
    for each in told.revocation.sources:
        if each.file is None:
            row = _row(told, target=each.issuer, system="-", purpose="吊销列表")
            yield row | _by(each.connection, find, "http")


def _of_endpoint(told: Site, find: Finder) -> Iterator[dict[str, Any]]:
    """Who may call ours, and where it listens."""
    if not serve_file.is_there(told.folder):
        return
    settings = serve_file.load(told)
    place = _by(settings.connection, find, "http" if settings.without_tls else "https")
    for client in settings.clients.values():
        row = _row(told, target=told.unit, system=client.name, purpose=client.title)
        yield row | {"source": _title(told, client.unit)} | place


def _by(connection: str, find: Finder, protocol: str) -> dict[str, Any]:
    """Where a connection leads."""
    try:
        found = find(connection)
    except ZhidaError as error:
        return _problem(error.code, **error.facts)
    if found is None:
        facts = {"connection": connection, "variable": connection.upper()}
        return _problem("connection.missing", **facts)
    return _place(connections.address(found), protocol)


def _row(told: Site, *, target: str, system: str, purpose: str) -> dict[str, Any]:
    row = {"source": _title(told, told.unit), "target": _title(told, target)}
    row |= {"host": "", "port": "", "protocol": "", "system": system}
    return row | {"purpose": purpose, "problem": "", "what": ""}


def _title(told: Site, unit: str) -> str:
    return told.units[unit].title if unit in told.units else unit


def _problem(code: str, **facts: Fact) -> dict[str, Any]:
    return {"protocol": "?", "problem": code, "what": describe(code, facts)[0]}


def _place(address: str, protocol: str) -> dict[str, Any]:
    """Host and port only: an address may hold a password.

    >>> _place("https://hub:word@his.example/a", "rest")
    {'host': 'his.example', 'port': 443, 'protocol': 'https'}
    """
    parts = urlsplit(address if "://" in address else f"//{address}")
    if parts.scheme in ("http", "https"):
        protocol = parts.scheme
    try:
        told = parts.port
    except ValueError:  # not a number, or beyond 65535
        return _problem("wire.address", address=f"{parts.hostname}") | {"protocol": protocol}
    port, host = told or _PORTS.get(protocol) or 0, parts.hostname or ""
    if not host or not port:
        return _problem("wire.address", address=host) | {"protocol": protocol}
    return {"host": host, "port": port, "protocol": protocol}
