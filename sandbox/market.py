"""The market regulator's registration system (an invented interface): JSON, one code for everything.

It registers on the spot what is complete (市场主体登记管理条例第十九条); what is complicated it takes in and
decides when somebody says so at the control port. It does not recognise a repetition by its number.
``POST /occupy {"dom": …}``: an address that another company has, ``{"entName": …}``: a name; ``POST /slow {"applyNo": …}``: not on
the spot; ``POST /finish {"applyNo": …}`` ends that (with ``reason``: refused).
``python -m sandbox.market --dir DIR --port N --control N``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from sandbox import resident_id, uscc
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor
from sandbox.moments import china_time, in_china, in_utc, instant
from sandbox.program import System, run

_TIME = "%Y-%m-%d %H:%M:%S"
DIVISION = "320117"
SCHEMA = """
CREATE TABLE IF NOT EXISTS companies (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, serialNo TEXT NOT NULL, applyNo TEXT NOT NULL,
    entName TEXT NOT NULL, dom TEXT NOT NULL, leRep TEXT NOT NULL, regCap TEXT NOT NULL,
    opScope TEXT NOT NULL, uniscid TEXT NOT NULL, estDate TEXT NOT NULL, bizNo TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL
);
"""
_FORMS = {
    "serialNo": "[0-9a-f]{32}",
    "applyNo": "MC[0-9]{10}",
    "entName": ".{2,100}",
    "districtCode": DIVISION,
    "dom": ".{1,200}",
    "opScope": ".{1,2000}",
    "leRep": ".+",
    "regCap": r"(0|[1-9][0-9]{0,9})\.[0-9]{6}",
    "charterNo": "ZC[0-9]{8}",
    "applyDate": "20[0-9]{2}-[0-9]{2}-[0-9]{2}",
}
_KEPT = ("serialNo", "applyNo", "entName", "dom", "leRep", "regCap", "opScope")


class Register:
    """Companies, and questions about them, one at a time."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._one_at_a_time = books, Lock()
        self._occupied: set[str] = set()
        """Addresses and names of companies that were there before."""
        self._slow: set[str] = set()
        acts = {
            "POST /ent/premises": self._premises,
            "POST /ent/register": self._register,
            "POST /ent/query": self._query,
            "POST /ent/list": self._list,
        }
        self.door = JsonDoor(faults, acts, lambda reason: _no("4000", reason))
        self.actions = {
            ("POST", "/occupy"): self._occupy,
            ("POST", "/slow"): self._make_slow,
            ("POST", "/finish"): self._finish,
        }

    def _premises(self, given: Given, _: Request) -> Any:
        used = given["dom"] in self._occupied
        told = {"applyNo": given["applyNo"], "inUse": str(int(used))}
        return _yes(told | {"checkDate": china_time("%Y%m%d")})

    def _register(self, given: Given, _: Request) -> Any:
        wrong = _complaint(given)
        if wrong:
            return _no("4000", wrong)
        with self._one_at_a_time:
            if self._is_taken(given["entName"]):
                return _told(self._write(given, "2", "名称与同一登记机关已登记的企业名称相同"))
            state = "0" if given["applyNo"] in self._slow else "1"
            return _told(self._write(given, state, ""))

    def _is_taken(self, name: str) -> bool:
        known = "SELECT id FROM companies WHERE entName = ? AND state <> '2'"
        return name in self._occupied or bool(self._books.rows(known, name))

    def _write(self, given: Given, state: str, reason: str) -> Row:
        number = len(self._books.effects()) + 1
        row: Row = {"at": instant(), **{name: given[name] for name in _KEPT}}
        row |= {"uniscid": uscc.compose(DIVISION, number), "estDate": china_time("%Y%m%d")}
        row |= {"bizNo": f"DJ{number:010}", "state": state, "reason": reason}
        self._books.insert("companies", row)
        return row

    def _query(self, given: Given, _: Request) -> Any:
        known = "SELECT * FROM companies WHERE serialNo = ? ORDER BY id"
        rows = self._books.rows(known, str(given["serialNo"]))
        return _told(rows[0]) if rows else _no("404", "查无此流水号")

    def _list(self, given: Given, _: Request) -> Any:
        span = [in_utc(str(given[name]), _TIME) for name in ("begin", "end")]
        found = self._books.rows("SELECT * FROM companies WHERE at >= ? AND at < ?", *span)
        rows = [
            {name: row[name] for name in ("serialNo", "bizNo", "state")}
            | {"time": in_china(row["at"], _TIME)}
            for row in found
        ]
        return _yes({"total": len(rows), "rows": rows})

    def _occupy(self, given: Given) -> dict[str, Any]:
        self._occupied |= {given[name] for name in ("dom", "entName") if name in given}
        return {}

    def _make_slow(self, given: Given) -> dict[str, Any]:
        self._slow.add(given["applyNo"])
        return {}

    def _finish(self, given: Given) -> dict[str, Any]:
        reason = str(given.get("reason", ""))
        ended = "UPDATE companies SET state = ?, reason = ? WHERE applyNo = ? AND state = '0'"
        with self._books.transaction() as db:
            done = db.execute(ended, ("2" if reason else "1", reason, given["applyNo"]))
        return {"finished": done.rowcount}


def _complaint(given: Given) -> str:
    for name, form in _FORMS.items():
        if not isinstance(given.get(name), str) or not re.fullmatch(form, given[name]):
            return f"{name}不符合要求"
    if given.get("certType") != "01" or not resident_id.is_valid(str(given.get("certNo"))):
        return "certNo不符合要求"
    if given.get("scopeItems") != given["opScope"].split("；"):
        return "scopeItems不符合要求"
    return ""


def _told(row: Row) -> Any:
    if row["state"] == "2":
        return _no("1001", row["reason"])
    if row["state"] == "0":
        told = {name: row[name] for name in ("serialNo", "applyNo", "bizNo")}
        return {"code": "2001", "msg": "已受理，三个工作日内登记", "data": told}
    names = (*_KEPT, "uniscid", "estDate", "bizNo")
    return _yes({name: row[name] for name in names})


def _yes(data: dict[str, Any]) -> dict[str, Any]:
    return {"code": "0", "msg": "成功", "data": data}


def _no(code: str, reason: str) -> dict[str, Any]:
    return {"code": code, "msg": reason}


def build(folder: Path) -> System:
    """The register over its books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="companies"), Faults()
    register = Register(books, faults)
    return System(books, faults, register.door, actions=register.actions)


if __name__ == "__main__":
    sys.exit(run("market", build))
