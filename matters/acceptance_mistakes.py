"""What is wrong with a procedure of joint acceptance that its schema can't see.

Names that are not there; and what would lower the standard unseen: a clause that nobody can look at, a
material that no clause asks for, silence that would be an approval, a fix that would reopen nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from exchange.errors import Fact
from exchange.names import nearest
from mappings.yaml_file import escape
from matters import conditions
from matters.acceptance_parts import HUB, OWNER
from matters.acceptance_schema import COUNTED, NO_OBJECTION
from matters.mistakes import Mistake

SILENT = ("部门意见",)
"""Kinds of items whose silence may count as no objection: what a unit is asked, never what it grants."""
_PROJECT = "/project/"
_REFERENCES: Mapping[str, Mapping[str, str]] = {
    "filings": {"to": "roles", "covers": "roles", "materials": "materials"},
    "items": {"stage": "stages", "by": "roles", "on_behalf_of": "roles"}
    | {"needs": "items", "parts": "parts"},
    "materials": {"stage": "stages", "consumers": "items", "parts": "parts"},
    "checks": {"items": "items", "evidence": "materials", "parts": "parts"},
}
"""List → key of its entries → list in which the names must be."""
_CODES = {
    "roles": "acceptance.unknown-role",
    "stages": "acceptance.unknown-stage",
    "items": "acceptance.unknown-item",
    "materials": "acceptance.unknown-material",
    "parts": "acceptance.unknown-part",
}


def find(told: Mapping[str, Any]) -> Iterator[Mistake]:
    """Every mistake; how things fit together only where every name is one."""
    for each in COUNTED:
        if (wanted := told["counts"][each]) != (found := len(told[each])):
            facts: dict[str, Fact] = {"list": each, "wanted": wanted, "found": found}
            yield Mistake("acceptance.count", f"/{each}", facts)
    unknown = [*_names(told), *_new_names(told)]
    yield from unknown or _together(told)
    yield from _conditions(told)


def _names(told: Mapping[str, Any]) -> Iterator[Mistake]:
    for part, keys in _REFERENCES.items():
        for name, about in told[part].items():
            for key, known in keys.items():
                at = f"/{part}/{escape(name)}/{key}"
                yield from _unknown(_list(about.get(key, ())), told[known], at, _CODES[known])
    for place, about in enumerate(told.get("delegations", ())):
        at = f"/delegations/{place}"
        yield from _unknown([about["of"], about["to"]], told["roles"], at, _CODES["roles"])
    stages = [told["whole"]["stage"]] if "whole" in told else []
    yield from _unknown(stages, told["stages"], "/whole/stage", _CODES["stages"])


def _new_names(told: Mapping[str, Any]) -> Iterator[Mistake]:
    """What stands for something of the old procedure is there, and the old thing is gone."""
    either = [*told["materials"], *told["items"]]
    for name, about in told.get("dropped", {}).items():
        at = f"/dropped/{escape(name)}"
        yield from _unknown(about.get("instead", ()), either, at, _CODES["materials"])
        if name in told["materials"]:
            yield Mistake("acceptance.still-there", at, {"name": name})
    for name, now in told.get("merged", {}).items():
        at = f"/merged/{escape(name)}"
        yield from _unknown([now], told["items"], at, _CODES["items"])
        if name in told["items"]:
            yield Mistake("acceptance.still-there", at, {"name": name})


def _list(told: str | Iterable[str]) -> list[str]:
    return [told] if isinstance(told, str) else list(told)


def _unknown(names: Iterable[str], known: Iterable[str], at: str, code: str) -> Iterator[Mistake]:
    there = list(known)
    for name in names:
        if name not in there:
            yield Mistake(code, at, {"name": name, "nearest": nearest(name, there)})


def _together(told: Mapping[str, Any]) -> Iterator[Mistake]:
    looked = {item for about in told["checks"].values() for item in about["items"]}
    for name, about in told["items"].items():
        at = f"/items/{escape(name)}"
        if name not in looked:
            yield Mistake("acceptance.no-check", at, {"item": name})
        yield from _in_item(name, about, told)
    for name, about in told["materials"].items():
        yield from _in_material(name, about, told)
    for name, about in told["checks"].items():
        yield from _in_check(name, about, told)
    try:
        TopologicalSorter({name: i.get("needs", ()) for name, i in told["items"].items()}).prepare()
    except CycleError as error:
        items = sorted(set(error.args[1]))
        yield Mistake("acceptance.circle", f"/items/{items[0]}", {"items": ", ".join(items)})


def _in_item(name: str, about: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Mistake]:
    at, stages = f"/items/{escape(name)}", list(told["stages"])
    if about["by"] in (OWNER, HUB):
        yield Mistake("acceptance.no-unit", f"{at}/by", {"item": name, "role": about["by"]})
    for role in about.get("on_behalf_of", ()):
        pairs = [(each["of"], each["to"]) for each in told.get("delegations", ())]
        if (role, about["by"]) not in pairs:
            facts: dict[str, Fact] = {"item": name, "of": role, "to": about["by"]}
            yield Mistake("acceptance.no-delegation", f"{at}/on_behalf_of", facts)
    for other in about.get("needs", ()):
        if stages.index(told["items"][other]["stage"]) > stages.index(about["stage"]):
            yield Mistake("acceptance.later", f"{at}/needs", {"item": name, "needs": other})
    says = about.get("silence", {}).get("means")
    if says == NO_OBJECTION and about["kind"] not in SILENT:
        yield Mistake("acceptance.silence", f"{at}/silence", {"item": name, "kind": about["kind"]})


def _in_material(name: str, about: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Mistake]:
    """It comes in time, and each item that gets it has a clause for it: else it is asked for in vain."""
    at, stages = f"/materials/{escape(name)}", list(told["stages"])
    asks = [set(c["items"]) for c in told["checks"].values() if name in c.get("evidence", ())]
    if not asks:
        yield Mistake("acceptance.unused", at, {"material": name})
    for item in about["consumers"]:
        facts: dict[str, Fact] = {"material": name, "item": item}
        if stages.index(about["stage"]) > stages.index(told["items"][item]["stage"]):
            yield Mistake("acceptance.too-late", f"{at}/stage", facts)
        if asks and not any(item in each for each in asks):
            yield Mistake("acceptance.idle-consumer", f"{at}/consumers", facts)


def _in_check(name: str, about: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Mistake]:
    at, evidence = f"/checks/{escape(name)}", about.get("evidence", ())
    gets = {each: told["materials"][each]["consumers"] for each in evidence}
    if not evidence and not about.get("on_site"):
        yield Mistake("acceptance.no-evidence", at, {"check": name})
    for each, items in gets.items():
        if not set(items) & set(about["items"]):
            yield Mistake("acceptance.unseen", f"{at}/evidence", {"check": name, "material": each})
    for item in about["items"]:
        facts: dict[str, Fact] = {"check": name, "item": item}
        if evidence and not about.get("on_site") and not any(item in i for i in gets.values()):
            yield Mistake("acceptance.blind", f"{at}/items", facts)
        for part in about.get("parts", ()):
            if part not in told["items"][item].get("parts", ()):
                yield Mistake("acceptance.part", f"{at}/parts", {**facts, "part": part})


def _conditions(told: Mapping[str, Any]) -> Iterator[Mistake]:
    """They look at the project alone; and an item is left out only if the project says so."""
    for part in ("items", "materials"):
        for name, about in told[part].items():
            at = f"/{part}/{escape(name)}"
            paths = [*conditions.paths(about["when"])] if "when" in about else []
            paths += [about["sampling"]["of"]] if "sampling" in about else []
            for path in paths:
                if not path.startswith(_PROJECT):
                    yield Mistake("acceptance.path", at, {"path": path})
            if part == "items" and "when" in about and not conditions.holds(about["when"], {}):
                yield Mistake("acceptance.unknown-is-no", f"{at}/when", {"item": name})
