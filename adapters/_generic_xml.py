"""XML in a text as nested fields, and back.

An element with children is an object, one that repeats a list, one without children its text;
attributes are ``@name``, namespaces are left out. What the XML says of its own encoding is not
believed (a text has none any more), and a DOCTYPE is refused before a parser sees it: entities
would come out as empty texts, or as files of ours.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from xml.sax.saxutils import unescape

from lxml import etree

_DECLARED = re.compile(r"\A\s*<\?xml[^>]*\?>")


def read(text: str, lists: Collection[str] = ()) -> dict[str, Any]:
    """The root by its name. ``lists``: elements that are lists even when there is only one.

    Raises ``ValueError``. XML that was escaped twice is read too.

    >>> read("<?xml version='1.0' encoding='GBK'?><r><code>0</code><row a='1'>x</row></r>")
    {'r': {'code': '0', 'row': {'@a': '1', '#text': 'x'}}}
    """
    content = text.lstrip("\ufeff \t\r\n")
    if content.startswith("&lt;"):
        content = unescape(content, {"&quot;": '"', "&apos;": "'"})
    if "<!DOCTYPE" in content.upper():
        raise ValueError("doctype")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(_DECLARED.sub("", content).encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        raise ValueError("syntax") from None
    return {_name(root): _value(root, lists)}


def _name(node: etree._Element) -> str:
    return str(etree.QName(node).localname)


def _value(node: etree._Element, lists: Collection[str]) -> Any:
    found: dict[str, Any] = {f"@{etree.QName(k).localname}": v for k, v in node.attrib.items()}
    for child in node.iterchildren("*"):
        _add(found, _name(child), _value(child, lists), is_list=_name(child) in lists)
    text = (node.text or "").strip()
    if not found:
        return text
    return found | ({"#text": text} if text else {})


def _add(found: dict[str, Any], name: str, value: Any, *, is_list: bool) -> None:
    if name not in found:
        found[name] = [value] if is_list else value
    elif isinstance(found[name], list):
        found[name].append(value)
    else:
        found[name] = [found[name], value]


def written(root: str, value: Any, declares: str = "") -> str:
    """The element ``root`` with ``value`` in it. ``ValueError`` for what XML can't hold or name.

    >>> written("q", {"@no": 1, "xm": "张<", "row": [{"a": True}, {"a": "2"}]})
    '<q no="1"><xm>张&lt;</xm><row><a>true</a></row><row><a>2</a></row></q>'
    """
    element = etree.Element(root)
    _fill(element, value)
    declaration = f'<?xml version="1.0" encoding="{declares}"?>' if declares else ""
    return declaration + etree.tostring(element, encoding="unicode")


def _fill(element: etree._Element, value: Any) -> None:
    if not isinstance(value, Mapping):
        element.text = _text(value)
        return
    for name, inner in value.items():
        if name.startswith("@"):
            element.set(name[1:], _text(inner))
            continue
        for each in inner if isinstance(inner, list | tuple) else [inner]:
            _fill(etree.SubElement(element, name), each)


def _text(value: Any) -> str:
    if isinstance(value, list | tuple | Mapping):
        raise ValueError("a list in a list")
    return str(value).lower() if isinstance(value, bool) else str(value)
