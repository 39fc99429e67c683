"""Why something was refused, for whoever fills in a form: titles, and what is wanted, never a bare name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from exchange.errors import Fact, ZhidaError
from exchange.names import NONE
from matters.acceptance_events import SAYS
from matters.acceptance_standing import FAIL, FAILED, PASS, REMEDY
from zhida import acceptance_names, acceptance_titles
from zhida.acceptance import Acceptance
from zhida.acceptance_names import Titles
from zhida.site import Site

Words = Callable[[str, str], str]
_FIELDS = {
    "acceptance.not-an-item": "items",
    "acceptance.no-material": "materials",
    "acceptance.no-part": "parts",
    "acceptance.not-a-check": "checks",
}
"""Code of an unknown name → what it should have been."""
_TITLED = {"item": "items", "items": "items", "materials": "materials", "checks": "checks"}
"""Fact → what it names."""
_OPINIONS = {
    PASS: "联合验收意见（通过）",
    FAIL: "联合验收意见（不通过）",
    NONE: "没有写明结论的意见",
}


def facts(found: Acceptance, site: Site, event: str, error: ZhidaError) -> Mapping[str, Fact]:
    """The facts of a refusal of this event."""
    told = unit_told(site, error.facts)
    if error.code in _FIELDS:
        return told | _unknown(found, str(told["name"]), _known(found, error.code))
    if error.code == "acceptance.unknown-event":
        return told | _unknown(found, str(told["name"]), {n: s.title for n, s in SAYS.items()})
    for name in told.keys() & _TITLED.keys():
        known = acceptance_names.titles(found.plan.procedure, _TITLED[name])
        titles = "、".join(known.get(each, each) for each in str(told[name]).split("、"))
        told[name] = _WORDS.get((error.code, name), _as_it_is)(titles, event)
    if error.code == "acceptance.opinion":
        told["verdict"] = _OPINIONS.get(str(told["verdict"]), told["verdict"])
    return told


def unit_told(site: Site, told: Mapping[str, Fact]) -> dict[str, Fact]:
    """With its title, where it is a unit of the site."""
    unit = {"unit": acceptance_titles.of_unit(site, str(told["unit"]))} if "unit" in told else {}
    return {**told, **unit}


def _known(found: Acceptance, code: str) -> Titles:
    """What this building has of it."""
    known = acceptance_names.titles(found.plan.procedure, _FIELDS[code])
    of_plan: dict[str, Mapping[str, Any]] = {
        "items": found.plan.items,
        "materials": found.plan.materials,
    }
    mine = of_plan.get(_FIELDS[code], known)
    return {name: title for name, title in known.items() if name in mine}


def _unknown(found: Acceptance, name: str, known: Titles) -> dict[str, Fact]:
    every = acceptance_names.titles(found.plan.procedure, "items")
    return {"name": every.get(name, name)[:40], "nearest": acceptance_names.nearest(name, known)}


def _as_it_is(titles: str, event: str) -> str:
    del event
    return titles


def _clauses(titles: str, event: str) -> str:
    if titles != NONE:
        return f"这个事项不查“{titles}”"
    return "没有写明不符合的条款" if event in (REMEDY, FAILED) else "这个结论不写条款"


def _asked(titles: str, event: str) -> str:
    del event
    return "没有写明要补的材料" if titles == NONE else f"这个事项不看“{titles}”"


def _decided(titles: str, event: str) -> str:
    del event
    return "整个单体，也不能撤回" if titles == NONE else titles


def _not_all(titles: str, event: str) -> str:
    del event
    return "没有。各事项都已通过，不能出具“不通过”" if titles == NONE else titles


_WORDS: Mapping[tuple[str, str], Words] = {
    ("acceptance.clauses", "checks"): _clauses,
    ("acceptance.asks-what", "materials"): _asked,
    ("acceptance.decided", "items"): _decided,
    ("acceptance.not-all", "items"): _not_all,
}
"""Code and fact → how it is said; there may be nothing to name."""
