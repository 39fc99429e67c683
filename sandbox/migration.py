"""The police's system of moves between households (an invented interface), as old systems are.

One SOAP operation, ``invoke(transCode, xmlData)``; in the string an XML document that declares GBK.
``QY01`` asks for a permit to move in, ``QY02`` enters who has come, ``QY09`` tells of either by our own
number. An entry waits for the old place to let the person go: ``POST /released`` at the control port
says so for all that wait. ``POST /object {"gmsfhm", "reason"}``: there is no permit for this person;
``POST /permit {"sqbh", "gmsfhm", "zqzbh"}``: one that people have issued.
``python -m sandbox.migration --dir DIR --port N --control N``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from lxml import etree

from sandbox import resident_id, soap
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request, Response
from sandbox.moments import china_time, instant, is_date
from sandbox.program import System, run

WSDL = "HouseholdMigrationService.wsdl"
NAMESPACE = "http://service.hjqy.sandbox.zhida.example/"
DIVISION = "320117"
SCHEMA = """
CREATE TABLE IF NOT EXISTS moves (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, code TEXT NOT NULL, transno TEXT NOT NULL,
    sqbh TEXT NOT NULL, gmsfhm TEXT NOT NULL, zqzbh TEXT NOT NULL, hjlsh TEXT NOT NULL,
    day TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL
);
"""
_DECLARED = '<?xml version="1.0" encoding="GBK"?>'
_STATES = {"applied": ("0000", "办理成功"), "waiting": ("0001", "已受理，等待迁出地")}
Asked = Mapping[str, str]
Answer = tuple[str, str, Mapping[str, str]]
"""Code, text, and the row of the body."""


class Moves:
    """Permits and entries, one call at a time."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._faults, self._one_at_a_time = books, faults, Lock()
        self._objections: dict[str, str] = {}
        self._does = {"QY01": self._permit, "QY02": self._enter, "QY09": self._tell}
        self.actions = {
            ("POST", "/object"): self._object,
            ("POST", "/permit"): self._issued,
            ("POST", "/released"): self._released,
        }

    def operation(self, request: Request) -> str:
        """The ``transCode``; empty for the WSDL."""
        name = soap.operation_of(request)
        return (
            (soap.payload(request.body).findtext("transCode") or "") if name == "invoke" else name
        )

    def answer(self, request: Request) -> Response:
        """A wrong envelope gets a SOAP fault; everything else an answer with a code."""
        if request.method != "POST":
            return soap.description(request, WSDL)
        try:
            call = soap.payload(request.body)
        except soap.Malformed as error:
            return soap.fault(f"Unmarshalling Error: {error}")
        return Response(soap.envelope(self._act(call)))

    def _act(self, call: etree._Element) -> etree._Element:
        try:
            asked = _read(call.findtext("xmlData") or "")
        except (UnicodeEncodeError, soap.Malformed):
            return _wrap("", ("9001", "报文无法解析", {}))
        act = self._does.get(call.findtext("transCode") or "")
        with self._one_at_a_time:
            told = act(asked) if act else ("9002", "交易码不存在", {})
        return _wrap(asked.get("TRANSNO", ""), told)

    def _permit(self, asked: Asked) -> Answer:
        wrong = _complaint(asked)
        if wrong:
            return "9003", wrong, {}
        reason = self._objections.get(asked["GMSFHM"], "")
        number = f"RZ{DIVISION}{len(self._books.effects()) + 1:08}"
        about = {"sqbh": asked["SQBH"], "gmsfhm": asked["GMSFHM"]}
        about |= {"zqzbh": "" if reason else number, "hjlsh": ""}
        return self._write("QY01", asked, about, ("refused" if reason else "applied", reason))

    def _enter(self, asked: Asked) -> Answer:
        known = "SELECT * FROM moves WHERE code = 'QY01' AND zqzbh = ? AND zqzbh <> ''"
        permits = self._books.rows(known, asked.get("ZQZBH", ""))
        if not permits:
            return "9003", "ZQZBH不存在", {}
        number = f"HJ{len(self._books.effects()) + 1:010}"
        about = {name: permits[0][name] for name in ("sqbh", "gmsfhm", "zqzbh")}
        return self._write("QY02", asked, about | {"hjlsh": number}, ("waiting", ""))

    def _write(self, code: str, asked: Asked, about: Row, came_to: tuple[str, str]) -> Answer:
        row: Row = {"at": instant(), "code": code, "transno": asked["TRANSNO"], **about}
        row |= {"day": china_time("%Y%m%d"), "state": came_to[0], "reason": came_to[1]}
        self._books.insert("moves", row)
        return _told(row)

    def _tell(self, asked: Asked) -> Answer:
        known = "SELECT * FROM moves WHERE transno = ? ORDER BY id"
        rows = self._books.rows(known, asked.get("TRANSNO", ""))
        return _told(rows[0]) if rows else ("4004", "查无此流水号", {})

    def _object(self, given: dict[str, Any]) -> dict[str, Any]:
        self._objections[given["gmsfhm"]] = given["reason"]
        return {}

    def _issued(self, given: dict[str, Any]) -> dict[str, Any]:
        about = {name: given[name] for name in ("sqbh", "gmsfhm", "zqzbh")} | {"hjlsh": ""}
        self._write("QY01", {"TRANSNO": f"RG{given['zqzbh']}"}, about, ("applied", ""))
        return {}

    def _released(self, _: dict[str, Any]) -> dict[str, Any]:
        with self._books.transaction() as db:
            done = db.execute("UPDATE moves SET state = 'applied' WHERE state = 'waiting'")
        return {"released": done.rowcount}


