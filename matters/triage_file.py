"""Read triage rules from their file, with every mistake and its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from exchange.errors import Fact
from exchange.names import nearest
from mappings.shapes import SHIPPED as SHAPES
from mappings.yaml_file import escape
from matters import conditions, files
from matters.ladder_parts import Ladder
from matters.mistakes import Mistake, refuse
from matters.triage import Rule, Triage

SHIPPED = Path(__file__).with_name("mediation") / "triage.yaml"
_ID: Mapping[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}$"}
_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
_LEFT = "/left/"
"""Paths below name a period of the ladder: how many days are left of it."""
_CASE = "/case"
_CENTRE = "hub"
"""The role that leads disputes, and tells what begins beside."""
_ROOTS = (f"{_CASE}/", _LEFT)
_PERSONAL = ("/worker/", "/facts", "/evidence", "/earlier")
"""Below ``/case``: what says who somebody is and what happened, by which nobody is sent anywhere."""
_ALLOWED = "/worker/job"

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "分流规则",
    "type": "object",
    "additionalProperties": False,
    "required": ["triage", "title", "rules"],
    "properties": {
        "triage": {**_ID, "title": "标识"},
        "title": {**_TEXT, "title": "名称"},
        "rules": {
            "title": "规则，从上往下",
            "type": "object",
            "minProperties": 1,
            "propertyNames": _ID,
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["title", "article"],
                "properties": {
                    "title": {**_TEXT, "title": "名称"},
                    "article": {**_TEXT, "title": "依据"},
                    "when": {**conditions.REFERENCE, "title": "情形"},
                    "to": {**_ID, "title": "去向", "description": "A role of the ladder."},
                    "beside": {
                        **_ID,
                        "title": "同时启动",
                        "description": "An event of the ladder.",
                    },
                },
                "oneOf": [{"required": ["to"]}, {"required": ["beside"]}],
            },
        },
    },
    "$defs": {"condition": conditions.SCHEMA},
}


def load(path: Path, ladder: Ladder) -> Triage:
    """``Invalid`` tells every mistake."""
    found = files.read(path, SCHEMA)
    refuse(found, path.name, mistakes(found.data, ladder))
    return of(found.data)


def of(told: Mapping[str, Any]) -> Triage:
    """What valid content says."""
    rules = tuple(_rule(name, about) for name, about in told["rules"].items())
    return Triage(told["triage"], told["title"], rules)


def _rule(name: str, told: Mapping[str, Any]) -> Rule:
    to, beside = told.get("to", ""), told.get("beside", "")
    return Rule(name, told["title"], told["article"], told.get("when"), to=to, beside=beside)


def mistakes(told: Mapping[str, Any], ladder: Ladder) -> Iterator[Mistake]:
    """What the schema can't see: names, and a case that no rule leads anywhere."""
    last = ""
    for name, about in told["rules"].items():
        at = f"/rules/{escape(name)}"
        yield from _names(about, ladder, at)
        if last and "to" in about:
            yield Mistake("triage.never", at, {"rule": name, "before": last})
        if "to" in about and "when" not in about:
            last = last or name
    if not last:
        yield Mistake("triage.no-last", "/rules")


def _names(about: Mapping[str, Any], ladder: Ladder, at: str) -> Iterator[Mistake]:
    for key, known, code in (
        ("to", ladder.roles, "triage.unknown-to"),
        ("beside", ladder.says, "triage.unknown-beside"),
    ):
        if key in about and about[key] not in known:
            yield Mistake(code, at, {"name": about[key], "nearest": nearest(about[key], known)})
    yield from _leads(about, ladder, at)
    for path in conditions.paths(about["when"]) if "when" in about else ():
        left = path.removeprefix(_LEFT)
        facts: dict[str, Fact] = {"path": path}
        if not path.startswith(_ROOTS):
            yield Mistake("triage.path", at, facts)
        elif path != left and left not in ladder.clocks:
            facts["nearest"] = nearest(left, ladder.clocks)
            yield Mistake("triage.unknown-period", at, facts)
        elif path == left:
            yield from _field(path.removeprefix(_CASE), at, facts)


def _leads(about: Mapping[str, Any], ladder: Ladder, at: str) -> Iterator[Mistake]:
    """Where nobody could take it up, or by what the centre may not tell, no dispute would ever go on."""
    takers = {role for say in ladder.says.values() if say.takes_over for role in say.by} | {_CENTRE}
    to, say = about.get("to", ""), ladder.says.get(about.get("beside", ""))
    if to in ladder.roles and to not in takers:
        told = {"name": to, "takers": "、".join(sorted(takers))}
        yield Mistake("triage.cannot-take", at, told)
    if say is not None and (say.hands_over or _CENTRE not in say.by):
        yield Mistake("triage.not-the-hubs", at, {"name": say.name})


def _field(path: str, at: str, facts: dict[str, Fact]) -> Iterator[Mistake]:
    """A slip of the pen would be a rule that never holds."""
    leaves = SHAPES.find("mediation-registration").leaves
    shape_path = "/".join("*" if part.isdigit() else part for part in path.split("/"))
    if shape_path not in leaves and not any(each.startswith(f"{shape_path}/") for each in leaves):
        known = [f"{_CASE}{each}" for each in leaves]
        yield Mistake(
            "triage.unknown-field", at, {**facts, "nearest": nearest(f"{_CASE}{path}", known)}
        )
    elif path.startswith(_PERSONAL) and path != _ALLOWED:
        yield Mistake("triage.personal", at, facts)
