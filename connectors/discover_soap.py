"""The operations of a WSDL with their fields, from the site's file: the network is not asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.discovery import Field, Found
from connectors.http import MAX_BYTES
from connectors.soap_contract import Bound, Contract
from exchange.errors import Fatal
from exchange.ports import Endpoint

_DEEPEST = 8
"""Types may hold themselves; nobody fills in more levels by hand."""


def discover(settings: Mapping[str, Any], endpoint: Endpoint, wanted: str) -> list[Found]:
    """``wanted`` is another WSDL file than the one of the settings, relative to the site."""
    file = wanted or settings.get("wsdl", "")
    if not file:
        raise Fatal("soap.wsdl-file", file="-")
    bound = Bound(endpoint.site / file, Contract(), max_bytes=MAX_BYTES)
    operations = sorted(bound.binding.all().items())
    return [_found(name, operation) for name, operation in operations]


def _found(name: str, operation: Any) -> Found:
    return Found(
        name,
        "operation",
        takes=tuple(_body(operation.input)),
        gives=tuple(_body(operation.output)) if operation.output else (),
        facts={"style": operation.style},
    )


def _body(message: Any) -> Iterator[Field]:
    """Nothing for a message without a body."""
    kind = getattr(getattr(message, "body", None), "type", None)
    yield from _below(kind, "", 0)


def _below(kind: Any, path: str, depth: int) -> Iterator[Field]:
    elements: Any = getattr(kind, "elements", None) or ()
    for name, element in elements:
        many = element.max_occurs == "unbounded" or (element.max_occurs or 0) > 1
        place = f"{path}/{name}" + ("/*" if many else "")
        inner = getattr(element, "type", None)
        if depth < _DEEPEST and getattr(inner, "elements", None):
            yield from _below(inner, place, depth + 1)
        else:
            told = str(getattr(inner, "name", "") or "any")
            yield Field(place, told, required=not element.is_optional)
