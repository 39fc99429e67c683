"""The catalogue of facts of one holder (``grants/facts/HOLDER.yaml``) to ``Fact``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from mappings.yaml_file import YamlFile, escape
from matters import files
from matters.criteria_schema import NAME, TEXT
from matters.facts import Fact, Kind
from matters.mistakes import Mistake, refuse

_FACT: Mapping[str, Any] = {
    "title": "事实",
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "kind"],
    "properties": {
        "title": TEXT | {"title": "名称"},
        "kind": {"title": "种类", "type": "string", "enum": list(get_args(Kind))},
        "codes": {
            "title": "代码",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": TEXT,
        },
        "scheme": {
            "title": "公共代码表",
            "description": "The list of mappings/codes that has the names; the values may be more than it has.",
            "enum": ["gb_t_2260"],
        },
        "answer": {
            "title": "只答是否",
            "description": "The holder may not hand out the value: yes, no or unknown.",
            "type": "boolean",
        },
        "note": TEXT | {"title": "说明"},
    },
}
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "企业事实目录",
    "type": "object",
    "additionalProperties": False,
    "required": ["holder", "facts"],
    "properties": {
        "holder": NAME | {"title": "持有单位"},
        "facts": {
            "title": "事实",
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,59}$"},
            "additionalProperties": _FACT,
        },
    },
}


def load(path: Path) -> dict[str, Fact]:
    """Name → fact. ``Invalid`` tells every mistake with its line."""
    found = files.read(path, SCHEMA)
    refuse(found, path.name, _mistakes(found))
    holder = found.data["holder"]
    return {name: _fact(name, holder, told) for name, told in found.data["facts"].items()}


def _fact(name: str, holder: str, told: Mapping[str, Any]) -> Fact:
    return Fact(
        name=name,
        title=told["title"],
        kind=told["kind"],
        holder=holder,
        codes=told.get("codes", {}),
        scheme=told.get("scheme", ""),
        answer=told.get("answer", False),
        note=told.get("note", ""),
    )


def _mistakes(found: YamlFile) -> Iterator[Mistake]:
    for name, told in found.data["facts"].items():
        at = f"/facts/{escape(name)}"
        for key in ("codes", "scheme"):
            if key in told and told["kind"] != "code":
                facts = {"name": name, "kind": told["kind"]}
                yield Mistake("policy.fact-codes", f"{at}/{key}", facts)
        if told.get("answer") and told["kind"] != "flag":
            yield Mistake(
                "policy.fact-answer", f"{at}/answer", {"name": name, "kind": told["kind"]}
            )
