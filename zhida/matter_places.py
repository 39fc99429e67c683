"""What a matter names of its site: units, systems, operations, owners; and who gives what it needs.

Each mistake has its place in the matter's file. Agreements are asked about afterwards
(``zhida.matter_check``): they rest on who gives and who gets.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from exchange.errors import Fact, Invalid
from exchange.names import nearest
from mappings.yaml_file import escape
from matters import terms
from matters.matter import Item, Matter
from matters.mistakes import Mistake
from matters.terms import WorkingDays
from zhida import hub, matter_sources
from zhida.site import Site


def mistakes(site: Site, matter: Matter, day: date) -> Iterator[Mistake]:
    """Everything that the site does not have."""
    yield from _units(site, matter)
    yield from _items(site, matter, day)


def place(item: Item) -> str:
    """Where an item stands in its matter's file (JSON Pointer)."""
    return f"/items/{escape(item.stands_for or item.name)}"


def _units(site: Site, matter: Matter) -> Iterator[Mistake]:
    named = [("/lead", matter.lead)]
    named += [(f"/opens_on/{n}/unit", each.unit) for n, each in enumerate(matter.opens_on)]
    named += [(f"/changes_on/{n}/unit", each.unit) for n, each in enumerate(matter.changes_on)]
    named += [(f"{place(i)}/unit", i.unit) for i in matter.items.values() if not i.stands_for]
    for at, unit in named:
        if unit not in site.units:
            yield Mistake(
                "matter.no-unit", at, {"unit": unit, "nearest": nearest(unit, site.units)}
            )


def _items(site: Site, matter: Matter, day: date) -> Iterator[Mistake]:
    for item in matter.items.values():
        at = place(item)
        if item.unit in site.units:
            yield from _does(site, item, f"{at}/by_hand/do" if item.stands_for else f"{at}/do")
        if item.term is not None and not item.stands_for:
            yield from _owner(site, item, item.term.escalate_to, f"{at}/within/escalate_to")
            if isinstance(item.term.legal, WorkingDays):
                yield from _years(site, item.term.legal, day, f"{at}/within/legal")


def _does(site: Site, item: Item, at: str) -> Iterator[Mistake]:
    """The unit has one system for it, and that can do it."""
    facts: dict[str, Fact] = {"item": item.name, "unit": item.unit}
    try:
        system = site.system_of(item)
    except Invalid as error:
        alike = [s for s in site.systems.values() if s.unit == item.unit]
        known = {s.adapter for s in alike} | {s.name.replace("-", "_") for s in alike}
        count = error.facts.get("found", 0)
        near = nearest(item.adapter, known)
        facts |= {"adapter": item.adapter, "found": count, "nearest": near}
        yield Mistake("matter.no-system", at, facts)
        return
    if matter_sources.streams(site, system) is None:  # its own file is wrong: told there
        return
    operations = hub.declared(system)
    if item.operation not in operations:
        facts |= {"do": item.operation, "nearest": nearest(item.operation, operations)}
        yield Mistake("matter.no-operation", at, facts)


def _owner(site: Site, item: Item, owner: str, at: str) -> Iterator[Mistake]:
    known = [*site.units, *site.operators]
    if owner and owner not in known:
        facts: dict[str, Fact] = {"item": item.name, "owner": owner}
        yield Mistake("matter.no-owner", at, {**facts, "nearest": nearest(owner, known)})


def _years(site: Site, legal: WorkingDays, day: date, at: str) -> Iterator[Mistake]:
    """A period that begins today can be counted to its end."""
    found = terms.last_day(legal, day, site.holidays)
    if found.day is None and found.doubt is not None:
        yield Mistake(found.doubt.code, at, dict(found.doubt.facts))


def documents(site: Site, matter: Matter) -> Iterator[Mistake]:
    """What an item needs and nobody gives, or nobody surely gives before; if the site has all."""
    givers = matter_sources.providers(site, matter)
    for item in matter.items.values():
        operation = matter_sources.declared(site, item)
        at = place(item)
        for kind in dict.fromkeys(operation.needs.values() if operation else ()):
            facts: dict[str, Fact] = {"item": item.name, "kind": kind}
            if kind not in givers:
                near = nearest(kind, givers)
                yield Mistake("matter.nobody-gives", f"{at}/do", {**facts, "nearest": near})
            elif late := _later(site, matter, item, kind):
                yield Mistake("matter.given-later", at, {**facts, "giver": late})


def _later(site: Site, matter: Matter, item: Item, kind: str) -> str:
    """The item that gives this kind, if nothing says that it comes first; else empty."""
    given = [
        each.stands_for or each.name
        for each in matter.items.values()
        if (operation := matter_sources.declared(site, each)) and operation.gives == kind
    ]
    before = _before(matter, item)
    if not given or before.intersection(given) or _at_once(site, matter, kind):
        return ""
    return given[0]


def _at_once(site: Site, matter: Matter, kind: str) -> bool:
    """Is it there when the case opens, or ours to make?"""
    return any(kind == each for each, _ in matter_sources.opened_with(site, matter))


def _before(matter: Matter, item: Item) -> set[str]:
    """All items that are over when this one begins."""
    found: set[str] = set()
    left = [*item.needs, *item.after]
    while left:
        name = left.pop()
        if name not in found and name in matter.items:
            found.add(name)
            left += [*matter.items[name].needs, *matter.items[name].after]
    return found
