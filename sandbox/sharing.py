"""The national sharing platform: four headers, a secret that rotates, two published services.

``/service/marriage`` answers one couple, ``/service/insured`` a list in pages. The platform checks its
own headers only; ``/service/insured`` is offered by another hub, which checks our signature over
method, path and body as well. ``POST /rotate`` at the control port takes the secret away at once.
``python -m sandbox.sharing --dir DIR --port N --control N``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import sys
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC

from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor, Turned
from sandbox.moments import instant
from sandbox.program import System, run

SID, APP_KEY, BODY_SECRET = "s_sandbox_0001", "sandbox-app-key", "sandbox-body-secret"
RIDS = {"/secret": "r-secret", "/service/marriage": "r-marriage", "/service/insured": "r-insured"}
SECRET_SECONDS = 63.0
"""Users renew a minute before the end, so each secret is good for about three seconds."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS queries (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, service TEXT NOT NULL, rid TEXT NOT NULL
);
"""
COUPLE = {"cert_num_man": "320117199106070014", "cert_num_woman": "320117199303120025"}


class Platform:
    """Two services behind the four headers."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books = books
        self._secret, self._until = secrets.token_hex(16), 0.0
        acts = {
            "POST /secret": self._hand_out,
            "POST /service/marriage": self._marriage,
            "POST /service/insured": self._insured,
        }
        self.door = JsonDoor(faults, acts, _refusal, frozenset({"POST /secret"}))

    def rotate(self, _: Given) -> Any:
        """Another secret from now on."""
        self._secret, self._until = secrets.token_hex(16), time.time() + SECRET_SECONDS
        return {"rotated": True}

    def _hand_out(self, _: Given, request: Request) -> Any:
        _check(request, APP_KEY)
        if time.time() > self._until - 60:
            self.rotate({})
        told = {"secret": _wrapped(self._secret), "secretEndTime": int(self._until * 1000)}
        return {"code": "0", "data": told}

    def _marriage(self, given: Given, request: Request) -> Any:
        self._let_in(request)
        same = all(given[name] == number for name, number in COUPLE.items())
        row = {**COUPLE, "op_date": "2019-05-20", "cert_no": "J320117-2019-000001"}
        return {"code": "0", "data": row if same else None}

    def _insured(self, given: Given, request: Request) -> Any:
        self._let_in(request)
        _check_body(request)
        who, page, size = str(given["certno"]), int(given["page"]), int(given["size"])
        numbers = [f"{who[:-1]}{last}" for last in "1234567890X"]
        rows = [_row(number) for number in numbers]
        return {
            "code": "0",
            "data": {"total": len(rows), "rows": rows[(page - 1) * size : page * size]},
        }

    def _let_in(self, request: Request) -> None:
        if time.time() > self._until:
            raise Turned({"code": "1004", "message": "secret已失效"})
        _check(request, self._secret)
        row = {"at": instant(), "service": request.path, "rid": request.headers["gjgxjhpt_rid"]}
        self._books.insert("queries", row)


def _row(number: str) -> dict[str, str]:
    told = {"psn_no": f"P{number[-4:]}", "insutype": "390", "insuplc_admdvs": "320117"}
    return told | {"certno": number, "insu_date": "2026-01-08"}


def _check(request: Request, secret: str) -> None:
    told = request.headers
    rid, rtime = told.get("gjgxjhpt_rid", ""), told.get("gjgxjhpt_rtime", "")
    signed = hmac.digest(secret.encode(), f"{SID}{rid}{rtime}".encode(), "sha256")
    good = told.get("gjgxjhpt_sign") == base64.b64encode(signed).decode()
    if told.get("gjgxjhpt_sid") != SID or rid != RIDS[request.path]:
        raise Turned({"code": "1002", "message": "资源未授权"})
    if not good:
        raise Turned({"code": "1004", "message": "签名不正确"})


def _check_body(request: Request) -> None:
    told = request.headers
    digest = hashlib.new("sm3", request.body).hexdigest()
    parts = (told.get("x-zhida-time"), told.get("x-zhida-nonce"), request.method, request.path)
    context = HMAC(BODY_SECRET.encode(), hashes.SM3())
    context.update(".".join([*map(str, parts), "", digest]).encode())
    if told.get("x-zhida-body-sign") != base64.b64encode(context.finalize()).decode():
        raise Turned({"code": "1007", "message": "正文签名不正确"})


def _wrapped(secret: str) -> str:
    """As the platform's Java samples do it: AES under a key that SHA1PRNG makes of the appKey."""
    state = hashlib.sha1(APP_KEY.encode(), usedforsecurity=False).digest()
    key = hashlib.sha1(state, usedforsecurity=False).digest()[:16]
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    text = padder.update(secret.encode()) + padder.finalize()
    return base64.b64encode(encryptor.update(text) + encryptor.finalize()).decode()


def _refusal(reason: str) -> dict[str, Any]:
    return {"code": "1001", "message": reason}


def build(folder: Path) -> System:
    """The platform, its queries for books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="queries"), Faults()
    platform = Platform(books, faults)
    return System(books, faults, platform.door, {("POST", "/rotate"): platform.rotate})


if __name__ == "__main__":
    sys.exit(run("sharing", build))
