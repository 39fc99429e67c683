"""Which fields a side of a mapping has: the leaves of a shape, or the wire fields that it lists."""

from __future__ import annotations

from collections.abc import Mapping

from mappings.shapes import Shapes

Side = Mapping[str, str | tuple[str, ...]]


def source_fields(inputs: Side, shapes: Shapes) -> Mapping[str, str]:
    """Every source field by its full pointer → JSON type (``""`` for wire fields).

    >>> from mappings.shapes import SHIPPED
    >>> source_fields({"birth": "birth-record"}, SHIPPED)["/birth/child/birth_place/division"]
    'string'
    """
    found: dict[str, str] = {}
    for name, side in inputs.items():
        prefix = f"/{name}" if name else ""
        known = shapes.find(side).leaves if isinstance(side, str) else dict.fromkeys(side, "")
        found |= {prefix + path: kind for path, kind in known.items()}
    return found


def is_known(path: str, fields: Mapping[str, str]) -> bool:
    """True for a field, for an object that holds fields, and for a member of an open object."""
    held = any(field.startswith(path + "/") for field in fields)
    return path in fields or held or opened_by(path, fields) is not None


def opened_by(path: str, fields: Mapping[str, str]) -> str | None:
    """The object of which any member may be named (``/items`` of a matter's result), if it is one's.

    >>> opened_by("/items/household", {"/items": "object"}), opened_by("/a/b", {"/a": "string"})
    ('/items', None)
    """
    return next((f for f, kind in fields.items() if _is_below(path, f) and kind == "object"), None)


def _is_below(path: str, field: str) -> bool:
    return path.startswith(f"{field}/")
