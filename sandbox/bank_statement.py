"""The front-end machine's statement of a day (``GetTransInfoEX``): thirty entries a page, each side counted and summed.

Names and forms are those of public programs of the bank's customers; how far back it tells, and what it
says to a day that is none for it, is inferred. It tells only accounts that its user was granted; a day to
come by its own date, or one of more than a year ago, is refused (``RETCOD`` −1). Names are cut at 62 bytes.

At the control port: ``POST /grant {"account"}``; ``POST /entry {"account", "amount": fen, "side": "C", "day":
"yyyyMMdd", "payer", "payer_account", "reference", "remark", "number", "reversal": "*", "about": "3"}`` books one (all but
account and amount have a default); ``POST /statement {"behind": days, "cut": times, "stuck": times}``: its date is
behind, so many pages lose their last entry on the way, or say that there is more and go on from the beginning.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sandbox.bank_wire import Fields
from sandbox.books import Books, Row
from sandbox.moments import CHINA, china_time, is_date

SCHEMA = """
CREATE TABLE IF NOT EXISTS granted (id INTEGER PRIMARY KEY, account TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, day TEXT NOT NULL, at TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('C', 'D')), amount INTEGER NOT NULL CHECK (amount >= 0),
    reference TEXT NOT NULL, number TEXT NOT NULL, remark TEXT NOT NULL, payer TEXT NOT NULL,
    payer_account TEXT NOT NULL, reversal TEXT NOT NULL, about TEXT NOT NULL
);
"""
MOST = 30
_NAME = 62
_YEAR = timedelta(days=366)


class Refused(ValueError):
    """The bank's words for a question that it does not answer."""


class Statements:
    """Books entries when told to, and tells them."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._odd = {"behind": 0, "cut": 0, "stuck": 0}
        self.actions = {
            ("POST", "/grant"): self._grant,
            ("POST", "/entry"): self._enter,
            ("POST", "/statement"): self._be_odd,
        }

    def _grant(self, given: dict[str, Any]) -> dict[str, Any]:
        account = str(given["account"])
        if not self._books.rows("SELECT id FROM granted WHERE account = ?", account):
            self._books.insert("granted", {"account": account})
        return {"granted": account}

    def _enter(self, given: dict[str, Any]) -> dict[str, Any]:
        row: Row = {"day": china_time("%Y%m%d"), "at": china_time("%H%M%S"), "side": "C"}
        row |= dict.fromkeys(
            ("number", "remark", "payer", "payer_account", "reversal", "about"), ""
        )
        row |= {"reference": f"K{len(self._books.rows('SELECT id FROM entries')) + 1:013}C"}
        return {"id": self._books.insert("entries", row | given)}

    def _be_odd(self, given: dict[str, Any]) -> dict[str, Any]:
        self._odd |= {name: int(given.get(name, 0)) for name in self._odd}
        return dict(self._odd)

    def page(self, fields: Fields) -> Fields:
        """The answer's sections. Raises ``Refused``."""
        asked = fields.get("SDKRBPTRSX", {})
        account, day = str(asked.get("ACCNBR", "")), str(asked.get("TRSDAT", ""))
        if not self._books.rows("SELECT id FROM granted WHERE account = ?", account):
            raise Refused("账户不存在或没有查询权限")
        self._check(day)
        sql = "SELECT * FROM entries WHERE account = ? AND day = ? ORDER BY id"
        numbered = list(enumerate(self._books.rows(sql, account, day), 1))
        first = 0 if self._takes("stuck") else int(asked.get("TRSSEQ") or 0)
        left = [(number, row) for number, row in numbered if number >= first]
        part = left[:MOST]
        told = [_entry(row) for _, row in part]
        summary = _summary(part, more=len(left) > MOST)
        return {"NTQTSINFZ": told[: len(told) - self._takes("cut")], "NTRBPTRSZ1": summary}

    def _check(self, day: str) -> None:
        today = datetime.now(CHINA) - timedelta(days=self._odd["behind"])
        if not is_date(day, "%Y%m%d") or day > today.strftime("%Y%m%d"):
            raise Refused("查询日期不能大于当前日期")
        if day < (today - _YEAR).strftime("%Y%m%d"):
            raise Refused("查询日期超出范围")

    def _takes(self, name: str) -> int:
        """1 if that fault strikes now; uses up one of its times."""
        if self._odd[name] < 1:
            return 0
        self._odd[name] -= 1
        return 1


def _entry(row: Row) -> Fields:
    amount, side = _yuan(row["amount"]), row["side"]
    told: Fields = {"AMTCDR": side, "ETYDAT": row["day"], "ETYTIM": row["at"]}
    told |= {"TRSAMT": amount, f"TRSAMT{side}": amount, "C_TRSAMT": _yuan(row["amount"], ",")}
    told |= {"REFNBR": row["reference"], "YURREF": row["number"], "NARYUR": row["remark"]}
    told |= {"RPYNAM": _cut(row["payer"]), "RPYACC": row["payer_account"]}
    return told | {"RSVFLG": row["reversal"], "INFFLG": row["about"]}


def _summary(part: list[tuple[int, Row]], *, more: bool) -> Fields:
    told: Fields = {"COTFLG": "Y" if more else "N", "TRSSEQ": str(part[-1][0] if part else 0)}
    for side, name in (("C", "CRT"), ("D", "DBT")):
        amounts = [row["amount"] for _, row in part if row["side"] == side]
        told |= {f"{name}NBR": str(len(amounts)), f"{name}AMT": _yuan(sum(amounts))}
    return told


def _yuan(fen: int, thousands: str = "") -> str:
    """
    >>> _yuan(7), _yuan(120000050), _yuan(120000050, ",")
    ('0.07', '1200000.50', '1,200,000.50')
    """
    return f"{fen // 100:{thousands}}.{fen % 100:02}"


def _cut(name: str) -> str:
    """As much of a name as its field has place for."""
    while len(name.encode("gb18030")) > _NAME:
        name = name[:-1]
    return name
