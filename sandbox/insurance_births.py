"""The insurance platform's part in a birth: what a stay costs, who is insured before being born, premiums.

9105 (assess the expenses of a birth), 9106 (ask after it) and 9107 (list) are invented, like 9101. A
settlement rests on the settlement of the mother's stay; without one the platform does what it was told
at its control port: it refuses, says "not yet", or takes the application and waits for the stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox import insurance_list
from sandbox.books import Books, Row
from sandbox.insurance_envelope import Refused
from sandbox.moments import CHINA, china_time, instant

SCHEMA = """
CREATE TABLE IF NOT EXISTS stays (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, certno TEXT NOT NULL, psn_name TEXT NOT NULL,
    fund_pay_sumamt TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS settlements (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, msgid TEXT NOT NULL, evtsn TEXT NOT NULL,
    certno TEXT NOT NULL, psn_name TEXT NOT NULL, brth_cert_no TEXT NOT NULL,
    bankacct TEXT NOT NULL, stt TEXT NOT NULL, fund_pay_sumamt TEXT NOT NULL, setl_time TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS expected (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, psn_no TEXT NOT NULL, grd_certno TEXT NOT NULL,
    until TEXT NOT NULL, merged_into TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS premiums (
    id INTEGER PRIMARY KEY, psn_no TEXT NOT NULL, premium_year TEXT NOT NULL,
    premium_amt TEXT NOT NULL
);
"""
PREMIUM = "400.00"
"""In yuan, for the year of the enrolment, unless the control port says otherwise."""
TEMPORARY = timedelta(days=92)
"""About three months: how long the number of an expected child is good for (Nanjing, dossier B1)."""
_NO_STAY: Mapping[str, str] = {
    "refuse": "未查询到母亲的出院结算信息",
    "not-yet": "母亲尚未出院结算，请出院结算后再申报",
}


class Births:
    """Stays, settlements, expected children and premiums."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._no_stay, self._premium = "refuse", PREMIUM
        self.does = {"9105": self._settle, "9106": self._ask, "9107": self._list}
        self.actions = {
            ("POST", "/stay"): self._enter_stay,
            ("POST", "/no-stay"): self._set_no_stay,
            ("POST", "/expect"): self._expect,
            ("POST", "/premium"): self._set_premium,
            ("GET", "/settlements"): lambda _: books.rows("SELECT * FROM settlements ORDER BY id"),
            ("GET", "/expected"): lambda _: books.rows("SELECT * FROM expected ORDER BY id"),
        }

    def enrolled(self, psn_no: str, guardian: str) -> None:
        """Assess the premium; a child that was expected is merged, and has paid already."""
        now = instant()
        sql = "SELECT * FROM expected WHERE grd_certno = ? AND merged_into = '' AND until > ?"
        for expected in self._books.rows(f"{sql} ORDER BY id LIMIT 1", guardian, now):
            with self._books.transaction() as db:
                known = (psn_no, expected["id"])
                db.execute("UPDATE expected SET merged_into = ? WHERE id = ?", known)
            return
        if self._premium:
            told = {"premium_year": china_time("%Y"), "premium_amt": self._premium}
            self._books.insert("premiums", {"psn_no": psn_no} | told)

    def premium(self, psn_no: str) -> Row:
        """What is due for that number: nothing, or year and sum."""
        sql = "SELECT premium_year, premium_amt FROM premiums WHERE psn_no = ?"
        return next(iter(self._books.rows(sql, psn_no)), {})

    def _settle(self, data: dict[str, Any]) -> dict[str, Any]:
        names = ("msgid", "evtsn", "certno", "psn_name", "brth_cert_no")
        if missing := [name for name in names if not data.get(name)]:
            raise Refused(f"{missing[0]}不能为空")
        stays = self._books.rows("SELECT * FROM stays WHERE certno = ?", data["certno"])
        if stays and stays[-1]["psn_name"] != data["psn_name"]:
            raise Refused("姓名与证件号码不一致")
        if not stays and self._no_stay in _NO_STAY:
            raise Refused(_NO_STAY[self._no_stay])
        row = {name: str(data[name]) for name in names} | {"at": instant()}
        row |= {"bankacct": str(data.get("bankacct") or "")} | _assessed(stays)
        return _told(row | {"id": self._books.insert("settlements", row)})

    def _ask(self, data: dict[str, Any]) -> dict[str, Any]:
        sql = "SELECT * FROM settlements WHERE evtsn = ? ORDER BY id"
        return {"setlinfo": [_told(row) for row in self._books.rows(sql, str(data.get("evtsn")))]}

    def _list(self, data: dict[str, Any]) -> dict[str, Any]:
        select = "SELECT evtsn, printf('S%012d', id) AS setl_id, stt, at FROM settlements"
        return insurance_list.page(self._books, select, data)

    def _enter_stay(self, given: dict[str, Any]) -> Any:
        """The hospital has settled a stay: what waited for it is assessed."""
        row = {name: str(given[name]) for name in ("certno", "psn_name", "fund_pay_sumamt")}
        self._books.insert("stays", row | {"at": instant()})
        change = "UPDATE settlements SET stt = :stt, fund_pay_sumamt = :fund_pay_sumamt,"
        change += " setl_time = :setl_time WHERE certno = :certno AND stt = '0'"
        with self._books.transaction() as db:
            return {"assessed": db.execute(change, row | _assessed([row])).rowcount}

    def _set_no_stay(self, given: dict[str, Any]) -> Any:
        """``says``: ``refuse``, ``not-yet`` or ``wait``."""
        self._no_stay = str(given["says"])
        return {"says": self._no_stay}

    def _set_premium(self, given: dict[str, Any]) -> Any:
        """``amount`` in yuan; empty: nothing is due."""
        self._premium = str(given["amount"])
        return {"amount": self._premium}

    def _expect(self, given: dict[str, Any]) -> Any:
        """A mother has insured her child before its birth, under a number for the time being."""
        until = (datetime.now(CHINA) + TEMPORARY).strftime("%Y-%m-%d")
        row = {"at": instant(), "grd_certno": str(given["grd_certno"]), "until": until}
        number = f"T{len(self._books.rows('SELECT id FROM expected')) + 1:029}"
        self._books.insert("expected", row | {"psn_no": number} | _given_until(given))
        return {"psn_no": number}


def _given_until(given: Mapping[str, Any]) -> dict[str, str]:
    return {"until": str(given["until"])} if "until" in given else {}


def _assessed(stays: list[Row]) -> dict[str, str]:
    if not stays:
        return {"stt": "0", "fund_pay_sumamt": "", "setl_time": ""}
    sums = {"fund_pay_sumamt": str(stays[-1]["fund_pay_sumamt"])}
    return {"stt": "1", "setl_time": china_time("%Y-%m-%d %H:%M:%S")} | sums


def _told(row: Row) -> dict[str, str]:
    names = ("evtsn", "brth_cert_no", "stt", "fund_pay_sumamt", "setl_time")
    return {name: row[name] for name in names} | {"setl_id": f"S{row['id']:012}"}
