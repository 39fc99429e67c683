"""A register and a front-end table, each a database of its own, and a hub that syncs the one into the other."""

from __future__ import annotations

import json
import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from exchange.store import schema
from exchange.store.sync_batch_rows import Counts
from sandbox.postgres import Postgres
from tests import issued
from zhida import site, sync_file, sync_run, sync_to
from zhida.hub import Hub
from zhida.sync_asked import Asked
from zhida.sync_run import Done

SECRET = b"a secret of high entropy"
SITE = """site: syncs-demo
title: 示例
unit: hub
suite: Ed25519
cipher: AES-256-GCM
key: keys/hub.key
certificate: keys/hub.crt
trust: trust
matters: []
"""
KIND = {
    "title": "企业登记行",
    "description": "登记库的一行。",
    "type": "object",
    "additionalProperties": False,
    "required": ["CODE"],
    "properties": {
        "CODE": {"title": "代码", "type": "string"},
        "NAME": {"title": "名称", "type": "string"},
        "CAPITAL": {"title": "注册资本", "type": "string"},
        "SINCE": {"title": "成立日期", "type": "string"},
        "MTIME": {"title": "更新时间", "type": "string"},
    },
}
COLUMNS = ("CODE", "NAME", "CAPITAL", "SINCE", "MTIME")
TABLE = """CREATE TABLE {name} ("CODE" VARCHAR(18){key}, "NAME" VARCHAR(40), "CAPITAL" NUMERIC(14,2),
    "SINCE" DATE, "MTIME" TIMESTAMP)"""
SYNC: dict[str, Any] = {
    "sync": "firms",
    "title": "企业登记同步",
    "source": {"system": "registry", "table": "firm"},
    "key": ["CODE"],
    "cursor": {"column": "MTIME", "look_back": 600},
    "agreement": {"document": "firm-row", "purpose": "licensing"},
    "targets": [{"system": "front", "table": "firm_in"}],
    "mode": "upsert",
    "fresh": "1 day",
    "batch": 7,
}
Row = tuple[Any, ...]


def firm(number: int, *, name: str = "", minute: int | None = None) -> Row:
    """A row of the register."""
    at = number if minute is None else minute
    clock = f"2026-01-04 {at // 60 % 24:02}:{at % 60:02}:00"
    return f"9132{number:06}", name or f"企业{number}", "10000.50", "2020-01-05", clock


class Base:
    """One database: SQLite's file, or one of a server's."""

    def __init__(self, kind: str, place: str) -> None:
        self.kind, self.place = kind, place

    def run(self, statement: str, rows: list[Row] | None = None) -> list[Row]:
        """One statement, for each row if there are any."""
        with closing(self._open()) as connection, connection:
            cursor = connection.cursor()
            if rows is None:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
            if self.kind == "postgresql":
                statement = statement.replace("?", "%s")
            cursor.executemany(statement, rows)
            return []

    def _open(self) -> Any:
        if self.kind == "sqlite":
            return sqlite3.connect(self.place)
        return psycopg.connect(self.place)

    def put(self, table: str, *rows: Row) -> None:
        marks = ", ".join("?" * len(rows[0]))
        self.run(f"INSERT INTO {table} VALUES ({marks})", list(rows))

    def rows(self, table: str) -> list[Row]:
        """What is there, by code, as text."""
        named = ", ".join(f'"{name}"' for name in COLUMNS)
        found = self.run(f'SELECT {named} FROM {table} ORDER BY "CODE"')
        return [tuple(None if v is None else _plain(v) for v in row) for row in found]


def _plain(value: Any) -> str:
    """SQLite keeps times and decimals in whichever form they came."""
    told = str(value).removesuffix(".000000")
    return f"{value:.2f}" if isinstance(value, float) else told


