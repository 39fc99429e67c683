"""The purchasing system of a core enterprise (an invented interface): its orders, and what has become of each.

``POST /open/order {"orderNo", "sellerCode", "buyerCode"}`` and ``POST /open/delivery {"orderNo"}`` answer what is so
now; amounts are yuan in text, as such systems print them. At the control port ``POST /order`` puts an order in or changes
it (every column; a change counts up), ``POST /delivery {"orderNo", "arrived", "accepted", "slip", "date"}``.
``python -m sandbox.core_enterprise --dir DIR --port N --control N``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor
from sandbox.moments import china_time, instant
from sandbox.program import System, run

COLUMNS = (
    *("orderNo", "contractNo", "buyerCode", "buyerName", "sellerCode", "sellerName", "amount", "signDate"),
    *("stage", "state", "changeDate", "delivered", "invoiced", "paid", "dueDate", "confirmed"),
    *("confirmAskDate", "confirmDate", "assignable"),
)  # fmt: skip
"""Of an order; empty: not stated."""
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS orders (
    {", ".join(f"{name} TEXT NOT NULL DEFAULT ''" for name in COLUMNS)},
    changes INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (orderNo)
);
CREATE TABLE IF NOT EXISTS deliveries (
    orderNo TEXT PRIMARY KEY, arrived TEXT NOT NULL, accepted TEXT NOT NULL, slip TEXT NOT NULL, date TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS asked (id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL, orderNo TEXT NOT NULL);
"""
_NONE = {"code": "4040", "msg": "没有这个订单"}


class Purchasing:
    """Answers only who names the order and both parties; every question is written down."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books = books
        acts = {"POST /open/order": self._order, "POST /open/delivery": self._delivery}
        self.door = JsonDoor(faults, acts, lambda reason: {"code": "4000", "msg": reason})
        self.actions = {("POST", "/order"): self._put, ("POST", "/delivery"): self._deliver}

    def _order(self, given: Given, _: Request) -> Any:
        self._note("order", given)
        names = ("orderNo", "sellerCode", "buyerCode")
        sql = "SELECT * FROM orders WHERE orderNo = ? AND sellerCode = ? AND buyerCode = ?"
        rows = self._books.rows(sql, *(str(given[name]) for name in names))
        if not rows:
            return _NONE
        told = {name: str(value) for name, value in rows[0].items() if value != ""}
        return {"code": "0", "data": told}

    def _delivery(self, given: Given, _: Request) -> Any:
        self._note("delivery", given)
        rows = self._books.rows("SELECT * FROM deliveries WHERE orderNo = ?", given["orderNo"])
        today = china_time("%Y-%m-%d")
        return {"code": "0", "data": {**rows[0], "asOf": today}} if rows else _NONE

    def _note(self, what: str, given: Given) -> None:
        row = {"at": instant(), "what": what, "orderNo": str(given["orderNo"])}
        self._books.insert("asked", row)

    def _put(self, given: Given) -> Any:
        told = {name: str(value) for name, value in given.items() if name in COLUMNS}
        names, marks = ", ".join(told), ", ".join("?" * len(told))
        changed = ", ".join(f"{name} = excluded.{name}" for name in told)
        with self._books.transaction() as db:
            db.execute(
                f"INSERT INTO orders ({names}) VALUES ({marks}) ON CONFLICT (orderNo) DO UPDATE"
                f" SET {changed}, changes = changes + 1",
                tuple(told.values()),
            )
        return {"order": told["orderNo"]}

    def _deliver(self, given: Given) -> Any:
        values = tuple(
            str(given[name]) for name in ("orderNo", "arrived", "accepted", "slip", "date")
        )
        with self._books.transaction() as db:
            db.execute("INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?)", values)
        return {"order": given["orderNo"]}


def build(folder: Path) -> System:
    """The system over its books; what counts is that it was asked."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="asked"), Faults()
    purchasing = Purchasing(books, faults)
    return System(books, faults, purchasing.door, purchasing.actions)


if __name__ == "__main__":
    sys.exit(run("core_enterprise", build))
