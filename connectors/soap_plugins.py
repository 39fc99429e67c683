"""zeep's plugins that look at an answer before it becomes objects."""

from __future__ import annotations

from typing import Any

import zeep.exceptions
from lxml import etree

_NIL: Any = etree.XPath(
    "//*[@xsi:nil='true' or @xsi:nil='1'][not(node())]",
    namespaces={"xsi": "http://www.w3.org/2001/XMLSchema-instance"},
)


class Nil:
    """zeep's plugin for ``xsi:nil``: of an empty object that says so zeep makes one full of None."""

    def egress(self, envelope: Any, headers: Any, operation: Any, options: Any) -> tuple[Any, Any]:
        """Requests pass."""
        return envelope, headers

    def ingress(self, envelope: Any, headers: Any, operation: Any) -> tuple[Any, Any]:
        """Without its attributes, an element without content is nothing to zeep too."""
        for node in _NIL(envelope):
            node.attrib.clear()
        return envelope, headers


class Expected:
    """zeep's plugin that checks the name of an answer, with its namespace if ``strict``.

    zeep reads the first element of the body whatever it is, and gives None for a stranger: that
    would be taken for an empty answer.
    """

    def __init__(self, strict: bool) -> None:
        self._strict = strict

    def egress(self, envelope: Any, headers: Any, operation: Any, options: Any) -> tuple[Any, Any]:
        """Requests pass."""
        return envelope, headers

    def ingress(self, envelope: Any, headers: Any, operation: Any) -> tuple[Any, Any]:
        """Raises zeep's parse error for another element than the WSDL's (document style)."""
        first = envelope.find("{*}Body/*")
        body = getattr(operation.output, "body", None)
        if operation.style == "document" and first is not None and body is not None:
            name, known = etree.QName(first), body.qname
            same = name == known if self._strict else name.localname == known.localname
            if name.localname != "Fault" and not same:
                stranger: Any = zeep.exceptions.XMLParseError
                raise stranger("another answer")
        return envelope, headers
