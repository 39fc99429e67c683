"""A bank's program at the hub's endpoint: it signs what it sends, and says who it is by a certificate or a token.

Its key lies in the bank's own folder of the district (``bank-a/unit.key``); so does its token (``bank-a/token``, on
loopback only), or what it shows in TLS.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from crypto import jws, keys
from sandbox.moments import instant

SECONDS = 30


@dataclass(frozen=True, slots=True)
class Tls:
    """Files of a program that speaks mutual TLS."""

    ca: Path
    """Who issues the hub's certificate."""
    cert: Path
    key: Path


class Lender:
    """One bank. ``address`` of the hub's endpoint; ``secret`` of the key; without ``tls`` a token tells who it is; ``key``: which signs."""

    def __init__(
        self,
        folder: Path,
        bank: str,
        address: str,
        secret: str,
        *,
        tls: Tls | None = None,
        key: str = "unit",
    ) -> None:
        self.bank, self.address, self._tls = bank, address, tls
        self._key = keys.load_private((folder / bank / f"{key}.key").read_bytes(), secret.encode())
        self._token = "" if tls else (folder / bank / "token").read_text("utf-8")
        self.kept: list[dict[str, Any]] = []
        """The bank's own book: when it asked what, and what it was told."""

    def hand_in(self, letter: str) -> dict[str, Any]:
        """A letter, as a firm has signed it."""
        return self.send("POST", "/finance/letters", {"letter": letter})

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Is this order real, and free?"""
        return self.send("POST", "/finance/requests", request)

    def look(self, number: str) -> dict[str, Any]:
        """How a request stands now."""
        return self.send("GET", f"/finance/requests/{number}")

    def send(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """One signed call; the answer with its status under ``status``."""
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        headers |= {} if self._tls else {"Authorization": f"Bearer {self._token}"}
        if method != "GET":
            headers["Zhida-Signature"] = self._signature(method, path, data)
        with requests.Session() as session:
            session.trust_env = False
            if self._tls:
                session.verify = str(self._tls.ca)
                session.cert = (str(self._tls.cert), str(self._tls.key))
            url = f"{self.address}{path}"
            told = session.request(method, url, data=data, headers=headers, timeout=SECONDS)
        found = {**told.json(), "status": told.status_code}
        self.kept.append({"at": instant(), "what": f"{method} {path}", "told": found})
        return found

    def _signature(self, method: str, path: str, body: bytes) -> str:
        header = {"typ": "zhida-request+jws", "htm": method, "htu": path, "iat": int(time.time())}
        first, _, last = jws.sign(body, self._key, header).split(".")
        return f"{first}..{last}"
