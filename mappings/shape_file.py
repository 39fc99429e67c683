"""A site's file that describes a kind of document: its shape, or all that is wrong with the file.

A part of JSON Schema 2020-12 only, so that every document can be signed leaf by leaf, cut down
by an agreement, mapped and shown: nothing undeclared in it, no floats, no more leaves than a
signature covers, and for each field a Chinese name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs

from exchange.errors import Problem
from mappings import damage, form, shape_rules
from mappings.form import Flaw
from mappings.shape import Shape
from mappings.yaml_file import YamlFile, decode_problem, read_yaml

RESERVED = frozenset({"wire", "revocation"})
"""Names that mean something else where a kind is named: mapping files, a unit taking back."""
_NAME = re.compile(r"[^\W_](?:\w|[.-]){0,63}")
_CODES = {
    "additionalProperties": "shape.not-closed",
    "type": "shape.no-type",
    "title": "shape.no-title",
}
"""Key that is missing or wrong → the rule of ours that it breaks."""


def parse(data: bytes, kind: str) -> tuple[Shape | None, tuple[Problem, ...]]:
    """The shape, or None and every problem of the file. Facts: ``line``, and what stands there.

    >>> [problem.facts["line"] for problem in parse(b"title: x", "a")[1]]
    [1, 1, 1, 1]
    """
    wrong = decode_problem(data)
    if wrong is not None:
        return None, (wrong,)
    text = data.decode("utf-8-sig")
    found = read_yaml(text)
    if found.problems:
        return None, tuple(damage.explained(text, found.problems, whole=True))
    _check(found, kind)
    if found.problems:
        return None, tuple(damage.explained(text, found.problems, whole=False))
    try:
        return Shape.of(kind, found.data), ()
    except ValueError:  # the rules above leave nothing that we know of
        return None, (Problem("shape.no-schema", {"line": 1}),)


@cache
def file_schema() -> Mapping[str, Any]:
    """JSON Schema of these files."""
    text = resources.files("mappings").joinpath("shape-file.yaml").read_text("utf-8")
    schema: Mapping[str, Any] = read_yaml(text).data
    return schema


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(dict(file_schema()))


def _check(found: YamlFile, kind: str) -> None:
    if kind in RESERVED or not _NAME.fullmatch(kind):
        found.add("shape.bad-name", "", name=kind[:80])
    for flaw in form.flaws(found.data, file_schema(), _validator()):
        _tell(found, flaw)
    if isinstance(found.data, dict):
        wanted = f"urn:zhida:shape:{kind}"
        if found.data.get("$id", wanted) != wanted:
            found.add("shape.other-id", "/$id", want=wanted)
        shape_rules.check(found)


def _tell(found: YamlFile, flaw: Flaw) -> None:
    if flaw.rule == "additionalProperties":
        found.add("shape.unknown-key", flaw.at, key=flaw.key, nearest=flaw.nearest)
    elif flaw.key in _CODES and (flaw.rule == "required" or not _is_field(flaw.at)):
        found.add(_CODES[flaw.key], flaw.at, text=_shown(flaw.value))
    elif flaw.rule == "required":
        found.add("shape.key-missing", flaw.at, key=flaw.key)
    elif flaw.rule == "propertyNames":
        found.add("shape.bad-field-name", flaw.at, key=flaw.key)
    elif flaw.key == "format":
        near = shape_rules.nearest_format(str(flaw.value))
        found.add("shape.no-format", flaw.at, text=_shown(flaw.value), nearest=near)
    elif flaw.key == "$ref":
        found.add("shape.no-ref", flaw.at, text=_shown(flaw.value), nearest="-")
    elif _is_unquoted(flaw):
        found.add("mapping.quote-it", flaw.at, text=_shown(flaw.value))
    else:
        found.add("shape.bad-key-value", flaw.at, key=flaw.key, rule=flaw.rule)


def _is_field(at: str) -> bool:
    """The place is a field of that name, and not the key."""
    return at.rpartition("/")[0].endswith(("/properties", "/$defs"))


def _is_unquoted(flaw: Flaw) -> bool:
    """A number or a truth value where a text is wanted."""
    wanted = flaw.key in ("description", "pattern") or "/required/" in flaw.at
    return wanted and isinstance(flaw.value, int)


def _shown(value: Any) -> str:
    """Configuration, not data: it may be shown."""
    return "-" if value is None or isinstance(value, dict | list) else str(value)[:40] or "-"
