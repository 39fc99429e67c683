"""What may stand in a SOAP request and what its answer becomes: plain values on both sides."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree
from zeep.xsd.valueobjects import CompoundValue

from exchange.errors import Fact, Problem

# Char of XML 1.0 (fifth edition), 2.2: everything but these; a lone surrogate is no character.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def unwritable(value: Any, encoding: str = "utf-8", path: str = "") -> Iterator[Problem]:
    r"""Each text that XML or ``encoding`` cannot hold, with its path and the code point.

    lxml raises a bare ValueError for the first, long after one knows which field it was, and
    writes a reference for the second, of which a peer of old makes a question mark.

    >>> [dict(p.facts) for p in unwritable({"in0": {"xm": "a\x01b"}})]
    [{'path': '/in0/xm', 'character': 'U+0001', 'at': 2}]
    """
    if isinstance(value, str):
        yield from _problems(value, encoding, path)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from unwritable(inner, encoding, f"{path}/{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from unwritable(inner, encoding, f"{path}/{index}")


def _problems(text: str, encoding: str, path: str) -> Iterator[Problem]:
    found = _FORBIDDEN.search(text)
    if found:
        yield Problem("soap.character", _place(text, found.start(), path))
    elif encoding != "utf-8":
        try:
            text.encode(encoding)
        except UnicodeEncodeError as error:
            place = _place(text, error.start, path)
            yield Problem("soap.unencodable", {**place, "encoding": encoding.upper()})


def _place(text: str, at: int, path: str) -> dict[str, Fact]:
    return {"path": path, "character": f"U+{ord(text[at]):04X}", "at": at + 1}


def plain(result: Any) -> Any:
    """zeep's objects as dicts, lists and scalars; a wrapped scalar without its wrapping.

    Axis rpc/encoded answers come as an object that holds the text as ``_value_1`` beside empty
    attributes; other stacks send a plain string for the same WSDL. One pass and no detour over
    ``zeep.helpers``, for an answer has hundreds of nodes and nearly all are texts.

    >>> plain({"out": {"_value_1": "447473", "href": None}})
    {'out': '447473'}
    """
    if result is None or type(result) is str:
        return result
    if isinstance(result, CompoundValue):
        return _plain_fields(result.__values__)
    if isinstance(result, list | tuple | deque):
        return [plain(inner) for inner in result]
    if isinstance(result, dict):
        return _plain_fields(result)
    if isinstance(result, etree._Element):
        return etree.tostring(result, encoding="unicode")
    return result


def _plain_fields(values: Mapping[str, Any]) -> Any:
    if "_value_1" in values and _only_wraps(values):
        return plain(values["_value_1"])
    return {
        key: inner if inner is None or type(inner) is str else plain(inner)
        for key, inner in values.items()
    }


def _only_wraps(values: Mapping[str, Any]) -> bool:
    """True if the object holds one scalar and nothing else (open attributes are an empty dict)."""
    wrapped = values["_value_1"]
    return not isinstance(wrapped, list | dict | CompoundValue) and all(
        inner is None or inner == {} for key, inner in values.items() if key != "_value_1"
    )
