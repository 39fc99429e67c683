"""``catalogue.yaml`` of a site: what the units themselves say of the data that they give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from exchange.errors import Fact, Fatal, Invalid, Problem
from exchange.names import nearest
from mappings import shapes
from mappings.identifiers import gb32100
from mappings.yaml_file import YamlFile, escape
from matters import files
from zhida import sharing_clocks
from zhida.catalogue_schema import FILE, SCHEMA
from zhida.fact_schedule import period
from zhida.sharing_clocks import SharingClock
from zhida.site import Site

Key = tuple[str, str]
"""Kind of document, and the unit that gives it."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a unit says of one kind of document that it gives; empty: it has not said."""

    code: str = ""
    category: str = ""
    share: str = ""
    """``unconditional``, ``conditional`` or ``none``."""
    condition: str = ""
    method: str = ""
    format: str = ""
    update: str = ""
    open: bool | None = None
    open_condition: str = ""
    published_on: str = ""
    related: str = ""
    fresh: timedelta | None = None
    personal: tuple[str, ...] | None = None
    """Pointers; None: nobody has said, so they are inferred."""


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """All of it; of a site without the file nothing is declared and the shipped clocks count."""

    providers: Mapping[str, str] = field(default_factory=dict)
    """Unit → its unified social credit code."""
    resources: Mapping[Key, Declared] = field(default_factory=dict)
    clocks: Mapping[str, SharingClock] = field(default_factory=sharing_clocks.shipped)

    def of(self, document: str, provider: str) -> Declared:
        """What is declared of it; of what nobody declared: nothing."""
        return self.resources.get((document, provider), _NOTHING)


_NOTHING = Declared()


def is_there(site: Site) -> bool:
    """Has the site such a file?"""
    return (site.folder / FILE).is_file()


def load(site: Site) -> CatalogueFile:
    """The site's file. ``Invalid`` tells every mistake with its line."""
    if not is_there(site):
        return CatalogueFile()
    found = files.read(site.folder / FILE, SCHEMA)
    problems = list(_mistakes(site, found))
    if problems:
        raise Invalid.of(problems)
    told = found.data
    resources = {(each["document"], each["provider"]): _declared(each) for each in _listed(found)}
    clocks = sharing_clocks.of_site(told.get("clocks", {}))
    return CatalogueFile(told.get("providers", {}), resources, clocks)


def _listed(found: YamlFile) -> list[Mapping[str, Any]]:
    listed: list[Mapping[str, Any]] = found.data.get("resources", [])
    return listed


def _declared(told: Mapping[str, Any]) -> Declared:
    plain = {n: v for n, v in told.items() if n not in ("document", "provider", "class")}
    if "fresh" in plain:
        plain["fresh"] = period(plain["fresh"])
    if "personal" in plain:
        plain["personal"] = tuple(plain["personal"])
    return Declared(category=told.get("class", ""), **plain)


def _mistakes(site: Site, found: YamlFile) -> Iterator[Problem]:
    """Units and kinds that there are not, the same thing twice, codes with a wrong check digit."""
    seen: set[Key] = set()
    kinds = shapes.of(site.folder)
    for index, each in enumerate(_listed(found)):
        where = _at(found, f"/resources/{index}")
        yield from _unit(site, each["provider"], where)
        yield from _kind(kinds, each, where)
        key = (each["document"], each["provider"])
        if key in seen:
            yield Problem("catalogue.twice", {**where, "document": key[0], "provider": key[1]})
        seen.add(key)
    for unit, code in found.data.get("providers", {}).items():
        where = _at(found, f"/providers/{escape(unit)}")
        yield from _unit(site, unit, where)
        if not gb32100.is_valid(code):
            yield Problem("catalogue.uscc", {**where, "unit": unit})


def _unit(site: Site, unit: str, where: Mapping[str, Fact]) -> Iterator[Problem]:
    if unit not in site.units:
        near = nearest(unit, site.units)
        yield Problem("catalogue.no-unit", {**where, "unit": unit, "nearest": near})


def _kind(
    kinds: shapes.Shapes, told: Mapping[str, Any], where: Mapping[str, Fact]
) -> Iterator[Problem]:
    try:
        shape = kinds.find(told["document"])
    except Fatal as error:
        yield from (Problem(each.code, {**where, **each.facts}) for each in error.problems)
        return
    for path in told.get("personal", ()):
        if not shape.has_leaf(path):
            near = nearest(path, shape.leaves)
            facts: dict[str, Fact] = {"document": told["document"], "path": path, "nearest": near}
            yield Problem("catalogue.no-field", {**where, **facts})


def _at(found: YamlFile, pointer: str) -> dict[str, Fact]:
    return {"file": FILE, "line": found.line(pointer)}
