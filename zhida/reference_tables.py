"""Markdown tables out of JSON Schemas: one row a field, in the order of the schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
SHOWN = "as above"
"""``$comment`` of a part whose members another part of the same table has shown already."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a schema."""

    path: str
    title: str
    type: str
    required: bool
    default: str
    description: str


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; bars and line ends in cells are made harmless.

    >>> print(table(["a", "b"], [["1", "x|y"]]))
    | a | b |
    |---|---|
    | 1 | x\\|y |
    """
    lines = [_line(headings), "|" + "---|" * len(headings), *(_line(row) for row in rows)]
    return "\n".join(lines)


def schema_table(schema: Schema) -> str:
    """All fields of an object's schema, nested ones by their JSON Pointer."""
    rows = [
        [
            f"`{row.path}`",
            row.title,
            row.type,
            "必填" if row.required else "",
            row.default,
            row.description,
        ]
        for row in fields(schema)
    ]
    return table(["字段", "名称", "类型", "", "缺省", "说明"], rows)


def fields(schema: Schema) -> Iterator[Row]:
    """The fields below an object's schema, parents before their children.

    ``*`` stands for any member of a list, ``‹name›`` for a key that the author chooses.

    >>> told = {"required": ["a"], "properties": {"a": {"type": "string", "title": "甲"}}}
    >>> [(row.path, row.title, row.required) for row in fields(told)]
    [('/a', '甲', True)]
    """
    return _below(schema, "", schema)


def _below(schema: Schema, path: str, root: Schema) -> Iterator[Row]:
    required = schema.get("required", ())
    for name, told in schema.get("properties", {}).items():
        yield from _field(told, f"{path}/{name}", root, required=name in required)
    free = schema.get("additionalProperties")
    if isinstance(free, Mapping):
        yield from _field(free, f"{path}/‹name›", root, required=False)
    if isinstance(schema.get("items"), Mapping):
        yield from _inside(_resolved(schema["items"], root), f"{path}/*", root)


def _field(told: Schema, path: str, root: Schema, *, required: bool) -> Iterator[Row]:
    known = _resolved(told, root)
    yield Row(
        path,
        known.get("title", ""),
        kind(known, root),
        required,
        _text(known["default"]) if "default" in known else "",
        known.get("description", ""),
    )
    yield from _inside(known, path, root)


def _inside(known: Schema, path: str, root: Schema) -> Iterator[Row]:
    if known.get("type") in ("object", "array") and known.get("$comment") != SHOWN:
        yield from _below(known, path, root)


def _resolved(told: Schema, root: Schema) -> Schema:
    """With what ``$ref`` names (a definition of the same file); what stands beside it wins."""
    target = told.get("$ref", "")
    if not target:
        return told
    found: Any = root
    for step in target.removeprefix("#/").split("/"):
        found = found[step]
    return {**found, **told}


def kind(known: Schema, root: Schema) -> str:
    """The type in a few words.

    >>> kind({"enum": ["a", "b"]}, {}), kind({"type": "integer", "minimum": 1}, {})
    ('`a` \\\\| `b`', 'integer ≥ 1')
    """
    if "const" in known:
        return _text(known["const"])
    if "enum" in known:
        return " \\| ".join(_text(value) for value in known["enum"])
    if known.get("type") == "array":
        items = _resolved(known.get("items", {}), root)
        return f"list of {kind(items, root)}"
    types = known.get("type", "")
    told = [types if isinstance(types, str) else " or ".join(types)]
    told += [f"{sign} {known[name]}" for name, sign in _LIMITS.items() if name in known]
    told += [f"`{known[name]}`" for name in ("format", "pattern") if name in known]
    return " ".join(told)


_LIMITS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤"}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_text(each) for each in value)
    return f"`{value}`"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    plain = text.replace("\\|", "|").replace("|", "\\|")
    return " ".join(plain.split())
