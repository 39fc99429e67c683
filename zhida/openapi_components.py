"""Shapes as components of an OpenAPI description: what everybody's tools read, under names that make good classes.

A nested object or a list of words gets a component of its own, since generators call their classes by it; its
Chinese title stays where it is used. Formats that only we know are told as patterns too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]
REF = "#/components/schemas/"
_OURS = ("$schema", "$id", "sensitive", "replaces")
_NAMED = ("title", "description")
_USCC = "[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}"
_FORMATS: Mapping[str, Mapping[str, str]] = {
    "plain-text": {"pattern": r"^[^\u0000-\u001F\u007F-\u009F\uFFFD-\uFFFF]*$"},
    "civil-date": {"format": "date"},
    "gb32100": {"format": "gb32100", "pattern": f"^{_USCC}$"},
    "invoice-code": {"pattern": "^([0-9]{10}|[0-9]{12})$"},
    "invoice-number": {"pattern": "^([0-9]{8}|[0-9]{20})$"},
}


def of_shape(name: str, schema: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Schema]:
    """The component ``name`` and those that it needs. ``names``: pointer of a member → its component.

    Two members of one name have to be the same but for their titles; if they are not (a site's own shape),
    each is called by its place.

    >>> told = {"type": "object", "properties": {"a": {"title": "甲", "enum": ["x"]}}}
    >>> of_shape("Whole", told, {"/a": "Word"})["Word"]
    {'enum': ['x']}
    """
    found: dict[str, Schema] = {}
    whole = _named(_inside(schema, "", _Lift(name, names, found)))
    return {name: whole, **found}


class _Lift:
    """Puts what deserves a name of its own among the components."""

    def __init__(self, root: str, names: Mapping[str, str], found: dict[str, Schema]) -> None:
        self._root, self._names, self._found = root, names, found

    def put(self, path: str, body: Schema) -> str:
        """The name under which it stands."""
        own = self._root + "".join(map(_capital, path.replace("/*", "/item").split("/")))
        name = self._names.get(path, own)
        if self._found.get(name, body) != body:
            name = own
        self._found[name] = body
        return name


def _inside(told: Mapping[str, Any], path: str, lift: _Lift) -> Schema:
    whole = {name: value for name, value in told.items() if name not in _OURS}
    whole |= _format(str(whole.pop("format", "")))
    if "properties" in whole:
        members = whole["properties"].items()
        whole["properties"] = {n: _member(each, f"{path}/{n}", lift) for n, each in members}
    if "items" in whole:
        whole["items"] = _member(whole["items"], f"{path}/*", lift)
    return whole


def _member(told: Mapping[str, Any], path: str, lift: _Lift) -> Schema:
    whole = _inside(told, path, lift)
    if not whole.keys() & {"properties", "enum"}:
        return whole
    body = {name: value for name, value in whole.items() if name not in _NAMED}
    kept = {name: value for name, value in whole.items() if name in _NAMED}
    return {"$ref": REF + lift.put(path, body), **kept}


def _format(name: str) -> Mapping[str, str]:
    return _FORMATS.get(name, {"format": name} if name else {})


def _named(whole: Schema) -> Schema:
    """A component is called by its name: generators would prefer a title."""
    return {name: value for name, value in whole.items() if name != "title"}


def _capital(text: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in text.split("-"))
