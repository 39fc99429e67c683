"""The national sharing platform: four headers, a secret that rotates, two published services.

``/service/marriage`` answers one couple, ``/service/insured`` a list in pages. The platform checks its
own headers only; ``/service/insured`` is offered by another hub, which checks our signature over
method, path and body as well. ``POST /rotate`` at the control port takes the secret away at once.
``python -m sandbox.sharing --dir DIR --port N --control N``.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor, Turned
from sandbox.moments import instant
from sandbox.program import System, run
from sandbox.sharing_gate import APP_KEY, SECRET_SECONDS, SID, SharingGate

__all__ = ["APP_KEY", "BODY_SECRET", "COUPLE", "RIDS", "SECRET_SECONDS", "SID", "build"]

BODY_SECRET = "sandbox-body-secret"
RIDS = {"/secret": "r-secret", "/service/marriage": "r-marriage", "/service/insured": "r-insured"}
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
        self.gate = SharingGate(RIDS)
        acts = {
            "POST /secret": self.gate.hand_out,
            "POST /service/marriage": self._marriage,
            "POST /service/insured": self._insured,
        }
        self.door = JsonDoor(faults, acts, _refusal, frozenset({"POST /secret"}))

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
        row = {"at": instant(), "service": request.path, "rid": self.gate.let_in(request)}
        self._books.insert("queries", row)


def _row(number: str) -> dict[str, str]:
    told = {"psn_no": f"P{number[-4:]}", "insutype": "390", "insuplc_admdvs": "320117"}
    return told | {"certno": number, "insu_date": "2026-01-08"}


def _check_body(request: Request) -> None:
    told = request.headers
    digest = hashlib.new("sm3", request.body).hexdigest()
    parts = (told.get("x-zhida-time"), told.get("x-zhida-nonce"), request.method, request.path)
    context = HMAC(BODY_SECRET.encode(), hashes.SM3())
    context.update(".".join([*map(str, parts), "", digest]).encode())
    if told.get("x-zhida-body-sign") != base64.b64encode(context.finalize()).decode():
        raise Turned({"code": "1007", "message": "正文签名不正确"})


def _refusal(reason: str) -> dict[str, Any]:
    return {"code": "1001", "message": reason}


def build(folder: Path) -> System:
    """The platform, its queries for books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="queries"), Faults()
    platform = Platform(books, faults)
    return System(books, faults, platform.door, {("POST", "/rotate"): platform.gate.rotate})


if __name__ == "__main__":
    sys.exit(run("sharing", build))
