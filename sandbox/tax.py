"""The tax office's front-end for premiums: pays, tells of a serial number, lists a span of time.

A payment is a row. It knows a serial number again (``2001``) but not a person who pays a second time:
that is what its books are for. ``POST /slow`` at the control port lets payments stay in process from now
on, ``POST /finish`` ends what is (``paid``, or ``failed`` with a reason).
``python -m sandbox.tax --dir DIR --port N --control N``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from sandbox import tax_form
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request, Response
from sandbox.moments import china_time, in_china, in_utc, instant
from sandbox.program import System, run
from sandbox.tax_form import Answered

_TIME = "%Y-%m-%d %H:%M:%S"
SCHEMA = """
CREATE TABLE IF NOT EXISTS payments (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, jylsh TEXT NOT NULL, grbh TEXT NOT NULL,
    jfnd TEXT NOT NULL, jfje TEXT NOT NULL, jfrxm TEXT NOT NULL, jfrzjhm TEXT NOT NULL,
    jfzt TEXT NOT NULL, sspzh TEXT NOT NULL, jfrq TEXT NOT NULL, sbyy TEXT NOT NULL
);
"""
_FIELDS = {
    "jylsh": "[0-9A-Za-z]{1,32}",
    "grbh": ".{1,30}",
    "jfnd": "20[0-9]{2}",
    "jfje": r"(0|[1-9][0-9]{0,9})\.[0-9]{2}",
    "jfrxm": ".+",
    "jfrzjhm": ".+",
}


class FrontEnd:
    """Payments and questions after them, one at a time."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._faults, self._is_slow = books, faults, False
        self._one_at_a_time = Lock()
        self._does = {"sbf/jf": self._pay, "sbf/cx": self._ask, "sbf/dz": self._list}
        self.actions = {("POST", "/slow"): self._slow, ("POST", "/finish"): self._finish}

    def operation(self, request: Request) -> str:
        """The path without its slash."""
        return request.path.lstrip("/") if request.method == "POST" else ""

    def answer(self, request: Request) -> Response:
        """Always HTTP 200; ``code`` says how it went."""
        operation = self.operation(request)
        if operation not in self._does:
            return Response(b"Not Found", 404, "text/plain")
        with self._one_at_a_time:
            try:
                return self._answer(operation, tax_form.read(request.body))
            except Answered as told:
                return tax_form.write(told.code, told.text)

    def _answer(self, operation: str, data: dict[str, Any]) -> Response:
        refusal = self._faults.take("refuse", operation)
        if refusal is not None:
            raise Answered(str(refusal["code"]) or "1001", str(refusal["reason"]))
        return tax_form.write("0000", "成功", self._does[operation](data))

    def _pay(self, data: dict[str, Any]) -> Row:
        for name, form in _FIELDS.items():
            if not isinstance(data.get(name), str) or not re.fullmatch(form, data[name]):
                raise Answered("1002", f"{name}不符合要求")
        if strange := sorted(set(data) - set(_FIELDS)):
            raise Answered("1002", f"{strange[0]}不在接口中")
        if self._books.rows("SELECT id FROM payments WHERE jylsh = ?", data["jylsh"]):
            raise Answered("2001", "流水号重复")
        row = {"at": instant(), **data, "jfzt": "0", "sspzh": "", "jfrq": "", "sbyy": ""}
        done = {} if self._is_slow else _paid(len(self._books.effects()) + 1)
        number = self._books.insert("payments", row | done)
        return _told(self._books.rows("SELECT * FROM payments WHERE id = ?", number)[0])

    def _ask(self, data: dict[str, Any]) -> Row:
        rows = self._books.rows("SELECT * FROM payments WHERE jylsh = ?", str(data.get("jylsh")))
        if not rows:
            raise Answered("1404", "查无此流水号")
        return _told(rows[0])

    def _list(self, data: dict[str, Any]) -> dict[str, Any]:
        """A page of a span of China time: from ``kssj`` to before ``jssj``."""
        try:
            span = [in_utc(str(data.get(name)), _TIME) for name in ("kssj", "jssj")]
            page, size = int(data["yh"]), int(data["myts"])
        except (KeyError, TypeError, ValueError):
            raise Answered("1002", "时间或分页参数不符合要求") from None
        sql = "SELECT * FROM payments WHERE at >= ? AND at < ? ORDER BY id"
        rows = self._books.rows(sql, *span)
        part = rows[(page - 1) * size : page * size]
        return {"zs": len(rows), "mx": [_line(row) for row in part]}

    def _slow(self, given: dict[str, Any]) -> Any:
        self._is_slow = bool(given.get("slow", True))
        return {"slow": self._is_slow}

    def _finish(self, given: dict[str, Any]) -> Any:
        waiting = self._books.rows("SELECT id FROM payments WHERE jfzt = '0'")
        for row in waiting:
            end = {"jfzt": "2", "sspzh": "", "jfrq": "", "sbyy": str(given.get("reason", ""))}
            end = _paid(row["id"]) | {"sbyy": ""} if given["state"] == "paid" else end
            change = ", ".join(f"{name} = :{name}" for name in end)
            with self._books.transaction() as db:
                db.execute(f"UPDATE payments SET {change} WHERE id = :id", end | row)
        return {"finished": len(waiting)}


def _paid(number: int) -> dict[str, str]:
    voucher = f"33201{china_time('%y%m')}{number:09}"
    return {"jfzt": "1", "sspzh": voucher, "jfrq": china_time(_TIME)}


def _told(row: Row) -> Row:
    """Of a payment; who paid is not said again."""
    return {n: row[n] for n in ("jylsh", "grbh", "jfnd", "jfje", "jfzt", "sspzh", "jfrq", "sbyy")}


def _line(row: Row) -> Row:
    told = {name: row[name] for name in ("jylsh", "sspzh", "jfzt")}
    return told | {"jysj": in_china(row["at"], _TIME)}


def build(folder: Path) -> System:
    """The front-end over its books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="payments"), Faults()
    front = FrontEnd(books, faults)
    return System(books, faults, front, front.actions)


if __name__ == "__main__":
    sys.exit(run("tax", build))
