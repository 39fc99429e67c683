"""The regional health platform: four services for a birth, by signed JSON (an invented interface).

It does not recognise a repetition: each request is a row with a number of its own, and each signed
certificate uses up one of the blank forms (出生医学证明 are numbered and counted). ``GET /blanks``
at the control port tells how many are left and used, ``POST /blanks {"left": n}`` sets it.
``python -m sandbox.health --dir DIR --port N --control N``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

from sandbox import health_rules, health_sign
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor, Turned
from sandbox.moments import china_time, in_china, in_utc, instant
from sandbox.program import System, run

CLINIC = "溧水区示例社区卫生服务中心"
_TIME = "%Y-%m-%d %H:%M:%S"
BLANKS = 5000
"""Forms in the drawer at first."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS services (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, service TEXT NOT NULL, serial TEXT NOT NULL,
    certificate TEXT NOT NULL, number TEXT NOT NULL, date TEXT NOT NULL, told TEXT NOT NULL,
    record TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS blanks (id INTEGER PRIMARY KEY, taken INTEGER NOT NULL);
"""
SERVICES: Mapping[str, tuple[str, str]] = {
    "POST /birth/register": ("register", "SY"),
    "POST /birth/certificate/sign": ("certificate", "QF"),
    "POST /immunisation/open": ("immunisation", "JZ"),
    "POST /parenting/register": ("parenting", "YE"),
}
"""Where each is asked for → its name, and how its numbers begin."""


class Platform:
    """The services, a question after each by the caller's serial number, and a list."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._left = books, BLANKS
        self._answers, self._one_at_a_time = count(1), Lock()
        acts = {path: self._service(*about) for path, about in SERVICES.items()}
        acts |= {"POST /business/query": self._query, "POST /business/list": self._list}
        self.door = JsonDoor(faults, acts, lambda reason: _no(1001, reason))
        self.actions = {("GET", "/blanks"): self._blanks, ("POST", "/blanks"): self._set_blanks}

    def _service(self, name: str, begins: str) -> Callable[[Given, Request], Any]:
        def act(given: Given, request: Request) -> Any:
            self._let_in(request)
            wrong = next(health_rules.complaints(name, given), None)
            if wrong:
                return _no(*wrong)
            with self._one_at_a_time:
                return self._do(name, begins, given)

        return act

    def _do(self, name: str, begins: str, given: Given) -> Any:
        if name == "certificate" and not self._take_blank():
            return _no(1001, "空白出生医学证明已用完")
        number = f"{begins}320117{len(self._books.effects()) + 1:010}"
        row: Row = {"at": instant(), "service": name, "serial": str(given["serialNo"])}
        row |= {"certificate": given["certificateNo"], "number": number}
        row |= {"date": china_time("%Y-%m-%d"), "told": json.dumps(_more(name, given))}
        self._books.insert(
            "services", row | {"record": json.dumps(given, ensure_ascii=False, sort_keys=True)}
        )
        return self._yes(_told(row))

    def _take_blank(self) -> bool:
        if self._used() >= self._left:
            return False
        self._books.insert("blanks", {"taken": 1})
        return True

    def _used(self) -> int:
        return len(self._books.rows("SELECT id FROM blanks"))

    def _blanks(self, _: Given) -> dict[str, int]:
        return {"left": self._left - self._used(), "used": self._used()}

    def _set_blanks(self, given: Given) -> dict[str, int]:
        self._left = int(given["left"]) + self._used()
        return self._blanks({})

    def _query(self, given: Given, request: Request) -> Any:
        self._let_in(request)
        known = "SELECT * FROM services WHERE serial = ? AND service = ? ORDER BY id"
        rows = self._books.rows(known, str(given["serialNo"]), str(given["service"]))
        return self._yes(_told(rows[0])) if rows else _no(404, "查无此流水号")

    def _list(self, given: Given, request: Request) -> Any:
        self._let_in(request)
        span = [in_utc(str(given[name]), _TIME) for name in ("begin", "end")]
        page, size = int(given["page"]), int(given["size"])
        known = "SELECT * FROM services WHERE at >= ? AND at < ? AND service = ? ORDER BY id"
        rows = self._books.rows(known, *span, str(given["service"]))
        part = [
            {"serialNo": row["serial"], "number": row["number"], "time": in_china(row["at"], _TIME)}
            for row in rows[(page - 1) * size : page * size]
        ]
        return self._yes({"total": len(rows), "rows": part})

    def _yes(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The code is a text in odd answers and a number in even ones: both occur."""
        code: Any = "0" if next(self._answers) % 2 else 0
        return {"code": code, "msg": "成功", "data": data}

    def _let_in(self, request: Request) -> None:
        problem = health_sign.problem(request.headers, request.body)
        if problem:
            raise Turned(_no(*problem))


def _more(name: str, given: Given) -> dict[str, str]:
    if name == "certificate":
        return {"issuer": given["institution"]["name"], "childName": given["childName"]}
    return {"clinic": CLINIC} if name == "immunisation" else {}


def _told(row: Row) -> dict[str, Any]:
    told = {"serialNo": row["serial"], "certificateNo": row["certificate"]}
    more: dict[str, str] = json.loads(row["told"])
    return told | {"number": row["number"], "date": row["date"]} | more


def _no(code: int, reason: str) -> dict[str, Any]:
    return {"code": code, "msg": reason, "data": None}


def build(folder: Path) -> System:
    """The platform over its books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="services"), Faults()
    platform = Platform(books, faults)
    return System(books, faults, platform.door, platform.actions)


if __name__ == "__main__":
    sys.exit(run("health", build))
