"""The front-end machine's XML: read from and written in GBK, whatever is said around it.

A name with a character that GBK has not goes out in GB 18030, under the same declaration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from sandbox import soap
from sandbox.http_server import Response

ROOT = "CMBSDKPGK"
Fields = dict[str, Any]


class Unreadable(ValueError):
    """No such message; the text says why, without quoting it."""


def read(body: bytes) -> tuple[str, Fields]:
    """Function and sections. Raises ``Unreadable``."""
    try:
        text = body.decode("gbk")
        root = soap.parse(text.partition("?>")[2].encode() if "<?xml" in text else text.encode())
    except UnicodeDecodeError as error:
        raise Unreadable("报文不是GBK编码") from error
    except soap.Malformed as error:
        raise Unreadable("报文不是合法的XML") from error
    sections = {str(each.tag): _fields(each) for each in root}
    head = sections.pop("INFO", {})
    if root.tag != ROOT or not head.get("FUNNAM") or not head.get("LGNNAM"):
        raise Unreadable("INFO不完整")
    return str(head["FUNNAM"]), sections


def _fields(section: etree._Element) -> Fields:
    return {str(field.tag): (field.text or "").strip() for field in section}


def function_of(body: bytes) -> str:
    """For the books: the function, or ``invalid``."""
    try:
        return read(body)[0]
    except Unreadable:
        return "invalid"


def written(function: str, sections: Fields, *, retcod: str = "0", message: str = "") -> Response:
    """An answer; a list of sections stands one after the other."""
    head = {"DATTYP": "2", "ERRMSG": message, "FUNNAM": function, "RETCOD": retcod}
    root = etree.Element(ROOT)
    root.extend(_elements({"INFO": head, **sections}))
    text = etree.tostring(root, encoding="unicode")
    told = f'<?xml version="1.0" encoding="GBK"?>{text}'
    return Response(told.encode("gb18030"), 200, "text/xml")


def _elements(fields: Mapping[str, Any]) -> Iterator[etree._Element]:
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            element = etree.Element(name)
            if isinstance(each, Mapping):
                element.extend(_elements(each))
            else:
                element.text = each
            yield element


def words(text: str) -> Response:
    """A line instead of XML, as these machines do when they are in trouble."""
    return Response(text.encode("gbk"), 200, "text/plain")
