"""Human resources' card system: one string in, one string out, as the 金保 systems speak.

``applyCard`` orders a card, ``queryCard`` asks after an order, ``listCards`` lists them. It does not
de-duplicate: who sends an order twice has ordered two cards, each with a number of its own.
``python -m sandbox.social_security --dir DIR --port N --control N``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from lxml import etree

from sandbox import resident_id, soap
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request, Response
from sandbox.moments import china_time, in_china, in_utc, instant, is_date
from sandbox.program import System, run

WSDL = "SocialSecurityService.wsdl"
NAMESPACE = "http://card.social-security.sandbox.zhida.example/"
BANKS = frozenset({"102", "103", "104", "105", "403"})
"""Categories of CNAPS whose cards are issued here: 工 农 中 建 邮储."""
NAME_BYTES = 50
_TIME = "%Y%m%d%H%M%S"
_DECLARATION = '<?xml version="1.0" encoding="GBK" standalone="yes" ?>'
SCHEMA = """
CREATE TABLE IF NOT EXISTS cards (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, ywlsh TEXT NOT NULL, aac002 TEXT NOT NULL,
    aac003 TEXT NOT NULL, aae008 TEXT NOT NULL, aaz500 TEXT NOT NULL UNIQUE, record TEXT NOT NULL
);
"""
_FORMS: Mapping[str, Callable[[str], bool]] = {
    "prm_ywlsh": bool,
    "prm_aac002": resident_id.is_valid,
    "prm_aac003": lambda v: 0 < len(v.encode("gbk")) <= NAME_BYTES,
    "prm_aac004": lambda v: v in {"1", "2"},
    "prm_aac006": lambda v: is_date(v, "%Y%m%d"),
    "prm_jhrxm": bool,
    "prm_jhrzjhm": resident_id.is_valid,
    "prm_jhrgx": lambda v: v in {"51", "52"},
    "prm_aae005": lambda v: re.fullmatch("[+]?[0-9-]{6,20}", v) is not None,
}
Fields = dict[str, Any]


class CardSystem:
    """Orders, answers and lists, one call at a time."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._faults = books, faults
        self._one_at_a_time = Lock()
        self._does = {"applyCard": self._order, "queryCard": self._ask, "listCards": self._list}

    def operation(self, request: Request) -> str:
        """The SOAP operation; empty for the WSDL."""
        return soap.operation_of(request)

    def answer(self, request: Request) -> Response:
        """Do it; a wrong envelope gets a SOAP fault, a wrong string gets prm_appcode −2."""
        if request.method != "POST":
            return soap.description(request, WSDL)
        try:
            call = soap.payload(request.body)
        except soap.Malformed as error:
            return soap.fault(f"Unmarshalling Error: {error}")
        operation = soap.local_name(call)
        if operation not in self._does:
            return soap.fault("No such operation")
        root = etree.Element(f"{{{NAMESPACE}}}{operation}Response", nsmap={"ns2": NAMESPACE})
        text = self._write(operation, call.findtext("arg0") or "")
        etree.SubElement(root, "return").text = text
        return Response(soap.envelope(root))

    def _write(self, operation: str, text: str) -> str:
        try:
            fields = _read(text)
        except (soap.Malformed, ValueError) as error:
            return _written(_no(-2, f"报文不合格:{type(error).__name__}"))
        refusal = self._faults.take("refuse", operation)
        if refusal is not None:
            return _written(_no(-1, str(refusal["reason"])))
        with self._one_at_a_time:
            return _written(self._does[operation](fields))

    def _order(self, fields: Fields) -> Fields:
        wrong = [name for name, ok in _FORMS.items() if not ok(fields.get(name, ""))]
        if wrong:
            return _no(-2, f"{wrong[0]}不符合要求")
        if fields.get("prm_aae008") not in BANKS:
            return _no(-1, "该银行不是本地社会保障卡合作银行")
        number = len(self._books.effects()) + 1
        row: Row = {"at": instant(), "ywlsh": fields["prm_ywlsh"], "aaz500": f"A17{number:06}"}
        row |= {name: fields[f"prm_{name}"] for name in ("aac002", "aac003", "aae008")}
        self._books.insert("cards", row | {"record": json.dumps(fields, ensure_ascii=False)})
        return _card(row)

    def _ask(self, fields: Fields) -> Fields:
        known = "SELECT * FROM cards WHERE ywlsh = ? ORDER BY id"
        rows = self._books.rows(known, fields.get("prm_ywlsh", ""))
        return _card(rows[0]) if rows else _no(2, "查无此记录")

    def _list(self, fields: Fields) -> Fields:
        try:
            span = [in_utc(fields.get(name, ""), _TIME) for name in ("prm_begin", "prm_end")]
            page, size = int(fields["prm_page"]), int(fields["prm_size"])
        except (KeyError, ValueError):
            return _no(-2, "prm_begin、prm_end或分页不符合要求")
        known = "SELECT ywlsh, aaz500, at FROM cards WHERE at >= ? AND at < ? ORDER BY id"
        rows = self._books.rows(known, *span)
        part = [
            {**row, "aae036": in_china(row.pop("at"), _TIME)}
            for row in rows[(page - 1) * size : page * size]
        ]
        return {"prm_appcode": "1", "total": str(len(rows)), "rows": {"row": part}}


def _read(text: str) -> Fields:
    root = soap.parse(text.encode("gbk"))
    if root.tag != "input":
        raise ValueError(root.tag)
    return {soap.local_name(field): (field.text or "").strip() for field in root}


def _no(code: int, words: str) -> Fields:
    return {"prm_appcode": str(code), "prm_errormsg": words}


def _card(row: Row) -> Fields:
    told = {f"prm_{name}": row[name] for name in ("ywlsh", "aac002", "aaz500", "aae008")}
    at = in_china(row["at"], _TIME) if row.get("at") else china_time(_TIME)
    return {"prm_appcode": "1", "prm_errormsg": "", **told, "prm_aae036": at}


def _written(fields: Fields) -> str:
    root = etree.Element("output")
    root.extend(_elements(fields))
    return _DECLARATION + etree.tostring(root, encoding="unicode")


def _elements(fields: Fields) -> Iterator[etree._Element]:
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            element = etree.Element(name)
            if isinstance(each, dict):
                element.extend(_elements(each))
            else:
                element.text = each
            yield element


def build(folder: Path) -> System:
    """The card system over its books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="cards"), Faults()
    return System(books, faults, CardSystem(books, faults))


if __name__ == "__main__":
    sys.exit(run("social_security", build))
