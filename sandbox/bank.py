"""A bank's front-end machine: accounts of social security cards, and statements, XML in GBK over HTTP.

Style of a public bank-enterprise link; the functions SCOPNACT (open), SCQRYACT (ask by reference) and
SCLSTACT (list) are invented. ``RETCOD`` 0 says that the bank was reached; what came of it stands in
``REQSTS`` and ``RTNFLG``. The bank refuses a reference that it knows (NCB4241), be the account open.

Statements of accounts (``GetTransInfoEX``): ``sandbox.bank_statement``.

At the control port: ``POST /odd {"answer": "-9" | "CDCServer" | "ErrMsg", "times": 1}``: the next
call is done and answered so; ``POST /review {"on": true}``: openings wait for an officer (AUT), and
``POST /approve``, ``POST /decline {"reason"}`` decide all that wait.
``python -m sandbox.bank --dir DIR --port N --control N``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from sandbox import bank_rules, bank_statement, bank_wire
from sandbox.bank_statement import Refused, Statements
from sandbox.bank_wire import Fields, Unreadable
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request, Response
from sandbox.moments import china_time, in_china, instant
from sandbox.program import System, run

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, yurref TEXT NOT NULL, reqnbr TEXT NOT NULL,
    crdnbr TEXT NOT NULL, cltnam TEXT NOT NULL, cltidn TEXT NOT NULL, agtnam TEXT NOT NULL,
    accnbr TEXT NOT NULL UNIQUE, reqsts TEXT NOT NULL, rtnflg TEXT NOT NULL, errtxt TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS refusals (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, yurref TEXT NOT NULL, reqnbr TEXT NOT NULL,
    crdnbr TEXT NOT NULL, reqsts TEXT NOT NULL, rtnflg TEXT NOT NULL, errtxt TEXT NOT NULL
);
"""
_LISTED = """
SELECT at, yurref, reqnbr, rtnflg FROM accounts
UNION ALL SELECT at, yurref, reqnbr, rtnflg FROM refusals ORDER BY at
"""


