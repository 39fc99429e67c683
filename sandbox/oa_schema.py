"""The order of the vendor's elements, read from our WSDL: it is written down once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lxml import etree

from sandbox.soap import parse

_XS = "{http://www.w3.org/2001/XMLSchema}"
_WSDL = Path(__file__).parent / "wsdl" / "WorkflowService.wsdl"


@cache
def children(type_name: str) -> tuple[tuple[str, bool], ...]:
    """The elements of a complex type in their order, each with whether it may be nil.

    >>> children("WorkflowMainTableInfo")
    (('requestRecords', True), ('tableDBName', True))
    """
    found = _schema().find(f".//{_XS}complexType[@name='{type_name}']/{_XS}sequence")
    if found is None:
        raise LookupError(type_name)
    return tuple((e.get("name") or "", e.get("nillable") == "true") for e in found)


@cache
def _schema() -> etree._Element:
    return parse(_WSDL.read_bytes())
