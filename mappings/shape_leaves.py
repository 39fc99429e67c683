"""The leaves that a shape allows, and those that each of its documents has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mappings.yaml_file import escape

Schema = Mapping[str, Any]


def every(root: Schema) -> Iterator[tuple[str, str]]:
    """Every leaf's pointer and JSON type; members of a list stand under ``/*``.

    >>> list(every({"properties": {"名": {"type": "array", "items": {"type": "string"}}}}))
    [('/名/*', 'string')]
    """
    return _every(root, root, "")


def required(root: Schema) -> Iterator[str]:
    """The pointers of the leaves that no whole document lacks."""
    return _required(root, root, "")


def lists(node: Any) -> Iterator[str]:
    """The code lists that a shape names.

    >>> list(lists({"properties": {"a": {"type": "string", "codes": "gb_t_2260"}}}))
    ['gb_t_2260']
    """
    if isinstance(node, Mapping):
        if node.get("type") == "string" and isinstance(node.get("codes"), str):
            yield node["codes"]
        for inner in node.values():
            yield from lists(inner)


def resolved(schema: Schema, root: Schema) -> Schema:
    """The schema itself, or what its ``$ref`` names with what stands beside it."""
    reference = schema.get("$ref", "")
    if not reference:
        return schema
    found: Any = root
    for segment in reference.removeprefix("#/").split("/"):
        found = found[segment]
    return {**found, **schema}


def _every(schema: Schema, root: Schema, at: str) -> Iterator[tuple[str, str]]:
    known = resolved(schema, root)
    if "properties" in known:
        for name, inner in known["properties"].items():
            yield from _every(inner, root, f"{at}/{escape(name)}")
    elif "items" in known:
        yield from _every(known["items"], root, f"{at}/*")
    else:
        yield at, str(known.get("type", ""))


def _required(schema: Schema, root: Schema, at: str) -> Iterator[str]:
    known = resolved(schema, root)
    if "properties" not in known:
        yield at
        return
    for name in known.get("required", ()):
        if name in known["properties"]:
            yield from _required(known["properties"][name], root, f"{at}/{escape(name)}")
