"""Answers of old Axis stacks, which put values beside the body and point at them.

``<out href="#id0"/>`` … ``<multiRef id="id0">447473</multiRef>`` (SOAP 1.1, 5.4.1). zeep follows
such references for rpc bindings only, although the same servers send them for document ones, and
it follows a circle for ever.
"""

from __future__ import annotations

import copy
from typing import Any

from lxml import etree

_DEPTH = 64
_MARKS = ("href=", "id=")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}type"
_TYPED = frozenset({_XSI, "{http://schemas.xmlsoap.org/soap/encoding/}arrayType"})
_PREFIX = "zhida"
_OF_TARGETS = frozenset(
    {
        "id",
        "{http://schemas.xmlsoap.org/soap/encoding/}root",
        "{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle",
    }
)
"""Attributes that say something of the target's place, and nothing of the value."""


class Unresolvable(ValueError):
    """A reference that goes in a circle, or an answer that grows without end."""


def inlined(raw: bytes, *, huge: bool = False, limit: int = 100_000) -> bytes:
    """The answer with each reference replaced by what it points at; other answers unchanged.

    ``limit`` bounds the elements of the result, since references can multiply. Raises
    ``Unresolvable`` and lxml's syntax errors.

    >>> inlined(b'<B><r><out href="#a"/></r><m id="a">7</m></B>')
    b'<B><r><out>7</out></r></B>'
    """
    if not all(mark.encode() in raw for mark in _MARKS) or b"#" not in raw:
        return raw
    parser = etree.XMLParser(resolve_entities=False, huge_tree=huge)
    root = _with_prefixes(etree.fromstring(raw, parser))
    targets: dict[str, Any] = {
        name: node for node in root.iter(etree.Element) if (name := node.get("id"))
    }
    used = _Inliner(targets, limit).run(root)
    if not used:
        return raw
    for node in used:
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)
    return etree.tostring(root)


def _with_prefixes(root: Any) -> Any:
    """The tree with all prefixes that ``xsi:type`` speaks in declared on its root.

    A moved element loses a declaration that says nothing new about *names*, and with it the one
    that a type in an attribute's *text* needed. Axis declares another prefix on each multiRef.
    """
    prefixes: dict[str, str] = {}
    for node in root.iter(etree.Element):
        for name in _TYPED & set(node.attrib):
            prefix, _, rest = node.get(name).rpartition(":")
            uri = node.nsmap.get(prefix or None)
            if uri:
                known = prefixes.setdefault(uri, f"{_PREFIX}{len(prefixes)}")
                node.set(name, f"{known}:{rest}")
    if not prefixes:
        return root
    told = {**root.nsmap, **{prefix: uri for uri, prefix in prefixes.items()}}
    new = etree.Element(root.tag, dict(root.attrib), told)
    new.extend(root)
    return new


class _Inliner:
    def __init__(self, targets: dict[str, Any], limit: int) -> None:
        self._targets, self._left = targets, limit
        self._used: dict[str, Any] = {}

    def run(self, root: Any) -> list[Any]:
        originals = {name: copy.deepcopy(node) for name, node in self._targets.items()}
        self._walk(root, originals, 0)
        return list(self._used.values())

    def _walk(self, node: Any, originals: dict[str, Any], depth: int) -> None:
        self._left -= 1
        if depth > _DEPTH or self._left < 0:
            raise Unresolvable
        name = node.get("href", "")[1:] if node.get("href", "").startswith("#") else ""
        if name in originals:
            self._used[name] = self._targets[name]
            node = _filled(node, originals[name])
        for child in node.iterchildren(etree.Element):
            self._walk(child, originals, depth + 1)


def _filled(node: Any, source: Any) -> Any:
    """The pointing element replaced by one of its name with the content of ``source``."""
    new = etree.Element(node.tag, {k: v for k, v in source.attrib.items() if k not in _OF_TARGETS})
    new.text, new.tail = source.text, node.tail
    new.extend(copy.deepcopy(child) for child in source)
    parent = node.getparent()
    if parent is None:
        raise Unresolvable
    parent.replace(node, new)
    return new
