"""A site with one sync between two tables of PostgreSQL, for benchmarks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crypto import certificates, keys
from exchange.store import schema
from sandbox.postgres import Postgres
from sandbox.rabbitmq import RabbitMq
from zhida import site
from zhida.hub import Hub

SUITE, SECRET = "SM2-SM3", b"a secret of high entropy"
QUEUE = "firms"
COLUMNS = ("code", "name", "capital", "since", "state", "changed_at")
_SITE = {
    "site": "bench",
    "title": "基准",
    "unit": "hub",
    "suite": SUITE,
    "key": "hub.key",
    "certificate": "hub.crt",
    "trust": "trust",
    "matters": [],
}
_SYNC = {
    "sync": "firms",
    "title": "基准同步",
    "source": {"system": "registry", "table": "firm"},
    "key": ["code"],
    "cursor": {"column": "changed_at", "look_back": 10},
    "agreement": {"document": "firm-row", "purpose": "licensing"},
    "targets": [{"system": "front", "table": "firm_in"}],
    "mode": "upsert",
    "fresh": "1 day",
}
_AGREEMENT = {
    "agreement": "registry-front",
    "provider": "market",
    "receiver": "licensing",
    "document": "firm-row",
    "purpose": "licensing",
    "basis": "基准",
    "fields": [f"/{name}" for name in COLUMNS],
    "valid_from": "2025-01-01",
    "valid_until": "2099-01-01",
}


def hub(folder: Path, server: Postgres, database: str, broker: RabbitMq | None = None) -> Hub:
    """With an empty store of its own, embedded. With a ``broker`` the rows go into its queue ``QUEUE``."""
    place = folder / "site"
    (place / "trust").mkdir(parents=True)
    (folder / "var").mkdir()
    _write(place, "site", _SITE)
    for name in ("hub", "market", "licensing"):
        _write(place / "units", name, {"unit": name, "title": name})
    for name, unit in {"registry": "market", "front": "licensing"}.items():
        told = {"system": name, "title": name, "unit": unit, "adapter": "database"}
        options = {"driver": "postgresql", "database": database, "timeout_s": 600}
        _write(place / "systems", name, {**told, "connection": name, "options": options})
    _write(place / "documents", "firm-row", _kind())
    _write(place / "agreements", "registry-front", _AGREEMENT)
    target = (
        {"system": "queue", "route": QUEUE} if broker else {"system": "front", "table": "firm_in"}
    )
    _write(place / "syncs", "firms", {**_SYNC, "targets": [target]})
    _keys(place)
    login = {"login": "postgres", "password": server.password}
    found = {"registry": {"host": "127.0.0.1", "port": server.port, **login}}
    found["front"] = found["registry"]
    if broker:
        told = {"system": "queue", "title": "queue", "unit": "licensing", "adapter": "recipient"}
        wire = {"connection": "queue", "options": {"wire": "amqp"}}
        _write(place / "systems", "queue", {**told, **wire})
        login = {"login": broker.login, "password": broker.password}
        found["queue"] = {"host": "127.0.0.1", "port": broker.port, **login}
    made = Hub(site.load(place), var=folder / "var", secret=SECRET, find=found.__getitem__)
    schema.upgrade(made.store)
    return made


def _kind() -> dict[str, Any]:
    told = {
        "title": "企业",
        "description": "一行。",
        "type": "object",
        "additionalProperties": False,
    }
    fields = {name: {"title": name, "type": "string"} for name in COLUMNS}
    return {**told, "required": ["code"], "properties": fields}


def _keys(place: Path) -> None:
    now = datetime.now(UTC)
    days = (now - timedelta(days=1), now + timedelta(days=2))
    authority, key = keys.generate(SUITE), keys.generate(SUITE)
    root = certificates.issue_ca("Root", authority, *days)
    leaf = certificates.issue(
        "hub", key.public, root, authority, valid_from=days[0], valid_until=days[1]
    )
    (place / "trust" / "root.crt").write_bytes(root.pem)
    (place / "hub.crt").write_bytes(leaf.pem)
    (place / "hub.key").write_bytes(key.to_pem(SECRET))


def _write(folder: Path, name: str, told: dict[str, Any]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