@dataclass
class Town:
    """Everything that a test needs."""

    folder: Path
    kind: str = "sqlite"
    now: datetime = datetime(2026, 1, 6, 1, 0, tzinfo=UTC)
    bases: dict[str, Base] = field(default_factory=dict)
    connections: dict[str, dict[str, Any]] = field(default_factory=dict)
    store: str = ""

    @property
    def site(self) -> Path:
        return self.folder / "site"

    @property
    def registry(self) -> Base:
        return self.bases["registry"]

    @property
    def front(self) -> Base:
        return self.bases["front"]

    def write(self, folder: str, name: str, told: dict[str, Any]) -> None:
        place = self.site / folder
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{name}.yaml").write_text(json.dumps(told, ensure_ascii=False), "utf-8")

    def sync(self, **changes: Any) -> None:
        """Write the sync's file."""
        told = {**SYNC, **changes}
        if told["mode"] == "snapshot":
            told.pop("cursor")
        self.write("syncs", told["sync"], told)

    def agree(self, *fields: str, **changes: Any) -> None:
        told = {
            "agreement": "registry-front",
            "provider": "market",
            "receiver": "licensing",
            "document": "firm-row",
            "purpose": "licensing",
            "basis": "示例",
            "fields": list(fields or [f"/{name}" for name in COLUMNS]),
            "valid_from": "2025-01-01",
            "valid_until": "2030-01-01",
        }
        self.write("agreements", "registry-front", {**told, **changes})

    def hub(self) -> Hub:
        return Hub(
            site.load(self.site),
            var=self.folder / "var",
            secret=SECRET,
            find=lambda name: self.connections[name],
            clock=lambda: self.now,
            store=self.store,
        )

    def run(self, name: str = "firms", **asked: Any) -> Done:
        """The first line of a sync, in a hub of its own."""
        with closing(self.hub()) as hub:
            [line, *_] = sync_to.lines(sync_file.find(hub.site.folder, name))
            return sync_run.run(hub, line, Asked(**asked))

    def counts(self, name: str = "firms", **asked: Any) -> Counts:
        """The same; what it came to, which must add up."""
        found = Counts(**self.run(name, **asked).counts)
        assert found.is_exact
        return found


def counted(**told: int) -> Counts:
    return Counts(**told)


both = pytest.mark.parametrize("town", ["sqlite", "postgresql"], indirect=True)
"""For tests in which the databases matter."""


@pytest.fixture
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Town:
    """Both tables on SQLite, or on PostgreSQL (``both``)."""
    found = Town(tmp_path, getattr(request, "param", "sqlite"))
    (tmp_path / "var").mkdir()
    lay(found)
    if found.kind == "sqlite":
        for name in ("registry", "front"):
            found.bases[name] = Base("sqlite", str(tmp_path / f"{name}.db"))
            system(found, name, {"driver": "sqlite", "database": str(tmp_path / f"{name}.db")})
            found.connections[name] = {"conn_type": "generic", "host": ""}
    else:
        server: Postgres = request.getfixturevalue("postgres")
        database = f"syncs-{secrets.token_hex(4)}"
        url = server.database(database)
        for name in ("registry", "front"):
            of_server(found, server, name, url)
    found.registry.run(TABLE.format(name="firm", key=" PRIMARY KEY"))
    found.front.run(TABLE.format(name="firm_in", key=" PRIMARY KEY"))
    found.sync()
    found.agree()
    with closing(found.hub()) as hub:
        schema.upgrade(hub.store)
    return found


def of_server(town: Town, server: Postgres, name: str, url: str) -> None:
    town.bases[name] = Base("postgresql", url.replace("+psycopg", ""))
    system(town, name, {"driver": "postgresql", "database": url.rpartition("/")[2]})
    login = {"login": "postgres", "password": server.password}
    town.connections[name] = {"host": "127.0.0.1", "port": server.port, **login}


def system(town: Town, name: str, options: dict[str, Any]) -> None:
    unit = {"registry": "market", "front": "licensing"}[name]
    told = {"system": name, "title": name, "unit": unit, "adapter": "database", "connection": name}
    town.write("systems", name, {**told, "options": options})


def lay(town: Town, hub: str = "hub") -> issued.Issued:
    """The site, but for its systems and its sync; what its hub signs with."""
    town.site.mkdir()
    (town.site / "site.yaml").write_text(SITE.replace("unit: hub", f"unit: {hub}"), "utf-8")
    for name, title in {hub: "中枢", "market": "市场监管局", "licensing": "审批局"}.items():
        town.write("units", name, {"unit": name, "title": title})
    town.write("documents", "firm-row", KIND)
    for name in ("keys", "trust"):
        (town.site / name).mkdir()
    root, leaf, key = made = issued.issue(hub, "示例中枢")
    (town.site / "trust" / "root.crt").write_bytes(root.pem)
    (town.site / "keys" / "hub.crt").write_bytes(leaf.pem)
    (town.site / "keys" / "hub.key").write_bytes(key.to_pem(SECRET, iterations=1000))
    return made