class FrontEnd:
    """Opens, answers and lists, one call at a time."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._faults = books, faults
        self._one_at_a_time = Lock()
        self._odd: list[str] = []
        self._reviewed = False
        statements = Statements(books)
        self._does: dict[str, Callable[[Fields], Fields]] = {
            "SCOPNACT": self._open,
            "SCQRYACT": self._ask,
            "SCLSTACT": self._list,
            "GetTransInfoEX": statements.page,
        }
        self.actions = {
            **statements.actions,
            ("POST", "/odd"): self._be_odd,
            ("POST", "/review"): self._review,
            ("POST", "/approve"): lambda _: self._decide("S", ""),
            ("POST", "/decline"): lambda given: self._decide("F", str(given["reason"])),
        }

    def operation(self, request: Request) -> str:
        """The function that is asked for."""
        return bank_wire.function_of(request.body) if request.method == "POST" else ""

    def answer(self, request: Request) -> Response:
        """Do it and say so, unless it was told to say something else."""
        try:
            function, fields = bank_wire.read(request.body)
        except Unreadable as error:
            return bank_wire.words(f"ErrMsg:{error}")
        if function not in self._does:
            return bank_wire.words(f"CDCServer:功能{function}不存在")
        with self._one_at_a_time:
            try:
                told = self._does[function](fields)
            except Refused as no:
                return bank_wire.written(function, {}, retcod="-1", message=str(no))
            odd = self._odd.pop(0) if self._odd else ""
        if odd == "-9":
            return bank_wire.written(function, {}, retcod="-9", message="系统繁忙")
        return bank_wire.words(f"{odd}:通讯异常") if odd else bank_wire.written(function, told)

    def _be_odd(self, given: dict[str, Any]) -> dict[str, Any]:
        self._odd += [str(given["answer"])] * int(given.get("times", 1))
        return {"odd": len(self._odd)}

    def _review(self, given: dict[str, Any]) -> dict[str, Any]:
        self._reviewed = bool(given["on"])
        return {"review": self._reviewed}

    def _open(self, fields: Fields) -> Fields:
        asked = fields.get("SCOPNACX", {})
        wrong = next(bank_rules.complaints(asked), None)
        refusal = self._faults.take("refuse", "SCOPNACT")
        if wrong or refusal is not None:
            return self._refuse(asked, wrong or str(refusal["reason"] if refusal else ""))
        if self._books.rows("SELECT id FROM accounts WHERE yurref = ?", asked["YURREF"]):
            told = {"YURREF": asked["YURREF"], "REQSTS": "FIN", "RTNFLG": "F"}
            text = "NCB4241 -业务参考号重复"
            return {"SCOPNACZ": told | {"ERRCOD": "NCB4241", "ERRTXT": text}}
        number = len(self._books.effects()) + 1
        row: Row = {"at": instant(), "reqnbr": f"{number:010}", "errtxt": ""}
        row |= {name: asked[name.upper()] for name in ("yurref", "crdnbr", "cltnam", "cltidn")}
        row |= {"agtnam": asked["AGTNAM"], "accnbr": bank_rules.account_number(number)}
        row |= {"reqsts": "AUT", "rtnflg": "W"} if self._reviewed else _DONE
        self._books.insert("accounts", row)
        return {"SCOPNACZ": _section(row)}

    def _refuse(self, asked: Fields, reason: str) -> Fields:
        row: Row = {"at": instant(), "reqnbr": f"J{len(self._refusals()) + 1:09}"}
        row |= {name: str(asked.get(name.upper(), "")) for name in ("yurref", "crdnbr")}
        row |= {"reqsts": "FIN", "rtnflg": "F", "errtxt": reason}
        self._books.insert("refusals", row)
        return {"SCOPNACZ": _section(row)}

    def _refusals(self) -> list[Row]:
        return self._books.rows("SELECT id FROM refusals")

    def _decide(self, flag: str, reason: str) -> dict[str, Any]:
        sql = "UPDATE accounts SET reqsts='FIN', rtnflg=?, errtxt=? WHERE reqsts='AUT'"
        with self._books.transaction() as db:
            return {"decided": db.execute(sql, (flag, reason)).rowcount}

    def _ask(self, fields: Fields) -> Fields:
        who = str(fields.get("SCQRYACX", {}).get("YURREF", ""))
        for table in ("accounts", "refusals"):
            found = self._books.rows(f"SELECT * FROM {table} WHERE yurref = ? ORDER BY id", who)
            if found:
                return {"SCQRYACZ": {"RECCNT": "1"}, "SCOPNACZ": _section(found[-1])}
        return {"SCQRYACZ": {"RECCNT": "0"}}

    def _list(self, fields: Fields) -> Fields:
        asked = fields.get("SCLSTACX", {})
        days = (str(asked.get("BGNDAT")), str(asked.get("ENDDAT")))
        page, size = int(asked.get("PAGNBR", 1)), int(asked.get("PAGSIZ", 100))
        rows = [
            {"YURREF": row["yurref"], "REQNBR": row["reqnbr"], "RTNFLG": row["rtnflg"]}
            | {"OPRTIM": in_china(row["at"], "%Y%m%d%H%M%S")}
            for row in self._books.rows(_LISTED)
            if days[0] <= in_china(row["at"], "%Y%m%d") <= days[1]
        ]
        part = rows[(page - 1) * size : page * size]
        return {"SCLSTACY": {"RECCNT": str(len(rows))}, "SCLSTACZ": part}


_DONE = {"reqsts": "FIN", "rtnflg": "S"}


def _section(row: Row) -> Fields:
    """What is told of one opening; the account's number only when it is open."""
    names = ("yurref", "reqnbr", "crdnbr", "reqsts", "rtnflg", "errtxt")
    told = {name.upper(): row[name] for name in names}
    if row["rtnflg"] == "W":
        told["RTNFLG"] = ""
    if row["rtnflg"] == "F":
        told["ERRCOD"] = "SCB0001"
    if row["rtnflg"] == "S":
        told |= {"ACCNBR": row["accnbr"], "OPNDAT": china_time("%Y%m%d")}
    return told


def build(folder: Path) -> System:
    """The front-end machine over its books."""
    schema = SCHEMA + bank_statement.SCHEMA
    books, faults = Books(folder / "books.sqlite", schema, effects="accounts"), Faults()
    machine = FrontEnd(books, faults)
    return System(books, faults, machine, machine.actions)


if __name__ == "__main__":
    sys.exit(run("bank", build))