def _complaint(asked: Asked) -> str:
    for name in ("TRANSNO", "SQBH", "XM", "GMSFHM", "CSRQ", "QCDQH", "LHQX"):
        if not asked.get(name):
            return f"{name}不能为空"
    if not resident_id.is_valid(asked["GMSFHM"]) or not is_date(asked["CSRQ"], "%Y%m%d"):
        return "GMSFHM或CSRQ格式错误"
    return "" if asked["LHQX"] in "13" else "LHQX不由接口办理"


def _read(text: str) -> dict[str, str]:
    """The fields of HEAD and BODY together; the system knows GBK and nothing more."""
    root = soap.parse(text.encode("gbk"))
    leaves = (each for each in root.iter(tag=etree.Element) if len(each) == 0)
    return {soap.local_name(each): (each.text or "").strip() for each in leaves}


def _told(row: Row) -> Answer:
    if row["state"] == "refused":
        return "1001", row["reason"], {}
    code, text = _STATES[row["state"]]
    told = {"TRANSNO": row["transno"], "ZQZBH": row["zqzbh"]}
    if row["code"] == "QY01":
        until = f"{int(row['day'][:4]) + 1}0131"
        told |= {"SQBH": row["sqbh"], "GMSFHM": row["gmsfhm"], "QFRQ": row["day"], "YXQZ": until}
    elif row["state"] == "applied":
        told |= {"DJRQ": row["day"], "HJLSH": row["hjlsh"]}
    return code, text, told


def _wrap(number: str, answer: Answer) -> etree._Element:
    code, text, row = answer
    root = etree.Element("RESP")
    head, body = etree.SubElement(root, "HEAD"), etree.SubElement(root, "BODY")
    for name, value in (("TRANSNO", number), ("RTNCODE", code), ("RTNMSG", text)):
        etree.SubElement(head, name).text = value
    item = etree.SubElement(body, "ROW") if row else None
    for name, value in row.items():
        if item is not None:
            etree.SubElement(item, name).text = value
    told = etree.Element(f"{{{NAMESPACE}}}invokeResponse", nsmap={"ns2": NAMESPACE})
    etree.SubElement(told, "return").text = _DECLARED + etree.tostring(root, encoding="unicode")
    return told


def build(folder: Path) -> System:
    """The moves over their books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="moves"), Faults()
    moves = Moves(books, faults)
    return System(books, faults, moves, actions=moves.actions)


if __name__ == "__main__":
    sys.exit(run("migration", build))
