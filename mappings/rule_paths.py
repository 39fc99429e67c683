"""Which source fields a rule of a mapping file names, and what it compares them with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mappings.yaml_file import escape


def paths(rule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every source field that a rule names: (place within the rule, JSON Pointer)."""
    if "from" in rule:
        yield "/from", rule["from"]
    for path in (*rule.get("first", ()), *rule.get("join", {}).get("of", ())):
        yield "", path
    if isinstance(rule.get("code"), dict) and "as_of" in rule["code"]:
        yield "/code", rule["code"]["as_of"]
    for i, part in enumerate(rule.get("choose", ())):
        if "from" in part:
            yield f"/choose/{i}/from", part["from"]
    for place, test in _tests(rule):
        yield from ((place, path) for path in _condition_paths(test))


def _tests(rule: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if "when" in rule:
        yield "/when", rule["when"]
    for i, part in enumerate(rule.get("choose", ())):
        if "when" in part:
            yield f"/choose/{i}/when", part["when"]


def _condition_paths(test: Mapping[str, Any]) -> Iterator[str]:
    [(op, about)] = test.items()
    if op in ("present", "absent", "same"):
        yield from [about] if isinstance(about, str) else about
    elif op in ("equal", "in"):
        yield from about
    else:
        for part in [about] if op == "not" else about:
            yield from _condition_paths(part)


def misfit_literals(
    rule: Mapping[str, Any], fields: Mapping[str, str], source: str
) -> Iterator[tuple[str, Any]]:
    """Literals that can never equal their field: a number against text (``0`` and ``"0"``)."""
    for place, test in _tests(rule):
        for path, literal in _compared(test):
            kind = fields.get(source + path, "")
            if (
                isinstance(literal, int)
                and kind != _JSON_TYPES[type(literal)]
                and (kind or type(literal) is int)
            ):
                yield f"{place}/{escape(path)}", literal


_JSON_TYPES = {bool: "boolean", int: "integer"}


def _compared(test: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    [(op, about)] = test.items()
    if op == "equal":
        yield from about.items()
    elif op == "in":
        yield from ((path, literal) for path, listed in about.items() for literal in listed)
    elif op in ("all", "any", "not"):
        for part in [about] if op == "not" else about:
            yield from _compared(part)
