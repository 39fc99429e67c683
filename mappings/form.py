"""A file's content against the JSON Schema of its format, each flaw with its place and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from exchange.names import nearest
from mappings.yaml_file import escape


@dataclass(frozen=True, slots=True)
class Flaw:
    """One rule of the format that the content breaks."""

    rule: str
    """Keyword of JSON Schema: ``additionalProperties``, ``required``, ``type``…"""
    at: str
    """JSON Pointer of the place."""
    key: str
    """The key that is unknown, missing or wrong there; ``-`` for the whole file."""
    value: Any = None
    nearest: str = "-"
    """Of an unknown key, or of a word that is not among those listed: the one probably meant."""


def flaws(
    content: Any, schema: Mapping[str, Any], validator: jsonschema_rs.Draft202012Validator
) -> Iterator[Flaw]:
    """All of them; ``validator`` is that of ``schema``."""
    for error in validator.iter_errors(content):
        at = "".join(f"/{escape(str(segment))}" for segment in error.instance_path)
        rule, facts = error.kind.name, error.kind.as_dict()
        if rule == "additionalProperties":
            for name in facts["unexpected"]:
                near = _nearest(name, schema, error.schema_path[:-1])
                yield Flaw(rule, f"{at}/{escape(name)}", name[:40], nearest=near)
        elif rule == "required":
            yield Flaw(rule, at, str(facts.get("property", "")))
        elif isinstance(error.kind, jsonschema_rs.ValidationErrorKind.PropertyNames):
            name = str(error.kind.error.instance)
            yield Flaw(rule, f"{at}/{escape(name)}", name[:40])
        else:
            key = str(error.instance_path[-1]) if error.instance_path else "-"
            near = nearest(str(error.instance), _listed(facts)) if rule == "enum" else "-"
            yield Flaw(rule, at, key[:40], error.instance, near)


def _listed(facts: Mapping[str, Any]) -> list[str]:
    """The words of an ``enum``."""
    return [str(each) for each in facts.get("options", ())]


def _nearest(name: str, schema: Mapping[str, Any], schema_path: list[str | int]) -> str:
    node: Any = schema
    for segment in schema_path:
        node = node[segment]
    return nearest(name, node.get("properties", {}))
