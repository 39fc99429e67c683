"""The front of the national sharing platform: four headers, and a secret that rotates.

It checks its own headers only and never the body. Whatever stands behind it (the platform's own
services, a ministry's register) is asked through it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sandbox.http_server import Request
from sandbox.json_door import Given, Turned

SID, APP_KEY = "s_sandbox_0001", "sandbox-app-key"
SECRET_SECONDS = 63.0
"""Users renew a minute before the end, so each secret is good for about three seconds."""


class SharingGate:
    """``rids``: path → number of the resource that was granted."""

    def __init__(self, rids: Mapping[str, str]) -> None:
        self._rids = rids
        self._secret, self._until = secrets.token_hex(16), 0.0

    def rotate(self, _: Given) -> Any:
        """Another secret from now on."""
        self._secret, self._until = secrets.token_hex(16), time.time() + SECRET_SECONDS
        return {"rotated": True}

    def hand_out(self, _: Given, request: Request) -> Any:
        """The secret, encrypted under the appKey, and when it ends."""
        self._check(request, APP_KEY)
        if time.time() > self._until - 60:
            self.rotate({})
        told = {"secret": _wrapped(self._secret), "secretEndTime": int(self._until * 1000)}
        return {"code": "0", "data": told}

    def let_in(self, request: Request) -> str:
        """The resource that is asked for. Raises ``Turned``."""
        if time.time() > self._until:
            raise Turned({"code": "1004", "message": "secret已失效"})
        self._check(request, self._secret)
        return str(request.headers["gjgxjhpt_rid"])

    def _check(self, request: Request, secret: str) -> None:
        told = request.headers
        rid, rtime = told.get("gjgxjhpt_rid", ""), told.get("gjgxjhpt_rtime", "")
        signed = hmac.digest(secret.encode(), f"{SID}{rid}{rtime}".encode(), "sha256")
        good = told.get("gjgxjhpt_sign") == base64.b64encode(signed).decode()
        if told.get("gjgxjhpt_sid") != SID or rid != self._rids[request.path]:
            raise Turned({"code": "1002", "message": "资源未授权"})
        if not good:
            raise Turned({"code": "1004", "message": "签名不正确"})


def _wrapped(secret: str) -> str:
    """As the platform's Java samples do it: AES under a key that SHA1PRNG makes of the appKey."""
    state = hashlib.sha1(APP_KEY.encode(), usedforsecurity=False).digest()
    key = hashlib.sha1(state, usedforsecurity=False).digest()[:16]
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    text = padder.update(secret.encode()) + padder.finalize()
    return base64.b64encode(encryptor.update(text) + encryptor.finalize()).decode()
