"""Civil affairs' allowance for the elderly (高龄津贴): the system of the tutorial, known to no adapter.

One SOAP operation, ``invoke(transCode, xmlData)``; in the string an XML document that declares GBK.
``YL01`` enters an application, ``YL02`` asks after one by our own number, ``YL03`` lists a span of time.
It does not know a repetition by its number: a second ``YL01`` is answered "enjoys it already",
which is the very answer that somebody else's application would get. Only ``YL02`` tells them apart.
``python -m sandbox.elderly --dir DIR --port N --control N``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from threading import Lock

from lxml import etree

from sandbox import resident_id, soap
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request, Response
from sandbox.moments import china_time, in_china, in_utc, instant, is_date
from sandbox.program import System, run

WSDL = "ElderlyAllowanceService.wsdl"
NAMESPACE = "http://service.ylbt.sandbox.zhida.example/"
AGE = 80
SCHEMA = """
CREATE TABLE IF NOT EXISTS applications (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, transno TEXT NOT NULL, slh TEXT NOT NULL UNIQUE,
    sfzh TEXT NOT NULL, xm TEXT NOT NULL, bzlx TEXT NOT NULL, yje TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS refusals (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, transno TEXT NOT NULL, reason TEXT NOT NULL
);
"""
_KINDS = ("01", "02")
_DECLARED = '<?xml version="1.0" encoding="GBK"?>'

Answer = tuple[str, str, list[Mapping[str, str]]]
"""Code, text, and the rows of the body."""


class Allowances:
    """Enters, answers questions and lists, one call at a time."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._faults = books, faults
        self._one_at_a_time = Lock()
        self._does: dict[str, Callable[[dict[str, str]], Answer]] = {
            "YL01": self._enter,
            "YL02": self._ask,
            "YL03": self._list,
        }

    def operation(self, request: Request) -> str:
        """The ``transCode``; empty for the WSDL."""
        name = soap.operation_of(request)
        if name != "invoke":
            return name
        return soap.payload(request.body).findtext("transCode") or "invalid"

    def answer(self, request: Request) -> Response:
        """A wrong envelope gets a SOAP fault; everything else an answer with a code."""
        if request.method != "POST":
            return soap.description(request, WSDL)
        try:
            call = soap.payload(request.body)
        except soap.Malformed as error:
            return soap.fault(f"Unmarshalling Error: {error}")
        if soap.local_name(call) != "invoke":
            return soap.fault("No such operation")
        told = self._act(call.findtext("transCode") or "", call.findtext("xmlData") or "")
        return Response(soap.envelope(told))

    def _act(self, code: str, text: str) -> etree._Element:
        try:
            asked = _read(text)
        except (UnicodeEncodeError, soap.Malformed):
            return _wrap("", ("9001", "报文无法解析", []))
        with self._one_at_a_time:
            act = self._does.get(code)
            answer = act(asked) if act else ("9002", "交易码不存在", [])
        return _wrap(asked.get("TRANSNO", ""), answer)

    def _enter(self, asked: dict[str, str]) -> Answer:
        wrong = _complaint(asked)
        if wrong:
            return "9003", wrong, []
        refusal = self._faults.take("refuse", "YL01")
        if refusal is not None:
            return self._refuse(asked, "1009", str(refusal["reason"]))
        if int(china_time("%Y%m%d")) - int(asked["CSRQ"]) < AGE * 10000:
            return self._refuse(asked, "1001", "未满80周岁")
        same = "SELECT 1 FROM applications WHERE sfzh = ? AND bzlx = ?"
        if self._books.rows(same, asked["SFZH"], asked["BZLX"]):
            return self._refuse(asked, "1002", "该人员已享受同类补贴")
        return "0000", "受理成功", [_told(self._write(asked))]

    def _write(self, asked: dict[str, str]) -> Row:
        number = len(self._books.effects()) + 1
        row = {"at": instant(), "transno": asked["TRANSNO"]}
        row |= {"slh": f"YL{china_time('%Y%m%d')}{number:05}"}
        row |= {name.lower(): asked[name] for name in ("SFZH", "XM", "BZLX", "YJE")}
        self._books.insert("applications", row)
        return row

    def _refuse(self, asked: dict[str, str], code: str, reason: str) -> Answer:
        row = {"at": instant(), "transno": asked["TRANSNO"], "reason": reason}
        self._books.insert("refusals", row)
        return code, reason, []

    def _ask(self, asked: dict[str, str]) -> Answer:
        number = asked.get("TRANSNO", "")
        done = self._books.rows("SELECT * FROM applications WHERE transno = ?", number)
        if done:
            return "0000", "查询成功", [_told(row) for row in done]
        refused = self._books.rows("SELECT * FROM refusals WHERE transno = ?", number)
        if refused:
            return "1009", str(refused[-1]["reason"]), []
        return "4004", "查无此流水号", []

    def _list(self, asked: dict[str, str]) -> Answer:
        try:
            span = [in_utc(asked.get(name, ""), "%Y%m%d%H%M%S") for name in ("KSSJ", "JSSJ")]
        except ValueError:
            return "9003", "KSSJ、JSSJ格式错误", []
        asked_for = "SELECT * FROM applications WHERE at >= ? AND at < ? ORDER BY id"
        return "0000", "查询成功", [_told(row) for row in self._books.rows(asked_for, *span)]


def _complaint(asked: dict[str, str]) -> str:
    for name in ("TRANSNO", "SFZH", "XM", "CSRQ", "BZLX", "YJE"):
        if not asked.get(name):
            return f"{name}不能为空"
    checks = {
        "SFZH": resident_id.is_valid(asked["SFZH"]),
        "CSRQ": is_date(asked["CSRQ"], "%Y%m%d"),
        "BZLX": asked["BZLX"] in _KINDS,
        "YJE": _is_money(asked["YJE"]),
    }
    return next((f"{name}格式错误" for name, good in checks.items() if not good), "")


def _is_money(text: str) -> bool:
    """元 with two decimals.

    >>> _is_money("100.00"), _is_money("100"), _is_money("1e2")
    (True, False, False)
    """
    try:
        return str(Decimal(text).quantize(Decimal("0.01"))) == text
    except InvalidOperation:
        return False


def _read(text: str) -> dict[str, str]:
    """The fields of HEAD and BODY together; the system knows GBK and nothing more."""
    root = soap.parse(text.encode("gbk"))
    leaves = (each for each in root.iter(tag=etree.Element) if len(each) == 0)
    return {soap.local_name(each): (each.text or "").strip() for each in leaves}


def _told(row: Row) -> Mapping[str, str]:
    names = ("transno", "slh", "sfzh", "xm", "bzlx", "yje")
    return {name.upper(): row[name] for name in names} | {
        "SLSJ": in_china(row["at"], "%Y-%m-%d %H:%M:%S")
    }


def _wrap(number: str, answer: Answer) -> etree._Element:
    code, text, rows = answer
    root = etree.Element("RESP")
    head, body = etree.SubElement(root, "HEAD"), etree.SubElement(root, "BODY")
    for name, value in (("TRANSNO", number), ("RTNCODE", code), ("RTNMSG", text)):
        etree.SubElement(head, name).text = value
    for row in rows:
        item = etree.SubElement(body, "ROW")
        for name, value in row.items():
            etree.SubElement(item, name).text = value
    told = etree.Element(f"{{{NAMESPACE}}}invokeResponse", nsmap={"ns2": NAMESPACE})
    etree.SubElement(told, "return").text = _DECLARED + etree.tostring(root, encoding="unicode")
    return told


def build(folder: Path) -> System:
    """The allowances over their books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="applications"), Faults()
    return System(books, faults, Allowances(books, faults))


if __name__ == "__main__":
    sys.exit(run("elderly", build))
