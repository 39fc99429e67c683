"""Who gives which kind of document, by which live system: out of the site's files alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from exchange.errors import ZhidaError
from matters.facts import Fact
from zhida import catalogue_syncs, grants_file, grants_schema, hub, matter_sources, oa_task, result
from zhida.fact_rows import KIND
from zhida.grants_file import FactSource
from zhida.site import Contact, Site, System

STREAM, ANSWER, LIST, SYNC, HUB = "stream", "answer", "list", "sync", "hub"
"""It comes of itself; it answers a request; it comes as a whole list; a scheduled sync reads it; the hub writes it itself."""


@dataclass(frozen=True, slots=True)
class Giver:
    """One way by which a unit gives a kind of document."""

    document: str
    unit: str
    way: str
    name: str = ""
    """Of the stream, operation or list."""
    system: str = ""
    """Empty: the hub itself."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """Of a list of facts: which ones."""
    source: FactSource | None = None
    within: timedelta | None = None
    """Of a sync: how old it may be."""


def givers(site: Site) -> list[Giver]:
    """All of them, each once; systems whose file is not right yet give nothing (``zhida check``)."""
    found = [*_own(site), *_lists(site), *_syncs(site)]
    for system in site.systems.values():
        found += _of_system(site, system)
    return list({(g.document, g.unit, g.system, g.way, g.name): g for g in found}.values())


def _own(site: Site) -> Iterator[Giver]:
    for kind in (result.KIND, oa_task.KIND):
        yield Giver(kind, site.unit, HUB)
    for matter in site.matters.values():
        for each in matter.opens_on:
            if each.is_own:
                yield Giver(each.stream, site.unit, HUB)


def _of_system(site: Site, system: System) -> Iterator[Giver]:
    for stream, kind in (matter_sources.streams(site, system) or {}).items():
        yield Giver(kind, system.unit, STREAM, stream, system.name)
    try:
        operations = hub.declared(system)
    except (ZhidaError, KeyError, TypeError):  # told where the system itself is checked
        return
    for each in operations.values():
        if each.gives:
            yield Giver(each.gives, system.unit, ANSWER, each.name, system.name)


def _lists(site: Site) -> Iterator[Giver]:
    """Facts of enterprises, which come as datasets."""
    for each in fact_sources(site):
        yield Giver(KIND, each.unit, LIST, each.stream, each.system, each.gives, each)


def _syncs(site: Site) -> Iterator[Giver]:
    for each in catalogue_syncs.of_site(site):
        unit, system = site.system(each.source.system).unit, each.source.system
        yield Giver(each.document, unit, SYNC, each.name, system, within=each.fresh)


def fact_sources(site: Site) -> tuple[FactSource, ...]:
    """Of a site that has none, or whose file is not right yet: none."""
    if not (site.folder / grants_schema.FILE).is_file():
        return ()
    try:
        return grants_file.load(site).sources
    except ZhidaError:
        return ()


def contact(site: Site, giver: Giver) -> Contact | None:
    """Whom to call about it: the system's, else the unit's."""
    system = site.systems.get(giver.system)
    found = system.contact if system else None
    unit = site.units.get(giver.unit)
    return found or (unit.contact if unit else None)
