"""The XML that the birth register takes and gives as one string inside its SOAP envelope.

It declares GBK whatever the envelope's encoding is, so the declaration is written because the
register expects it and ignored when read (``connectors.xml_in_text``). Names of the elements: the
register's own (dossier, newborn_fields.csv, N4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from connectors import xml_in_text

DECLARATION = '<?xml version="1.0" encoding="GBK"?>'


class UnreadableAnswerError(ValueError):
    """Not the XML that the register gives. The caller knows whether anything was executed."""


def request(fields: Mapping[str, str]) -> str:
    """One RECORD as the register takes it. The mapping has seen to it that every text is plain and fits.

    >>> request({"postid": "k1", "xm": "张小直<&"})[36:]
    '<ROOT><RECORD no="1"><postid>k1</postid><xm>张小直&lt;&amp;</xm></RECORD></ROOT>'
    """
    root = etree.Element("ROOT")
    record = etree.SubElement(root, "RECORD", no="1")
    for name, value in fields.items():
        etree.SubElement(record, name).text = value
    return DECLARATION + etree.tostring(root, encoding="unicode")


@dataclass(frozen=True, slots=True)
class Row:
    """One RECORD of an answer: attributes ``sid``, ``code``, ``msg`` and the elements' texts."""

    code: str
    serial: str
    message: str
    fields: Mapping[str, str]


def answer(text: object) -> tuple[Row, ...]:
    """The RECORDs of an answer. Raises ``UnreadableAnswerError``.

    Reads what registers send in fact: a byte order mark, an inner declaration that lies, and
    XML that was escaped twice.

    >>> answer('<RECORDS><RECORD no="1" sid="7" code="0" msg="ok"><XM>张</XM></RECORD></RECORDS>')
    (Row(code='0', serial='7', message='ok', fields={'XM': '张'}),)
    """
    try:
        root = xml_in_text.root(text)
    except xml_in_text.NoXmlError:
        raise UnreadableAnswerError from None
    rows = tuple(_row(record) for record in root.iter("RECORD"))
    if root.tag != "RECORDS" or not rows:
        raise UnreadableAnswerError
    return rows


def _row(record: etree._Element) -> Row:
    fields = {str(child.tag): (child.text or "").strip() for child in record.iterchildren("*")}
    code, serial, message = (record.get(name, "").strip() for name in ("code", "sid", "msg"))
    return Row(code, serial, message, fields)
