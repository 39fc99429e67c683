"""What the treasury decides about an order that lies before it, and its own books of it.

Each order that was written is decided once, whatever its number: two orders of one number are two
payments, unless the treasury was told to look (``refuses_repeats``). So what pays twice is seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from sqlite3 import Connection
from typing import Any

from sandbox.books import Books
from sandbox.moments import china_time, instant

SCHEMA = """
CREATE TABLE IF NOT EXISTS payments (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, at TEXT NOT NULL, orderno TEXT NOT NULL,
    busino TEXT NOT NULL, zbh TEXT NOT NULL, skrmc TEXT NOT NULL, skrzh TEXT NOT NULL,
    fen INTEGER NOT NULL, pzh TEXT NOT NULL, status TEXT NOT NULL, code TEXT NOT NULL,
    reason TEXT NOT NULL, day TEXT NOT NULL, time TEXT NOT NULL, backday TEXT NOT NULL DEFAULT '',
    backtime TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS payments_orderno ON payments (orderno);
CREATE TABLE IF NOT EXISTS recoveries (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, at TEXT NOT NULL, orderno TEXT NOT NULL,
    busino TEXT NOT NULL, ysqh TEXT NOT NULL, fen INTEGER NOT NULL, pzh TEXT NOT NULL,
    status TEXT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL, day TEXT NOT NULL,
    time TEXT NOT NULL
);
"""
ACCEPTED, DONE, RETURNED, REFUSED = "1", "2", "3", "4"
WORDS: Mapping[str, str] = {
    "AC01": "账号不存在",
    "AC04": "账户已销户",
    "AM04": "指标余额不足",
    "AM05": "支付申请编号重复",
    "AM09": "金额不符合要求",
    "BE01": "户名与账号不符",
    "MS03": "没有这笔已支付的款项",
}
"""Codes of ISO 20022, as this treasury words them."""


@dataclass(frozen=True, slots=True)
class Order:
    """A payment, or (with ``ysqh``, the number of what was paid) a recovery."""

    source: str
    """Where it was written: a row of a table, a file."""
    orderno: str
    busino: str
    zbh: str
    skrmc: str
    skrzh: str
    fen: int
    ysqh: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    status: str
    code: str = ""
    pzh: str = ""
    day: str = ""
    time: str = ""
    said: str = ""
    fen: int = 0
    """What came back, of a recovery: the treasury knows what it paid."""

    @property
    def reason(self) -> str:
        """In words."""
        return self.said or WORDS.get(self.code, "")


@dataclass
class Desk:
    """Accounts and budgets that were told of, and who decides by them. One thread at a time."""

    books: Books
    accounts: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """Number → ``name`` and ``state`` (open, closed); an account that nobody told of is open."""
    budgets: dict[str, int] = field(default_factory=dict)
    """Budget line → fen that are left; a line that nobody told of has enough."""
    refuses_repeats: bool = False
    closed_every: int = 0
    """Accounts whose number it divides are closed; 0: none."""

    def pay(self, db: Connection, order: Order, refusal: Mapping[str, Any] | None) -> Outcome:
        """Decide, and keep it in the transaction of ``db``; what is decided already, as it was."""
        known = _known(db, "payments", order.source)
        if known is not None:
            return known
        told = _told(refusal) if refusal else self._decided(db, order)
        row = _row(order, told) | {"zbh": order.zbh, "skrmc": order.skrmc, "skrzh": order.skrzh}
        _insert(db, "payments", row)
        if told.status == DONE and order.zbh in self.budgets:
            self.budgets[order.zbh] -= order.fen
        return told

    def recover(self, db: Connection, order: Order, refusal: Mapping[str, Any] | None) -> Outcome:
        """What was paid under ``ysqh`` comes back, once."""
        known = _known(db, "recoveries", order.source)
        if known is not None:
            return known
        told = _told(refusal) if refusal else _recovered(db, order)
        row = _row(order, told) | {"ysqh": order.ysqh, "fen": told.fen}
        _insert(db, "recoveries", row)
        return told

    def send_back(self, orderno: str, code: str) -> Outcome:
        """What was paid days ago comes back: the payee's bank could not book it."""
        told = _moment(RETURNED, code, "")
        with self.books.transaction() as db:
            sql = (
                "UPDATE payments SET status='3', code=?, reason=?, backday=?, backtime=?"
                " WHERE orderno=? AND status='2'"
            )
            values = (code, told.reason, told.day, told.time, orderno)
            if db.execute(sql, values).rowcount != 1:
                raise ValueError(orderno)
        return told

    def _decided(self, db: Connection, order: Order) -> Outcome:
        account = self.accounts.get(order.skrzh) or self._usual(order)
        if order.fen <= 0:
            return _moment(REFUSED, "AM09", "")
        if self.refuses_repeats and _seen(db, order.orderno):
            return _moment(REFUSED, "AM05", "")
        if self.budgets.get(order.zbh, order.fen) < order.fen:
            return _moment(REFUSED, "AM04", "")
        if account.get("state", "open") != "open":
            return _moment(RETURNED, "AC04", _number(db, "payments", "GK"))
        if account.get("name", order.skrmc) != order.skrmc:
            return _moment(RETURNED, "BE01", _number(db, "payments", "GK"))
        return _moment(DONE, "", _number(db, "payments", "GK"))

    def _usual(self, order: Order) -> Mapping[str, str]:
        """An account that nobody told of."""
        closed = self.closed_every and int(order.skrzh) % self.closed_every == 0
        return {"name": order.skrmc, "state": "closed" if closed else "open"}

    def sums(self) -> dict[str, Any]:
        """Payments that stand, each award counted; ``doubled`` names those paid more than once."""
        paid = self.books.rows(
            "SELECT busino, count(*) AS n, sum(fen) AS fen FROM payments WHERE status = '2'"
            " GROUP BY busino"
        )
        states = self.books.rows("SELECT status, count(*) AS n FROM payments GROUP BY status")
        return {
            "awards": len(paid),
            "fen": sum(row["fen"] for row in paid),
            "doubled": [row["busino"] for row in paid if row["n"] > 1],
            "by_status": {row["status"]: row["n"] for row in states},
        }


def _recovered(db: Connection, order: Order) -> Outcome:
    sql = "SELECT fen FROM payments WHERE orderno = ? AND status = '2'"
    paid = db.execute(sql, (order.ysqh,)).fetchone()
    again = "SELECT 1 FROM recoveries WHERE ysqh = ? AND status = '2'"
    if paid is None or db.execute(again, (order.ysqh,)).fetchone():
        return _moment(REFUSED, "MS03", "")
    return replace(_moment(DONE, "", _number(db, "recoveries", "SH")), fen=paid[0])


def _told(refusal: Mapping[str, Any]) -> Outcome:
    told = _moment(REFUSED, str(refusal.get("code") or "MS03"), "")
    return replace(told, said=str(refusal["reason"]))


def _moment(status: str, code: str, number: str) -> Outcome:
    return Outcome(status, code, number, china_time("%Y%m%d"), china_time("%Y-%m-%d %H:%M:%S"))


def _number(db: Connection, table: str, begins: str) -> str:
    """The next voucher."""
    count = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return f"{begins}{china_time('%Y')}{count + 1:08}"


def _seen(db: Connection, orderno: str) -> bool:
    sql = "SELECT 1 FROM payments WHERE orderno = ?"
    return db.execute(sql, (orderno,)).fetchone() is not None


def _known(db: Connection, table: str, source: str) -> Outcome | None:
    fen = "fen" if table == "recoveries" else "0"
    sql = f"SELECT status, code, pzh, day, time, reason, {fen} FROM {table} WHERE source = ?"
    row = db.execute(sql, (source,)).fetchone()
    return Outcome(*row) if row else None


def _row(order: Order, told: Outcome) -> dict[str, Any]:
    row = {name: getattr(order, name) for name in ("source", "orderno", "busino", "fen")}
    row |= {name: getattr(told, name) for name in ("status", "code", "pzh", "day", "time")}
    return row | {"at": instant(), "reason": told.reason}


def _insert(db: Connection, table: str, row: Mapping[str, Any]) -> None:
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    db.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(row.values()))
