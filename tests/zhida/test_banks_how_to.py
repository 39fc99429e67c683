"""docs/how-to/banks.md: its request is one, its site file is one, and what its snippet signs is let in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connectors.http_message import Request
from crypto.keys import PublicKey
from exchange.keyring import Keyring
from exchange.ports import utc_now
from mappings import shapes
from matters import files
from zhida import finance_requests, finance_served, serve_body, serve_route
from zhida.serve_schema import SERVE

PAGE = (Path(__file__).resolve().parents[2] / "docs/how-to/banks.md").read_text("utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"^ *```{language}\n(.*?)^ *```", PAGE, re.M | re.S)
    return str(found)


def test_its_request_is_one() -> None:
    ours = {"id": "DR-0000000000000000", "bank": "bank-a", "received_on": "2026-01-05"}
    shapes.SHIPPED.validate(finance_requests.KIND, json.loads(block("json")) | ours)


def test_its_site_file_is_one() -> None:
    found = files.parse(block("yaml"), SERVE, name="serve.yaml")
    assert found.data["clients"]["bank-a"]["signs"] is True


def test_its_addresses_are_routes() -> None:
    desk: Any = SimpleNamespace(
        **dict.fromkeys(("take_letter", "take_back", "ask", "look", "withdraw"))
    )
    shown = re.findall(r"(GET|POST) (/finance/(?:letters|requests)[A-Za-z0-9/]*)", PAGE)
    assert len(shown) >= 4
    for method, path in shown:
        serve_route.find(finance_served.of(desk), Request(method, path, {}))


def test_what_its_snippet_signs_is_let_in() -> None:
    told: dict[str, Any] = {}
    exec(block("python"), told)
    key = Ed25519PrivateKey.generate()
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    kid = PublicKey("Ed25519", raw).kid
    body = block("json").encode()
    signed = told["signature"](key, kid, "POST", "/finance/requests", body)
    keyring = Keyring(())
    keyring.find = lambda *_: PublicKey("Ed25519", raw)  # type: ignore[method-assign]
    client: Any = SimpleNamespace(name="bank-a", unit="bank-a")
    request = Request("POST", "/finance/requests", {serve_body.HEADER: signed}, body)
    serve_body.require(keyring, client, request, utc_now())
