"""The same as ``wire_names`` for the units that only the whole newborn's matter has.

Questions about what was done before carry a number of ours and nothing else, so they are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from lxml import etree

from sandbox import soap
from sandbox.wire_names import Pair


def civil(body: bytes) -> Iterator[Pair]:
    """Members of a question about a marriage."""
    yield from _members(orjson.loads(body))


def health(body: bytes) -> Iterator[Pair]:
    """Members of what is to be done, at any depth: ``mother/name``."""
    told = orjson.loads(body)
    if "certificateNo" in told:
        yield from _members(told)


def tax(body: bytes) -> Iterator[Pair]:
    """Members of the JSON inside the form."""
    (data,) = parse_qs(body.decode())["data"]
    told = orjson.loads(data)
    if "jfje" in told:
        yield from _members(told)


def social_security(body: bytes) -> Iterator[Pair]:
    """Elements of the inner XML of an application."""
    call = soap.payload(body)
    if soap.local_name(call) == "applyCard":
        text = str(call[0].text)
        yield from _elements(etree.fromstring(text[text.index("?>") + 2 :].encode()))


def bank(body: bytes) -> Iterator[Pair]:
    """Elements of the part that opens an account."""
    found = etree.fromstring(body).find("SCOPNACX")
    if found is not None:
        yield from _elements(found)


def _elements(parent: Any) -> Iterator[Pair]:
    yield from ((str(each.tag), each.text.strip()) for each in parent if (each.text or "").strip())


def _members(told: Mapping[str, Any], place: str = "") -> Iterator[Pair]:
    for name, value in told.items():
        if isinstance(value, Mapping):
            yield from _members(value, f"{place}{name}/")
        elif value not in ("", None):
            yield f"{place}{name}", str(value)
