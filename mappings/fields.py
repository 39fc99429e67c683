"""Which fields a side of a mapping has: the leaves of a shape, or the wire fields that it lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from mappings.shapes import shape
from mappings.yaml_file import escape

Side = Mapping[str, str | tuple[str, ...]]


@cache
def leaves(kind: str) -> Mapping[str, str]:
    """Every leaf of a kind of document → its JSON type; members of a list stand under ``/*``.

    >>> leaves("birth-record")["/child/birth_place/division"]
    'string'
    """
    schema = shape(kind)
    return dict(_leaves(schema, schema, ""))


def required_leaves(kind: str) -> frozenset[str]:
    """The leaves that every whole document of the kind has."""
    schema = shape(kind)
    return frozenset(_required(schema, schema, ""))


def source_fields(inputs: Side) -> Mapping[str, str]:
    """Every source field by its full pointer → JSON type (``""`` for wire fields)."""
    found: dict[str, str] = {}
    for name, side in inputs.items():
        prefix = f"/{name}" if name else ""
        known = leaves(side) if isinstance(side, str) else dict.fromkeys(side, "")
        found |= {prefix + path: kind for path, kind in known.items()}
    return found


def is_known(path: str, fields: Mapping[str, str]) -> bool:
    """True for a field, or for an object that holds fields."""
    return path in fields or any(field.startswith(path + "/") for field in fields)


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref", "")
    if not reference:
        return schema
    found: Any = root
    for segment in reference.removeprefix("#/").split("/"):
        found = found[segment]
    return {**found, **schema}


def _leaves(
    schema: Mapping[str, Any], root: Mapping[str, Any], at: str
) -> Iterator[tuple[str, str]]:
    known = _resolved(schema, root)
    if "properties" in known:
        for name, inner in known["properties"].items():
            yield from _leaves(inner, root, f"{at}/{escape(name)}")
    elif "items" in known:
        yield from _leaves(known["items"], root, f"{at}/*")
    else:
        yield at, str(known.get("type", ""))


def _required(schema: Mapping[str, Any], root: Mapping[str, Any], at: str) -> Iterator[str]:
    known = _resolved(schema, root)
    if "properties" not in known:
        yield at
        return
    for name in known.get("required", ()):
        if name in known["properties"]:
            yield from _required(known["properties"][name], root, f"{at}/{escape(name)}")
