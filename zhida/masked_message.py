"""A message as it goes over the wire, its form shown and its values not.

Names of fields and elements stay, for they are what one wants to see; every value becomes its
mask (``mappings.masks``), also inside XML, JSON and HL7 that travel as one text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from mappings.masks import mask

_DECLARED = re.compile(r"\A\s*<\?xml[^>]*\?>")
_DECLARATION = re.compile(
    r"""<\?xml version=["']1\.[01]["'](?: encoding=["'][A-Za-z0-9._-]{1,20}["'])?"""
    r"""(?: standalone=["'](?:yes|no)["'])?\s*\?>"""
)
"""Nothing of anybody's can stand in one like this."""
_DOCTYPE = re.compile(r"<!\s*DOCTYPE", re.IGNORECASE)
_HL7 = re.compile(r"[^|^~\\&\r\n]+")
_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}")


def masked(value: Any) -> Any:
    """The same shape with a mask for each value.

    >>> masked({"xm": "张示例", "n": 3, "in0": '<a no="7">张示例</a>'})
    {'xm': '汉×3', 'n': 'integer 9', 'in0': '<a no="9">汉×3</a>'}
    """
    if isinstance(value, Mapping):
        return {str(key): masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner) for inner in value]
    if isinstance(value, bytes):
        return _text(value.decode("utf-8", "replace"))
    return _text(value) if isinstance(value, str) else mask(value)


def _text(text: str) -> Any:
    start = text.lstrip("\ufeff \t\r\n\v")
    if start.startswith("<"):
        return _xml(start)
    if start.startswith("MSH"):
        return "\r".join(_segment(line) for line in re.split(r"[\r\n]+", start))
    if start[:1] in "{[":
        try:
            return masked(json.loads(start))
        except (ValueError, RecursionError):
            return mask(text)
    return mask(text)


def _xml(text: str) -> str:
    """What is not one element, or brings a DOCTYPE, may hold a value anywhere: masked whole."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    if _DOCTYPE.search(text):
        return mask(text)
    try:
        root = etree.fromstring(_DECLARED.sub("", text), parser)
    except (etree.XMLSyntaxError, ValueError):
        return mask(text)
    for element in root.iter():
        element.text, element.tail = _between(element.text), _between(element.tail)
        for name, value in element.attrib.items():
            element.set(name, mask(value))
    declared = _DECLARATION.match(text)
    return (declared[0] if declared else "") + etree.tostring(root, encoding="unicode")


def _between(text: str | None) -> str | None:
    """White space is form, not a value."""
    return text if not text or text.isspace() else mask(text)


def _segment(line: str) -> str:
    """The segment's name stays; of MSH also its own separators."""
    name, bar, rest = line.partition("|")
    if not bar or not _SEGMENT.fullmatch(name):
        name = _HL7.sub(lambda found: mask(found[0]), name)
    return name + bar + _HL7.sub(lambda found: mask(found[0]), rest)
