"""The well-formed part of a shape's content: what more can be told of it is told at once.

What the format's schema refuses is left out here, so that the rules after it see only what they
know, and a person learns of all mistakes in one go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PREFIX = "#/$defs/"
_INSIDE = ("items", "if", "then", "else")
_BY_NAME = ("properties", "$defs")
_FORMS: Mapping[str, type] = {
    **dict.fromkeys(("title", "type", "$ref", "pattern"), str),
    **dict.fromkeys((*_INSIDE, *_BY_NAME, "words"), dict),
    "required": list,
}


def sound(node: Any) -> dict[str, Any]:
    """A field without what is malformed in it; an empty one for what is no field at all.

    >>> sound({"title": 1, "type": "object", "properties": {"a": "x", "b": {"type": "string"}}})
    {'type': 'object', 'properties': {'a': {}, 'b': {'type': 'string'}}}
    """
    if not isinstance(node, dict):
        return {}
    made: dict[str, Any] = {
        key: value for key, value in node.items() if isinstance(value, _FORMS.get(key, object))
    }
    if not made.get("$ref", PREFIX).startswith(PREFIX):
        del made["$ref"]
    for key in _INSIDE:
        if key in made:
            made[key] = sound(made[key])
    for key in _BY_NAME:
        if key in made:
            made[key] = {name: sound(field) for name, field in made[key].items()}
    if "required" in made:
        made["required"] = [name if isinstance(name, str) else "" for name in made["required"]]
    return made
