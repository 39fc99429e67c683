"""One kind of document: its JSON Schema 2020-12, and the check of a record against it.

JSON Schema says which fields there are; ``mappings.formats`` adds what it cannot say. All
problems of a record come at once, and none carries a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from exchange.errors import Invalid, Problem
from mappings import shape_leaves
from mappings.formats import FORMATS
from mappings.masks import mask
from mappings.yaml_file import escape


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of document. Thread-safe."""

    kind: str
    schema: Mapping[str, Any] = field(repr=False)
    leaves: Mapping[str, str] = field(repr=False)
    """Every leaf → its JSON type; members of a list stand under ``/*``."""
    required: frozenset[str] = field(repr=False)
    """The leaves that every whole document of the kind has."""
    _validator: jsonschema_rs.Draft202012Validator = field(repr=False)

    @property
    def sensitive(self) -> str:
        """Whose sensitive data a document of the kind holds: ``child``, or nobody's."""
        return str(self.schema.get("sensitive", ""))

    @property
    def replaces(self) -> Mapping[str, str]:
        """Field of a number → the field of the number that it was issued instead of."""
        found: Mapping[str, str] = self.schema.get("replaces", {})
        return found

    @classmethod
    def of(cls, kind: str, schema: Mapping[str, Any]) -> Shape:
        """The shape that a schema describes. ``ValueError`` for what is no JSON Schema."""
        return cls(
            kind,
            schema,
            leaves=dict(shape_leaves.every(schema)),
            required=frozenset(shape_leaves.required(schema)),
            _validator=validator(schema),
        )

    def has_leaf(self, path: str) -> bool:
        """Can a document of the kind have a single value there? Any member of a list counts."""
        parts = ("*" if part.isdigit() else part for part in path.split("/"))
        wanted = "/".join(parts)
        is_open = (leaf for leaf, kind in self.leaves.items() if kind in ("object", ""))
        return wanted in self.leaves or any(wanted.startswith(f"{leaf}/") for leaf in is_open)

    def validate(self, record: Mapping[str, Any]) -> None:
        """Check a whole record; ``Invalid`` with every problem at once."""
        plain = dict(record)
        problems = [*_floats(plain, "")]
        for error in self._validator.iter_errors(plain):
            problems += _told(self.kind, error)
        if problems:
            raise Invalid.of(problems)


def validator(schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """Checks with our formats, and with no others. ``ValueError`` for what is no JSON Schema."""
    return jsonschema_rs.Draft202012Validator(
        dict(schema), formats=FORMATS, validate_formats=True, ignore_unknown_formats=False
    )


def _told(kind: str, error: jsonschema_rs.ValidationError) -> Iterator[Problem]:
    at = "".join(f"/{escape(str(segment))}" for segment in error.instance_path)
    keyword = error.kind.name
    if keyword == "required":
        name = str(error.kind.as_dict().get("property", error.kind.value))
        yield Problem("shape.missing", {"kind": kind, "path": f"{at}/{escape(name)}"})
    elif keyword == "additionalProperties":
        for name in error.kind.as_dict()["unexpected"]:
            yield Problem(
                "shape.unknown-field", {"kind": kind, "path": at or "/", "mask": mask(name)}
            )
    else:
        facts = {"kind": kind, "path": at or "/", "rule": keyword, "mask": mask(error.instance)}
        yield Problem(_CODES.get(keyword, "shape.out-of-range"), facts)


_CODES = {
    "type": "shape.wrong-type",
    "format": "shape.wrong-format",
    "pattern": "shape.wrong-format",
    "enum": "shape.wrong-format",
    "propertyNames": "shape.wrong-format",
}


def _floats(value: Any, at: str) -> Iterator[Problem]:
    """Floats pass as integers in JSON Schema when they are whole; a record holds none."""
    if isinstance(value, float):
        yield Problem("shape.float", {"path": at, "mask": mask(value)})
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _floats(inner, f"{at}/{escape(str(key))}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _floats(inner, f"{at}/{index}")
