"""The police's string: XML that declares GBK, inside a UTF-8 envelope.

The register itself knows GBK and nothing more: what it cannot write it does not take.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from sandbox import soap
from sandbox.books import Row

NAMESPACE = "http://birth.police.sandbox.zhida.example/"
_DECLARATION = '<?xml version="1.0" encoding="GBK"?>'


class Unreadable(ValueError):
    """The string holds no record; the text says why, without quoting it."""


def argument(call: etree._Element) -> str:
    """``arg0``, unqualified as JAX-WS wants it; a qualified one is not seen."""
    return call.findtext("arg0") or ""


def wrap(operation: str, text: str) -> etree._Element:
    """The answer's element around the string."""
    name = f"{{{NAMESPACE}}}{operation}Response"
    root = etree.Element(name, nsmap={"ns2": NAMESPACE})
    etree.SubElement(root, "return").text = text
    return root


def read_record(text: str) -> dict[str, str]:
    """The one RECORD of a request, by field name. Raises ``Unreadable``."""
    try:
        root = soap.parse(text.encode("gbk"))
    except UnicodeEncodeError as error:
        raise Unreadable("含有GBK以外的字符") from error
    except soap.Malformed as error:
        raise Unreadable("报文不是合法的XML") from error
    records = root.findall("RECORD") if root.tag == "ROOT" else []
    if len(records) != 1:
        raise Unreadable("应有且仅有一个RECORD")
    return {soap.local_name(field): (field.text or "").strip() for field in records[0]}


Record = tuple[Mapping[str, str], Mapping[str, str]]
"""Attributes (sid, code, msg) and fields of one RECORD of an answer."""


def write_records(records: Iterable[Record]) -> str:
    """The string of an answer: RECORDS with numbered RECORDs."""
    root = etree.Element("RECORDS")
    for number, (attributes, fields) in enumerate(records, 1):
        record = etree.SubElement(root, "RECORD", {"no": str(number), **attributes})
        for name, value in fields.items():
            etree.SubElement(record, name).text = value
    return _DECLARATION + etree.tostring(root, encoding="unicode")


def answer(code: str, text: str, *, sid: str = "") -> Record:
    """A row with a code and words."""
    return {"sid": sid, "code": code, "msg": text}, {}


def bad(text: str) -> Record:
    """Bad data."""
    return answer("-2", text)


def refused(reason: str) -> Record:
    """An officer's no."""
    attributes, _ = answer("1", "审核不通过")
    return attributes, {"KSTBSHJGDM": "2", "BYLH_JYQK": reason}


def registered(row: Row) -> Record:
    """A registration as it is told."""
    attributes, _ = answer("0", "登记成功", sid=row["sid"])
    names = {"GMSFHM": "gmsfhm", "XM": "xm", "XBDM": "xb", "MZDM": "mz"}
    names |= {"CSRQ": "csrq", "CSZMBH": "cszmbh", "DJRQ": "djrq"}
    return attributes, {name: row[column] for name, column in names.items()}
