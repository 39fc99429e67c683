"""A district that verifies orders for banks and does nothing else: its site, and who stands in for whom."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML

from sandbox import firms, pki, site_layers
from sandbox.firms import BANKS
from sandbox.layout import FINANCE
from sandbox.tls import write_secret

SYSTEMS = ("oa", *FINANCE)
"""The stand-ins that it needs: the justice bureau's OA, the core enterprise, the holders' words, the invoices."""
_SERVE = """\
# 银行的程序怎样进来：示例只在本机回环，凭令牌；生产用双向 TLS（去掉 without_tls，写 common_name）。
connection: hub_door
without_tls: true
clients:
"""
_CLIENT = "  {bank}: {{title: {title}, unit: {bank}, connection: {connection}, may: [finance], signs: true}}\n"


def lay(folder: Path) -> None:
    """The site: its matter, its units, and which bank may ask. Once."""
    site_layers.finance_alone(folder / "site")


def equip(folder: Path, suite: str, secret: str) -> None:
    """Keys and tokens: the CA of the firms, the banks' own; and that the site knows of them. Once."""
    firms.make(folder, secret, suite)
    site = folder / "site"
    if (site / "serve.yaml").exists():
        return
    text = _SERVE
    for bank, told in BANKS.items():
        pki.add(folder, suite, bank, secret)
        write_secret(folder / bank / "token", secrets.token_urlsafe(32).encode())
        with (site / "units" / f"{bank}.yaml").open("a", encoding="utf-8") as unit:
            unit.write(f"certificates: [../keys/{bank}.crt]\n")
        text += _CLIENT.format(bank=bank, title=told["name"], connection=_connection(bank))
    (site / "serve.yaml").write_text(text, "utf-8")


def environment(folder: Path, ports: Mapping[str, int]) -> dict[str, str]:
    """Connections of the hub's endpoint, and of the banks' programs that call it."""
    told: dict[str, dict[str, object]] = {"hub_door": {"host": "127.0.0.1", "port": ports["port"]}}
    for bank in BANKS:
        token = (folder / bank / "token").read_text("utf-8")
        told[_connection(bank)] = {"host": bank, "password": token}
    return {
        f"AIRFLOW_CONN_{name.upper()}": json.dumps({"conn_type": "http", **each})
        for name, each in told.items()
    }


def _connection(bank: str) -> str:
    """Of its program: a name that a shell can export."""
    return f"{bank.replace('-', '_')}_program"


def unit_titles(site: Path) -> dict[str, str]:
    """Unit → title, as the site's files have them."""
    reader = YAML(typ="safe", pure=True)
    told = [
        reader.load(file.read_text("utf-8")) for file in sorted((site / "units").glob("*.yaml"))
    ]
    return {each["unit"]: each["title"] for each in told}
