"""Two ways to send a message: an SMS gateway (invented) and 政务微信 (after the published interface).

The gateway signs with SM3 over application, time and secret, and sends once for one serial number.
WeCom's door gives tokens that run out, and de-duplicates by receiver and text if it is asked to.
``python -m sandbox.notices --dir DIR --port N --control N``.
"""

from __future__ import annotations

import hashlib
import secrets
import sys
import time
from pathlib import Path
from typing import Any

from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor, Turned
from sandbox.moments import instant
from sandbox.program import System, run

APPLICATION, SECRET = "zhida", "sandbox-sms-secret"
CORPORATION, CORPORATION_SECRET, AGENT = "ww-sandbox", "sandbox-wecom-secret", 1000002
TOKEN_SECONDS = 3.0
"""Short, so that tokens run out in the midst of things."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, channel TEXT NOT NULL, serial TEXT NOT NULL,
    receiver TEXT NOT NULL, text TEXT NOT NULL
);
"""
_ABSENT = "nobody"
_LEFT = "left"
"""An account that WeCom knows and can't reach: 0, and named in ``invaliduser``."""


class Gateway:
    """Both doors over one table of messages."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._tokens = books, dict[str, float]()
        acts = {
            "POST /sms/send": self._sms,
            "GET /cgi-bin/gettoken": self._token,
            "POST /cgi-bin/message/send": self._wecom,
        }
        silent = frozenset({"GET /cgi-bin/gettoken"})
        self.door = JsonDoor(faults, acts, _refusal, silent)

    def _sms(self, given: Given, request: Request) -> Any:
        _check_sign(request)
        to, text, serial = (str(given[name]) for name in ("mobile", "content", "serial"))
        known = self._find("channel = 'sms' AND serial = ?", serial)
        if known and (known[0]["receiver"], known[0]["text"]) != (to, text):
            return {"code": "1002", "msg": "流水号重复且内容不同"}
        number = known[0]["id"] if known else self._add("sms", serial, to, text)
        return {"code": "0", "msg": "OK", "data": {"id": f"S{number:08}"}}

    def _token(self, given: Given, _: Request) -> Any:
        if (given.get("corpid"), given.get("corpsecret")) != (CORPORATION, CORPORATION_SECRET):
            return {"errcode": 40001, "errmsg": "invalid credential"}
        token = secrets.token_hex(16)
        self._tokens[token] = time.monotonic() + TOKEN_SECONDS
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200}

    def _wecom(self, given: Given, _: Request) -> Any:
        if self._tokens.get(str(given.get("access_token")), 0.0) < time.monotonic():
            return {"errcode": 42001, "errmsg": "access_token expired"}
        to, text = str(given["touser"]), str(given["text"]["content"])
        if given["agentid"] != AGENT:
            return {"errcode": 40056, "errmsg": "invalid agentid"}
        if to == _ABSENT:
            return {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        same = self._find("channel = 'wecom' AND receiver = ? AND text = ?", to, text)
        told = {"errcode": 0, "errmsg": "ok", "invaliduser": to if to == _LEFT else ""}
        if to == _LEFT:
            return told | {"msgid": "none"}
        if same and given.get("enable_duplicate_check") == 1:
            return told | {"msgid": f"W{same[0]['id']:08}"}
        return told | {"msgid": f"W{self._add('wecom', '', to, text):08}"}

    def _find(self, where: str, *values: str) -> list[Row]:
        return self._books.rows(f"SELECT * FROM messages WHERE {where} ORDER BY id", *values)

    def _add(self, channel: str, serial: str, to: str, text: str) -> int:
        row = {"at": instant(), "channel": channel, "serial": serial}
        return self._books.insert("messages", row | {"receiver": to, "text": text})


def _check_sign(request: Request) -> None:
    told = request.headers
    text = f"{told.get('x-app')}{told.get('x-time')}{SECRET}"
    if told.get("x-app") != APPLICATION or told.get("x-sign") != _sm3(text):
        raise Turned({"code": "3001", "msg": "签名有误"})


def _sm3(text: str) -> str:
    return hashlib.new("sm3", text.encode()).hexdigest()


def _refusal(reason: str) -> dict[str, Any]:
    return {"code": "1001", "msg": reason, "errcode": 40003, "errmsg": reason}


def build(folder: Path) -> System:
    """Both doors over the books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="messages"), Faults()
    return System(books, faults, Gateway(books, faults).door)


if __name__ == "__main__":
    sys.exit(run("notices", build))
