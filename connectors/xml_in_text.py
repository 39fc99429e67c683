"""XML that travels as one string inside an envelope, as many bureaus' interfaces have it.

Such a text declares an encoding that is none any more (it *is* text by now), begins with a byte
order mark, was escaped twice, or holds a DOCTYPE. All but the last is read; an answer with a
DOCTYPE is refused before any parser sees it, for lxml without entities would read an empty text
and with entities a file of ours.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import unescape

from lxml import etree

from connectors.surrogates import paired

_DECLARED = re.compile(r"\A\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!\s*DOCTYPE", re.IGNORECASE)
_LEVELS = 3
_HUGE = 10_000_000


class NoXmlError(ValueError):
    """Not one XML element that may be read. Holds no word of the text: it may name a person."""


def root(text: object) -> etree._Element:
    """The outermost element of a text. Raises ``NoXmlError``.

    >>> root('<?xml version="1.0" encoding="GBK"?><a>直</a>').text
    '直'
    >>> root("&lt;a&gt;&amp;lt;&lt;/a&gt;").text
    '<'
    """
    if not isinstance(text, str):
        raise NoXmlError
    content = text.lstrip("\ufeff \t\r\n")
    for _ in range(_LEVELS):
        if not content.startswith(("&lt;", "&#60;", "&amp;")):
            break
        content = unescape(content, {"&quot;": '"', "&apos;": "'", "&#60;": "<", "&#62;": ">"})
    return _parsed(_DECLARED.sub("", content.lstrip("\ufeff \t\r\n")))


def _parsed(content: str) -> etree._Element:
    if _DOCTYPE.search(content):
        raise NoXmlError
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=len(content) > _HUGE,
    )
    try:
        return etree.fromstring(paired(content.encode("utf-8")), parser)
    except (etree.XMLSyntaxError, ValueError):
        raise NoXmlError from None


def value(element: etree._Element, lists: Collection[str] = ()) -> Any:
    """An element as nested dicts, lists and texts, names without their namespace.

    Attributes are ``@name``, a text beside them is ``#text``. What stands twice is a list; what is
    named in ``lists`` always is one, since a list of one result looks like no list.
    Raises ``NoXmlError`` for what is nested without end, and for a text that goes on after an
    element: it would be cut there.

    >>> value(root('<r n="1"><x>a</x><x>b</x><y>c</y></r>'), ["y"])
    {'@n': '1', 'x': ['a', 'b'], 'y': ['c']}
    """
    try:
        return _value(element, lists)
    except RecursionError:
        raise NoXmlError from None


def _value(element: etree._Element, lists: Collection[str]) -> Any:
    found: dict[str, Any] = {f"@{_name(k)}": v for k, v in element.attrib.items()}
    for child in element.iterchildren(etree.Element):
        if (child.tail or "").strip():
            raise NoXmlError
        name, inner = _name(child.tag), _value(child, lists)
        if name not in found:
            found[name] = [inner] if name in lists else inner
        elif isinstance(found[name], list):
            found[name].append(inner)
        else:
            found[name] = [found[name], inner]
    text = element.text or ""
    if not found:
        return text
    return {**found, "#text": text} if text.strip() else found


def _name(tag: Any) -> str:
    return str(etree.QName(tag).localname)


def written(name: str, content: Any, declared: str = "GBK") -> str:
    """The reverse of ``value``: the text of an element ``name`` with a declaration.

    ``declared`` is what the peer wants to read there and nothing else: the text itself is carried
    in the envelope's encoding. Without it no declaration is written. Raises ``ValueError`` for
    what XML cannot hold.

    >>> written("r", {"@n": "1", "x": ["a", "<"], "y": None}, "")
    '<r n="1"><x>a</x><x>&lt;</x><y/></r>'
    """
    told = etree.tostring(_element(name, content), encoding="unicode")
    return f'<?xml version="1.0" encoding="{declared}"?>{told}' if declared else told


def _element(name: str, content: Any) -> etree._Element:
    element = etree.Element(name)
    if not isinstance(content, Mapping):
        element.text = None if content is None else str(content)
        return element
    for key, inner in content.items():
        if key.startswith("@"):
            element.set(key[1:], str(inner))
        elif key == "#text":
            element.text = str(inner)
        else:
            element.extend(_element(key, each) for each in _each(inner))
    return element


def _each(inner: Any) -> Iterator[Any]:
    yield from inner if isinstance(inner, list | tuple) else (inner,)
