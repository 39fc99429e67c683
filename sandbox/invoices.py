"""The tax administration's check of invoices (an invented interface; the codes are those seen in the field).

``POST /invoice/check {"reqNo", "rows": [{"code", "number", "date", "total", "tail"}]}`` answers a row each, in the same order:
``001`` as stated, ``006`` something stated is not so, ``009`` none. At the control port ``POST /issue`` puts one in
(the same columns), ``POST /void {"number"}`` makes it void, ``POST /red {"number", "total"}`` takes some of it back.
``python -m sandbox.invoices --dir DIR --port N --control N``.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor
from sandbox.moments import china_time, instant
from sandbox.program import System, run

SCHEMA = """
CREATE TABLE IF NOT EXISTS invoices (
    code TEXT NOT NULL, number TEXT PRIMARY KEY, date TEXT NOT NULL, total TEXT NOT NULL, tail TEXT NOT NULL,
    void INTEGER NOT NULL DEFAULT 0, red TEXT NOT NULL DEFAULT '0.00'
);
CREATE TABLE IF NOT EXISTS asked (id INTEGER PRIMARY KEY, at TEXT NOT NULL, number TEXT NOT NULL);
"""
_COLUMNS = ("code", "number", "date", "total", "tail")


class Invoices:
    """Answers who can say what is printed on an invoice; every question is written down."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books = books
        acts = {"POST /invoice/check": self._check}
        self.door = JsonDoor(faults, acts, lambda reason: {"code": "4000", "msg": reason})
        self.actions = {
            ("POST", "/issue"): self._issue,
            ("POST", "/void"): self._void,
            ("POST", "/red"): self._red,
        }

    def _check(self, given: Given, _: Request) -> Any:
        rows = [
            self._one({name: str(row.get(name, "")) for name in _COLUMNS}) for row in given["rows"]
        ]
        told = {"reqNo": given["reqNo"], "date": china_time("%Y-%m-%d"), "rows": rows}
        return {"code": "0", "data": told}

    def _one(self, asked: dict[str, str]) -> dict[str, str]:
        self._books.insert("asked", {"at": instant(), "number": asked["number"]})
        names = {"number": asked["number"]} | ({"code": asked["code"]} if asked["code"] else {})
        found = self._books.rows("SELECT * FROM invoices WHERE number = ?", asked["number"])
        if not found:
            return {**names, "result": "009"}
        there = found[0]
        same = all(there[name] == asked[name] for name in ("code", "date", "total"))
        if not same or (there["tail"] and there["tail"] != asked["tail"]):
            return {**names, "result": "006"}
        state = _state(there["void"], Decimal(there["red"]), Decimal(there["total"]))
        return {
            **names,
            "result": "001",
            "state": state,
            "total": there["total"],
            "red": there["red"],
        }

    def _issue(self, given: Given) -> Any:
        row = {name: str(given.get(name, "")) for name in _COLUMNS}
        self._books.insert("invoices", row)
        return row

    def _void(self, given: Given) -> Any:
        with self._books.transaction() as db:
            done = db.execute("UPDATE invoices SET void = 1 WHERE number = ?", (given["number"],))
        return {"void": done.rowcount}

    def _red(self, given: Given) -> Any:
        with self._books.transaction() as db:
            values = (str(given["total"]), given["number"])
            done = db.execute("UPDATE invoices SET red = ? WHERE number = ?", values)
        return {"red": done.rowcount}


def _state(void: int, red: Decimal, total: Decimal) -> str:
    """1 in force, 2 void, 3 all of it taken back, 4 some of it."""
    if void:
        return "2"
    if not red:
        return "1"
    return "3" if red >= total else "4"


def build(folder: Path) -> System:
    """The check over its books; what counts is that it was asked."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="asked"), Faults()
    invoices = Invoices(books, faults)
    return System(books, faults, invoices.door, invoices.actions)


if __name__ == "__main__":
    sys.exit(run("invoices", build))
