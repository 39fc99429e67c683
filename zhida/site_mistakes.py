"""What no single file of a site can tell: names twice, and names that point to nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from exchange.errors import Invalid, Problem
from exchange.names import nearest
from mappings import shapes

if TYPE_CHECKING:
    from zhida.site import Site


def find(site: Site, named: Mapping[str, Any]) -> list[Problem]:
    """All of them; ``named`` holds the files' content by folder, before it was put together."""
    return [*_twice(named), *_dangling(site), *_unknown_kinds(site)]


def _twice(named: Mapping[str, Any]) -> Iterator[Problem]:
    """Two files that claim one name: the last must not win silently."""
    for kind in ("units", "systems", "operators"):
        yield from _repeated(kind, [each.name for each in named[kind]])
    yield from _repeated("agreements", [each.id for each in named["agreements"]])


def _repeated(kind: str, names: list[str]) -> Iterator[Problem]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Problem("site.duplicate", {"kind": kind, "name": name, "count": count})


def _dangling(site: Site) -> Iterator[Problem]:
    """What no single file can tell: names that point to nothing."""
    for system in site.systems.values():
        yield from _unit_problem(site, system.unit, f"systems/{system.name}.yaml")
    for agreement in site.agreements:
        for unit in (agreement.provider, agreement.receiver):
            yield from _unit_problem(site, unit, f"agreements/{agreement.id}.yaml")
    for each in site.matters.values():
        for item in each.items.values():
            try:
                site.system_of(item)
            except Invalid as error:
                yield from error.problems


def _unknown_kinds(site: Site) -> Iterator[Problem]:
    """Documents that nobody could ever have: what is meant would never be allowed, or asked for."""
    named = [(f"agreements/{each.id}.yaml", each.document) for each in site.agreements]
    for matter in site.matters.values():
        materials = [each for item in matter.items.values() for each in item.materials]
        file = f"matters/{matter.name}"
        named += [(file, each.document) for each in materials]
    known = shapes.of(site.folder).kinds()
    for file, kind in dict.fromkeys(named):
        if kind not in known:
            facts = {"file": file, "kind": kind, "nearest": nearest(kind, known)}
            yield Problem("site.no-kind", facts)


def _unit_problem(site: Site, unit: str, where: str) -> Iterator[Problem]:
    if unit not in site.units:
        facts = {"file": where, "unit": unit, "nearest": nearest(unit, site.units)}
        yield Problem("site.no-unit", facts)
