"""XML with many records: every element of one name, wherever it stands, is a record.

Elements with children become objects, repeated ones lists, attributes ``@name``; namespaces are
left out. A text that goes on after an element is refused, for no field could hold it whole. A DOCTYPE is refused before a parser sees it, and what the file says of its own encoding
counts only if it is the one that the site declares: both are told wrongly often enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from lxml import etree

from adapters import _records_text as texts
from adapters._records_form import Layout, Record
from connectors.prolog import first_markup
from exchange.errors import Invalid, Problem
from mappings import encoding as encodings

_DECLARED = re.compile(r"\A\s*<\?xml[^>]*\?>")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DEEPEST = 40


def read(raw: bytes, layout: Layout, encoding: str) -> list[Record]:
    """All records. ``Invalid`` with line and column for what is no XML, or is no safe one, and for
    a file that holds elements but none of the record's name: that is no day without data.

    >>> read(b"<r><record no='1'><xm>x</xm></record></r>", Layout(), "utf-8")
    [{'@no': '1', 'xm': 'x'}]
    """
    if first_markup(raw) == "html":
        raise Invalid("records.not-text", kind="html")
    text = texts.text(raw, encoding)
    if "<!DOCTYPE" in text.upper():
        raise Invalid(
            "records.doctype", line=text[: text.upper().index("<!DOCTYPE")].count("\n") + 1
        )
    root = _parsed(text)
    found = [_fields(node, 0) for node in root.iter("{*}" + layout.record)]
    if not found and (children := len(list(root.iterchildren("*")))):
        raise Invalid("records.no-record", element=layout.record, count=children)
    return found


def _parsed(text: str) -> etree._Element:
    declared = _DECLARED.search(text)
    kept = "\n" * declared[0].count("\n") if declared else ""  # lines are counted as they are
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,  # a text ends at a comment otherwise
        remove_pis=True,
    )
    try:
        return etree.fromstring((kept + _DECLARED.sub("", text)).encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise Invalid("records.xml", line=line, column=column) from None


def _fields(node: etree._Element, depth: int) -> Any:
    if depth > _DEEPEST:
        line: Any = node.sourceline
        raise Invalid("records.xml-deep", line=line or 0, limit=_DEEPEST)
    found: dict[str, Any] = {f"@{etree.QName(k).localname}": v for k, v in node.attrib.items()}
    for child in node.iterchildren("*"):
        if (child.tail or "").strip():
            where: Any = child.sourceline
            raise Invalid("records.xml-mixed", line=where or 0)
        name, value = str(etree.QName(child).localname), _fields(child, depth + 1)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    text = (node.text or "").strip()
    if depth == 0 or found:
        return found | ({"#text": text} if text else {})
    return text


def written(records: Iterable[Mapping[str, Any]], layout: Layout, encoding: str) -> bytes:
    """The file. ``Invalid`` for what XML cannot hold or name, all at once.

    >>> written([{"@no": 1, "xm": "张<"}], Layout(), "gbk").decode("gbk").splitlines()[1]
    '<records><record no="1"><xm>张&lt;</xm></record></records>'
    """
    label, codec = encoding, encodings.codec(encoding)
    problems: list[Problem] = []
    root = etree.Element(layout.root)
    for line, record in enumerate(records, 1):
        _fill(etree.SubElement(root, layout.record), record, "", (line, problems))
    if problems:
        raise Invalid.of(problems)
    declared = {"utf-8": "UTF-8", "gb18030": "GB18030", "gbk": "GBK"}.get(codec, label)
    text = etree.tostring(root, encoding="unicode")
    return encodings.encode(f'<?xml version="1.0" encoding="{declared}"?>\n{text}', encoding)


_Told = tuple[int, list[Problem]]


def _fill(element: etree._Element, value: Any, path: str, told: _Told) -> None:
    if not isinstance(value, Mapping):
        element.text = _text(value, path, told)
        return
    for name, inner in value.items():
        where = f"{path}/{name}"
        for each in inner if isinstance(inner, list | tuple) else [inner]:
            try:
                if name.startswith("@"):
                    element.set(name[1:], _text(each, where, told))
                else:
                    _fill(etree.SubElement(element, name), each, where, told)
            except ValueError:  # no name of XML
                told[1].append(Problem("records.xml-name", {"line": told[0], "column": where}))


def _text(value: Any, path: str, told: _Told) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    exact = isinstance(value, str | int) or (isinstance(value, Decimal) and value.is_finite())
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if not exact or _FORBIDDEN.search(text):
        code = "records.xml-character" if exact else "records.xml-value"
        told[1].append(Problem(code, {"line": told[0], "column": path}))
        return ""
    return text
