"""The birth register of public security: one string in, one string out, GBK in both.

``csdj`` registers, ``csdjbg`` amends (``ypostid`` names the registration), ``csdjzx`` cancels,
``csdjcx`` asks after any of them.
It does not de-duplicate. Whoever sends a birth twice has registered two children, each with a
number of its own; that is what its books are for.
``python -m sandbox.police --dir DIR --port N --control N``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock

from sandbox import police_cards, police_list, police_wire, resident_id, soap
from sandbox.books import Books, Row
from sandbox.control import Routes
from sandbox.faults import Faults
from sandbox.http_server import Request, Response
from sandbox.moments import china_time, instant
from sandbox.police_cards import CardDesk
from sandbox.police_rules import complaints
from sandbox.police_wire import (
    Record,
    Unreadable,
    answer,
    bad,
    read_record,
    refused,
    registered,
    write_records,
)
from sandbox.program import System, run

WSDL = "BirthRegisterService.wsdl"
DIVISION = "320117"
"""溧水区 (GB/T 2260): the first six digits of every number issued here."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS registrations (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, postid TEXT NOT NULL, sid TEXT NOT NULL,
    cszmbh TEXT NOT NULL, gmsfhm TEXT NOT NULL UNIQUE, xm TEXT NOT NULL, xb TEXT NOT NULL,
    mz TEXT NOT NULL, csrq TEXT NOT NULL, djrq TEXT NOT NULL, record TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'registered'
);
CREATE TABLE IF NOT EXISTS amendments (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, postid TEXT NOT NULL, ypostid TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('csdjbg', 'csdjzx')), record TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS refusals (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, postid TEXT NOT NULL, cszmbh TEXT NOT NULL,
    reason TEXT NOT NULL
);
"""
SCHEMA += police_cards.SCHEMA


class BirthRegister:
    """Registers, amends, cancels, answers questions and lists, one call at a time."""

    def __init__(self, books: Books, faults: Faults, cards: CardDesk) -> None:
        self._books = books
        self._faults = faults
        self._one_at_a_time = Lock()
        self._does: dict[str, Callable[[dict[str, str]], list[Record]]] = {
            "csdj": self._register,
            "csdjcx": self._ask,
            "csdjdz": self._list,
            "sfzsl": cards.apply,
            "sfzslcx": cards.ask,
            "sfzsldz": cards.listed,
        }
        for change in ("csdjbg", "csdjzx"):
            self._does[change] = partial(self._change, change)

    def operation(self, request: Request) -> str:
        """The SOAP operation; empty for the WSDL."""
        return soap.operation_of(request)

    def answer(self, request: Request) -> Response:
        """Do it; a wrong envelope gets a SOAP fault, a wrong string gets code −2."""
        if request.method != "POST":
            return soap.description(request, WSDL)
        try:
            call = soap.payload(request.body)
        except soap.Malformed as error:
            return soap.fault(f"Unmarshalling Error: {error}")
        operation = soap.local_name(call)
        if operation not in self._does:
            return soap.fault("No such operation")
        text = self._write(operation, police_wire.argument(call))
        return Response(soap.envelope(police_wire.wrap(operation, text)))

    def _write(self, operation: str, text: str) -> str:
        try:
            record = read_record(text)
        except Unreadable as error:
            return write_records([bad(str(error))])
        with self._one_at_a_time:
            return write_records(self._does[operation](record))

    def _register(self, record: dict[str, str]) -> list[Record]:
        wrong = next(complaints(record), None)
        if wrong:
            return [bad(wrong)]
        refusal = self._faults.take("refuse", "csdj", about=record["cszmbh"])
        if refusal is not None:
            return [self._refuse(record, str(refusal["reason"]))]
        return [registered(self._enter(record))]

    def _change(self, operation: str, record: dict[str, str]) -> list[Record]:
        """Amend or cancel; every call is a row of its own, the registration says what is now."""
        wrong = next(complaints(record), None) if operation == "csdjbg" else None
        if wrong:
            return [bad(wrong)]
        asked = "SELECT * FROM registrations WHERE postid = ?"
        if not record.get("postid") or not self._books.rows(asked, record.get("ypostid", "")):
            return [bad("原登记不存在")]
        refusal = self._faults.take("refuse", operation)
        if refusal is not None:
            return [self._refuse(record, str(refusal["reason"]))]
        self._enter_change(operation, record)
        return self._ask(record)

    def _enter_change(self, operation: str, record: dict[str, str]) -> None:
        told = json.dumps(record, ensure_ascii=False)
        row = {"at": instant(), "postid": record["postid"], "ypostid": record["ypostid"]}
        values = [record["ypostid"]]
        change = "UPDATE registrations SET state = 'cancelled' WHERE postid = ?"
        if operation == "csdjbg":
            names = ("cszmbh", "xm", "xb", "mz")
            changes = ", ".join(f"{name} = ?" for name in (*names, "record"))
            change = f"UPDATE registrations SET {changes} WHERE postid = ?"
            values = [*(record[name] for name in names), told, *values]
        with self._books.transaction() as db:
            db.execute(
                "INSERT INTO amendments (at, postid, ypostid, kind, record)"
                " VALUES (:at, :postid, :ypostid, :kind, :record)",
                row | {"kind": operation, "record": told},
            )
            db.execute(change, values)

    def _refuse(self, record: dict[str, str], reason: str) -> Record:
        row = {"at": instant(), "postid": record["postid"], "cszmbh": record["cszmbh"]}
        self._books.insert("refusals", row | {"reason": reason})
        return refused(reason)

    def _enter(self, record: dict[str, str]) -> Row:
        kept = {name: record[name] for name in ("postid", "cszmbh", "xm", "xb", "mz", "csrq")}
        today = china_time("%Y%m%d")
        number = len(self._books.effects()) + 1
        row = {"at": instant(), "sid": f"{DIVISION}{today}{number:06}", "djrq": today}
        row |= kept | {"gmsfhm": self._next_number(record["csrq"], record["xb"])}
        self._books.insert(
            "registrations", row | {"record": json.dumps(record, ensure_ascii=False)}
        )
        return row

    def _next_number(self, birth_date: str, sex: str) -> str:
        """The sequence goes by the numbers given out: a sex that was amended since keeps its own."""
        given = "SELECT count(*) AS n FROM registrations WHERE csrq = ? AND substr(gmsfhm, 17, 1) % 2 = ?"
        odd = 1 if sex == "1" else 0
        before = self._books.rows(given, birth_date, odd)[0]["n"]
        return resident_id.compose(DIVISION, birth_date, 2 * before + 2 - odd)

    def _ask(self, record: dict[str, str]) -> list[Record]:
        postid = record.get("postid", "")
        if not postid:
            return [bad("postid不能为空")]
        done = self._books.rows(
            "SELECT * FROM registrations WHERE postid = ? OR postid IN"
            " (SELECT ypostid FROM amendments WHERE postid = ?) ORDER BY id",
            postid,
            postid,
        )
        if done:
            return [registered(row) for row in done]
        said = "SELECT reason FROM refusals WHERE postid = ? ORDER BY id DESC LIMIT 1"
        reasons = [row["reason"] for row in self._books.rows(said, postid)]
        return [refused(reason) for reason in reasons] or [answer("9", "查无此记录")]

    def _list(self, record: dict[str, str]) -> list[Record]:
        try:
            asked = police_list.read(record)
        except ValueError:
            return [bad("kssj、jssj或yh格式错误")]
        return police_list.page(self._books, asked) or [answer("9", "查无记录")]


def build(folder: Path) -> System:
    """The register over its books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="registrations"), Faults()
    cards = CardDesk(books, faults)
    actions: Routes = {("GET", "/cards"): lambda _: cards.rows()}
    return System(books, faults, BirthRegister(books, faults, cards), actions)


if __name__ == "__main__":
    sys.exit(run("police", build))
