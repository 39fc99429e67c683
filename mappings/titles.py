"""What a person calls the fields of a mapping: the titles of the shapes, along the way to a leaf."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mappings.fields import Side
from mappings.shape_leaves import Schema, resolved
from mappings.shapes import Shapes
from mappings.yaml_file import escape


def of_source(inputs: Side, shapes: Shapes) -> Mapping[str, str]:
    """Pointer → title, for the inputs that are documents; a wire's fields have no titles."""
    found: dict[str, str] = {}
    for name, side in inputs.items():
        if isinstance(side, str):
            prefix = f"/{name}" if name else ""
            found |= {prefix + path: title for path, title in of_kind(side, shapes).items()}
    return found


def of_kind(kind: str, shapes: Shapes) -> Mapping[str, str]:
    """Pointer → title, for every field and object of a kind; none for ``wire``.

    >>> from mappings.shapes import SHIPPED
    >>> of_kind("birth-record", SHIPPED)["/mother/name"]
    '母亲 姓名'
    """
    return {} if kind == "wire" else dict(_titles(shapes.shape(kind), shapes.shape(kind), "", ""))


def _titles(schema: Schema, root: Schema, at: str, above: str) -> Iterator[tuple[str, str]]:
    known = resolved(schema, root)
    for name, inner in known.get("properties", {}).items():
        title = f"{above} {resolved(inner, root).get('title', '')}".strip()
        yield f"{at}/{escape(name)}", title
        yield from _titles(inner, root, f"{at}/{escape(name)}", title)
    if "items" in known:
        yield f"{at}/*", above
        yield from _titles(known["items"], root, f"{at}/*", above)
