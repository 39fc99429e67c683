"""A message as it goes over the wire, its form shown and its values not.

Names of fields and elements stay, for they are what one wants to see; every value becomes its
mask (``mappings.masks``), also inside XML, JSON and HL7 that travel as one text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from mappings.masks import mask

_TEXT = re.compile(r"(?<=>)([^<>]+)(?=<)")
_ATTRIBUTE = re.compile(r"(\s[\w:.-]+\s*=\s*)(\"[^\"]*\"|'[^']*')")
_TAG = re.compile(r"<(?![?!])[^>]*>")
_NAMESPACE = re.compile(r"\sxmlns(:[\w.-]+)?\s*=\s*")
_HL7 = re.compile(r"[^|^~\\&\r\n]+")


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
        return _xml(text)
    if start.startswith("MSH"):
        return "\r".join(_segment(line) for line in re.split(r"[\r\n]+", start))
    if start[:1] in "{[":
        try:
            return masked(json.loads(start))
        except (ValueError, RecursionError):
            return mask(text)
    return mask(text)


def _xml(text: str) -> str:
    """By marks, not by a parser: what is no XML is masked as well. CDATA counts as text."""
    plain = re.sub(r"<!\[CDATA\[(.*?)\]\]>", lambda found: f"{found[1]}", text, flags=re.DOTALL)
    plain = re.sub(r"<!--.*?-->", "", plain, flags=re.DOTALL)
    plain = _TAG.sub(lambda found: _ATTRIBUTE.sub(_attribute, found[0]), plain)
    head, _, _ = plain.partition("<")
    shown = _TEXT.sub(lambda found: found[0] if found[0].isspace() else mask(found[0]), plain)
    _, closing, tail = shown.rpartition(">")
    return (
        shown[: len(shown) - len(tail)] + (mask(tail) if tail.strip() else "")
        if closing
        else mask(head)
    )


def _attribute(found: re.Match[str]) -> str:
    if _NAMESPACE.fullmatch(found[1]):
        return found[0]
    quote, inner = found[2][0], found[2][1:-1]
    return f"{found[1]}{quote}{mask(inner)}{quote}"


def _segment(line: str) -> str:
    """The segment's name stays; of MSH also its own separators."""
    name, bar, rest = line.partition("|")
    return name[:3] + bar + _HL7.sub(lambda found: mask(found[0]), rest)
