"""What the format's schema cannot say of a shape: references, names, keys that have no effect."""

from __future__ import annotations

import graphlib
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from crypto.sd_jwt import MOST_LEAVES
from exchange.names import nearest
from mappings import shape_leaves, shape_parts
from mappings.formats import FORMATS
from mappings.shape import validator
from mappings.yaml_file import YamlFile, escape

Schema = Mapping[str, Any]

MOST_DEEP = 24
"""Levels of objects and lists in one another; a record may have a few more."""
_CHINESE = re.compile("[\u4e00-\u9fff]")
_CONDITIONS, _MEAN = ("if", "then", "else"), ("codes", "words")
_KEYS: Mapping[str, frozenset[str]] = {
    "object": frozenset({"properties", "required", "additionalProperties", *_CONDITIONS}),
    "array": frozenset({"items", "minItems", "maxItems", "uniqueItems"}),
    "string": frozenset({"const", "enum", "pattern", "format", "minLength", "maxLength", *_MEAN}),
    "integer": frozenset({"const", "enum", "minimum", "maximum"}),
    "boolean": frozenset({"const"}),
}
"""Type → the keys that mean something for it; JSON Schema passes over the others in silence."""
_SOME = frozenset().union(*_KEYS.values())
_PYTHON: Mapping[str, type] = {"string": str, "integer": int, "boolean": bool}


def check(found: YamlFile) -> None:
    """Note in ``found`` every problem that its form does not show; those of its form are there."""
    before = {(each.code, each.facts["line"]) for each in found.problems}
    known, content = len(found.problems), shape_parts.sound(found.data)
    rules = _Rules(found, content)
    rules.titled("", content, content)
    rules.node("", content)
    for name, field in content.get("$defs", {}).items():
        rules.node(f"/$defs/{escape(name)}", field)
    more = [p for p in found.problems[known:] if (p.code, p.facts["line"]) not in before]
    found.problems[known:] = more
    if not found.problems:
        _circles(found)
    if not found.problems:
        _sizes(found)
    if not found.problems:
        _replaced(found)


def nearest_format(name: str) -> str:
    """The format that was probably meant, or ``-``.

    >>> nearest_format("civil_date")
    'civil-date'
    """
    return nearest(name, FORMATS)


