"""A small site with an endpoint, its hub, and a portal and a robot that call it over real TLS."""

from __future__ import annotations

import atexit
import json
import shutil
import ssl
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

from connectors.http_server import HttpServer
from exchange import times
from exchange.ports import utc_now
from exchange.store import ledger_rows, schema
from sandbox import pki, tls
from sandbox.layout import free_port
from zhida import serve, site
from zhida.hub import Hub
from zhida.serve_route import Route

USCC = "91320114MA1XGRNT0T"
PASSWORDS = {"server": "s" * 24, "his": "h" * 24, "hub": "u" * 24}
SITE = """site: yuhuatai-test
title: 测试中枢
unit: hub
suite: Ed25519
cipher: AES-256-GCM
key: keys/hub.key
certificate: keys/hub.crt
trust: ../trust
"""
UNITS = {
    "hub": "数据局（示例）",
    "enterprise-services": "企业服务中心（示例）",
    "portal-office": "门户办公室（示例）",
    "registry": "市场监管局（示例）",
    "tax": "税务局（示例）",
    "human-resources": "人社局（示例）",
    "science": "科技局（示例）",
    "finance": "财政局（示例）",
    "credit": "信用办（示例）",
}
SERVE = """connection: hub_door
clients:
  portal: {title: 门户, unit: portal-office, common_name: sandbox hub, may: [policies, explain, apply]}
  robot: {title: 小雨, unit: enterprise-services, common_name: sandbox his, may: [policies]}
"""


_GRANTS = Path(__file__).resolve().parents[2] / "sandbox" / "grants_site"
FUND = {
    name: (_GRANTS / name).read_text("utf-8")
    for name in ("units/social-insurance.yaml", "systems/unemployment-fund.yaml")
}
"""Who pays what does not come from the treasury: a site that gives grants names it."""
UNTIL = times.civil_day(utc_now() + timedelta(days=200))
"""The last day of every agreement."""


class Clock:
    """Stands still until it is put forward; begins now, when the certificates are valid."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now

    def skip(self, **time: float) -> None:
        self.now: datetime = self.now + timedelta(**time)


def agreement(name: str, provider: str, receiver: str, document: str, *fields: str) -> str:
    listed = ", ".join(f'"{field}"' for field in fields)
    return (
        f"agreement: {name}\nprovider: {provider}\nreceiver: {receiver}\ndocument: {document}\n"
        f"purpose: grants\nbasis: 示例\nfields: [{listed}]\n"
        f'valid_from: "2026-01-01"\nvalid_until: "{UNTIL}"\n'
    )


@cache
def _keys() -> Path:
    """Secrets of a district, made once for all tests; nothing in them is changed."""
    folder = Path(tempfile.mkdtemp(prefix="zhida-endpoint-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    pki.make(folder, "Ed25519")
    tls.make(folder / "tls", PASSWORDS)
    return folder


class Endpoint:
    """The site on disk, and its hub."""

    def __init__(
        self,
        folder: Path,
        files: Mapping[str, str],
        matters: str = "[]",
        connections: Mapping[str, Any] | None = None,
    ) -> None:
        self.folder, self.site, self.clock = folder, folder / "site", Clock()
        shutil.copytree(_keys(), folder, dirs_exist_ok=True)
        told = {
            f"units/{name}.yaml": f"unit: {name}\ntitle: {title}\n" for name, title in UNITS.items()
        }
        told |= {"site.yaml": f"{SITE}matters: {matters}\n", "serve.yaml": SERVE, **files}
        for name, text in told.items():
            path = self.site / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        ca = b"".join((folder / f"tls/{role}-ca.crt").read_bytes() for role in ("his", "hub"))
        (folder / "tls/clients-ca.crt").write_bytes(ca)
        self.connections: dict[str, Any] = {"hub_door": self._door(), **(connections or {})}
        (folder / "var").mkdir(mode=0o700)
        self.hub = self.open_hub()
        schema.upgrade(self.hub.store)

    def _door(self) -> dict[str, Any]:
        extra = {
            "cert": str(self.folder / "tls/server.crt"),
            "key": str(self.folder / "tls/server.key"),
            "key_password": PASSWORDS["server"],
            "client_ca": str(self.folder / "tls/clients-ca.crt"),
        }
        return {"host": "127.0.0.1", "port": free_port(), "extra": extra}

    @property
    def env(self) -> dict[str, str]:
        """For a process of its own."""
        told = {f"AIRFLOW_CONN_{k.upper()}": json.dumps(v) for k, v in self.connections.items()}
        secret = pki.secrets_of(self.folder)["hub"]
        where = {"ZHIDA_SITE": str(self.site), "ZHIDA_VAR": str(self.folder / "var")}
        return told | where | {"ZHIDA_KEY_PASSWORD": secret}

    def open_hub(self) -> Hub:
        secret = pki.secrets_of(self.folder)["hub"].encode()
        var, find = self.folder / "var", self.connections.get
        return Hub(site.load(self.site), var=var, secret=secret, find=find, clock=self.clock)

    @contextmanager
    def serving(self, answers: Sequence[Route] | None = None) -> Iterator[HttpServer]:
        with serve.open_server(self.hub, answers=answers) as server:
            yield server

    def ask(
        self, target: str, *, role: str = "hub", method: str = "GET", body: Any = None
    ) -> tuple[int, Any, Mapping[str, str]]:
        """As the portal (``hub``), the robot (``his``): status, JSON, headers."""
        context = ssl.create_default_context(cafile=str(self.folder / "tls/server-ca.crt"))
        if role:
            files = (self.folder / f"tls/{role}.crt", self.folder / f"tls/{role}.key")
            context.load_cert_chain(*files, PASSWORDS[role])
        port = self.connections["hub_door"]["port"]
        return _call(
            HTTPSConnection("127.0.0.1", port, timeout=30, context=context), method, target, body
        )

    def plain(self, target: str, token: str = "") -> tuple[int, Any, Mapping[str, str]]:
        port = self.connections["hub_door"]["port"]
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return _call(HTTPConnection("127.0.0.1", port, timeout=30), "GET", target, None, headers)

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """What the ledger says of this kind."""
        with self.hub.store.read() as connection:
            rows = ledger_rows.entries_of(connection, kind)
        return [json.loads(row.body) for row in rows]


def _call(
    line: HTTPConnection, method: str, target: str, body: Any, headers: Mapping[str, str] = {}
) -> tuple[int, Any, Mapping[str, str]]:
    try:
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        line.request(method, target, sent, dict(headers))
        found = line.getresponse()
        content = found.read()
        return found.status, json.loads(content) if content else None, dict(found.headers)
    finally:
        line.close()
