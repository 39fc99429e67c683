"""What may stand in a SOAP request and what its answer becomes: plain values on both sides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree
from zeep.helpers import serialize_object

from exchange.errors import Problem

# Char of XML 1.0 (fifth edition), 2.2: everything but these; a lone surrogate is no character.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def unwritable(value: Any, path: str = "") -> Iterator[Problem]:
    r"""Each text that XML cannot hold, with its path and the character's code point.

    lxml raises a bare ValueError for them, long after one knows which field it was.

    >>> [dict(p.facts) for p in unwritable({"in0": {"xm": "a\x01b"}})]
    [{'path': '/in0/xm', 'character': 'U+0001', 'at': 1}]
    """
    if isinstance(value, str):
        found = _FORBIDDEN.search(value)
        if found:
            character, at = f"U+{ord(found[0]):04X}", found.start()
            yield Problem("soap.character", {"path": path, "character": character, "at": at})
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from unwritable(inner, f"{path}/{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from unwritable(inner, f"{path}/{index}")


def plain(result: Any) -> Any:
    """zeep's objects as dicts, lists and scalars; a wrapped scalar without its wrapping.

    Axis rpc/encoded answers come as an object that holds the text as ``_value_1`` beside empty
    attributes; other stacks send a plain string for the same WSDL.

    >>> plain({"out": {"_value_1": "447473", "href": None}})
    {'out': '447473'}
    """
    serialized: Any = serialize_object
    return _unwrapped(serialized(result, dict))


def _unwrapped(value: Any) -> Any:
    if isinstance(value, list):
        return [_unwrapped(inner) for inner in value]
    if isinstance(value, dict):
        filled = {key for key, inner in value.items() if inner is not None}
        text = value.get("_value_1")
        if "_value_1" in value and filled <= {"_value_1"} and not isinstance(text, list | dict):
            return _unwrapped(text)
        return {key: _unwrapped(inner) for key, inner in value.items()}
    if isinstance(value, etree._Element):
        return etree.tostring(value, encoding="unicode")
    return value
