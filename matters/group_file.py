"""Groups of policies that share a cap or exclude one another (``groups.yaml``) to ``PolicyGroup``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exchange.errors import Invalid, Problem
from mappings.yaml_file import YamlFile, escape
from matters import files, money
from matters.criteria_schema import NAME, TEXT
from matters.policy import PolicyGroup

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "政策互斥组",
    "type": "object",
    "additionalProperties": False,
    "required": ["groups"],
    "properties": {
        "groups": {
            "title": "互斥组",
            "type": "object",
            "propertyNames": NAME,
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["title", "rule", "basis"],
                "properties": {
                    "title": TEXT | {"title": "名称"},
                    "rule": {
                        "title": "规则",
                        "description": "highest 就高（已享受较低的补差额）, cap 合计上限",
                        "type": "string",
                        "enum": ["highest", "cap"],
                    },
                    "cap": TEXT | {"title": "合计上限"},
                    "basis": TEXT | {"title": "依据"},
                },
            },
        }
    },
}


def load(path: Path) -> dict[str, PolicyGroup]:
    """Name → group. ``Invalid`` tells every mistake with its line."""
    found = files.read(path, SCHEMA)
    groups, problems = {}, []
    for name, told in found.data["groups"].items():
        at = f"/groups/{escape(name)}"
        try:
            groups[name] = _group(name, told)
        except Invalid as error:
            problems.append(_at(found, at, path.name, error))
    if problems:
        raise Invalid.of(problems)
    return groups


def _group(name: str, told: Mapping[str, Any]) -> PolicyGroup:
    if ("cap" in told) != (told["rule"] == "cap"):
        raise Invalid("policy.group-cap", name=name)
    cap = money.parse(told["cap"]) if "cap" in told else None
    return PolicyGroup(name, told["title"], told["rule"], cap, told["basis"])


def _at(found: YamlFile, at: str, file: str, error: Invalid) -> Problem:
    return Problem(error.code, {"file": file, "line": found.line(at), **error.facts})