class _Rules:
    """One walk over a file; only that walk's state lives here."""

    def __init__(self, found: YamlFile, content: Schema) -> None:
        self.found = found
        self.shared: Schema = content.get("$defs", {})

    def node(self, at: str, node: Schema) -> None:
        """One field, with the fields in it."""
        if "$ref" in node:
            self._reference(at, node)
            return
        kind = node.get("type", "")
        for key in node.keys() & (_SOME - _KEYS.get(kind, _SOME)):
            self.found.add("shape.idle-key", f"{at}/{escape(key)}", key=key, type=kind)
        self._values(at, node, kind)
        for name, field in node.get("properties", {}).items():
            place = f"{at}/properties/{escape(name)}"
            self.titled(place, field, self._target(field))
            self.node(place, field)
        if "items" in node:
            self.node(f"{at}/items", node["items"])
        self._conditions(at, node)

    def titled(self, at: str, field: Schema, target: Schema) -> None:
        """People see names, not keys."""
        if not _CHINESE.search(field.get("title", target.get("title", ""))):
            self.found.add("shape.no-title", at, text=str(field.get("title", "-"))[:40])

    def _target(self, field: Schema) -> Schema:
        known: Schema = self.shared.get(field.get("$ref", "").rpartition("/")[2], field)
        return known

    def _reference(self, at: str, node: Schema) -> None:
        name = node["$ref"].rpartition("/")[2]
        if name not in self.shared:
            near = nearest(name, self.shared)
            self.found.add("shape.no-ref", f"{at}/$ref", text=name[:40], nearest=near)
        for key in node.keys() & {*_SOME, "type"}:
            self.found.add("shape.idle-key", f"{at}/{escape(key)}", key=key, type="$ref")

    def _values(self, at: str, node: Schema, kind: str) -> None:
        """Patterns that are none; values that no field of this type ever has."""
        if "pattern" in node and not _is_pattern(node["pattern"]):
            self.found.add("shape.bad-pattern", f"{at}/pattern")
        for value in node.get("words", {}).keys() - node.get("enum", ()):
            near = nearest(value, map(str, node.get("enum", ())))
            self.found.add("shape.no-value", f"{at}/words", text=value[:40], nearest=near)
        wanted = _PYTHON.get(kind)
        for key in ("const", "enum"):
            told = node.get(key, [])
            for value in told if isinstance(told, list) else [told]:
                if wanted is not None and type(value) is not wanted:
                    facts = {"text": str(value)[:40], "type": kind}
                    self.found.add("shape.other-type", f"{at}/{key}", **facts)

    def _conditions(self, at: str, node: Schema) -> None:
        self._names(at, node, node)
        if ("then" in node or "else" in node) != ("if" in node):
            self.found.add("shape.half-condition", at)
        for key in _CONDITIONS:
            if key in node:
                self._condition(f"{at}/{key}", node[key], node)

    def _condition(self, at: str, told: Schema, node: Schema) -> None:
        """``told`` about ``node``: what it names must be there, or it would say nothing."""
        self._values(at, told, str(node.get("type", "")))
        self._names(at, told, node)
        known = node.get("properties", {})
        for name, inner in told.get("properties", {}).items():
            if name in known:
                target = self._target(known[name])
                self._condition(f"{at}/properties/{escape(name)}", inner, target)

    def _names(self, at: str, told: Schema, node: Schema) -> None:
        known = node.get("properties", {})
        places = [(f"{at}/required/{i}", name) for i, name in enumerate(told.get("required", ()))]
        places += [(f"{at}/properties/{escape(n)}", n) for n in told.get("properties", {})]
        for place, name in places:
            if name and name not in known:
                facts = {"key": name[:40], "nearest": nearest(name, known)}
                self.found.add("shape.no-field", place, **facts)


def _is_pattern(text: str) -> bool:
    try:
        validator({"pattern": text})
    except ValueError:
        return False
    return True


def _circles(found: YamlFile) -> None:
    shared = found.data.get("$defs", {})
    edges = {name: set(_references(field)) for name, field in shared.items()}
    try:
        graphlib.TopologicalSorter(edges).prepare()
    except graphlib.CycleError as error:
        names = list(error.args[1])
        at = f"/$defs/{escape(names[0])}"
        found.add("shape.circle", at, names=" → ".join(names)[:200])


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for inner in node.values():
            yield from _references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _references(inner)


def _replaced(found: YamlFile) -> None:
    """A number and the one before it are leaves of the kind."""
    leaves = dict(shape_leaves.every(found.data))
    for pair in found.data.get("replaces", {}).items():
        for path in set(pair) - leaves.keys():
            place = f"/replaces/{escape(pair[0])}"
            found.add("shape.no-field", place, key=path[:40], nearest=nearest(path, leaves))


def _sizes(found: YamlFile) -> None:
    """Shared parts may unfold to any number of leaves: they are counted until there are too many."""
    some = islice(shape_leaves.every(found.data), MOST_LEAVES + 1)
    try:
        paths = [path for path, _ in some]
    except RecursionError:  # parts that name one another, a thousand in a row
        found.add("shape.too-deep", "/properties", path="-", limit=MOST_DEEP)
        return
    if len(paths) > MOST_LEAVES:
        found.add("shape.too-many-leaves", "/properties", limit=MOST_LEAVES)
    deep = [path for path in paths if path.count("/") > MOST_DEEP]
    if deep:
        found.add("shape.too-deep", "/properties", path=deep[0][:200], limit=MOST_DEEP)
