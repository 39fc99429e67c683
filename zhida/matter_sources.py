"""Where a matter's documents come from: its streams, their kinds, and the units that give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exchange.errors import Fact, Fatal, Invalid, ZhidaError
from exchange.names import nearest
from exchange.ports import Operation
from mappings import shapes
from matters.matter import Change, Item, Matter, Opening
from matters.mistakes import Mistake
from zhida import hub, oa_task, result, system_file
from zhida.site import Site, System


def mistakes(site: Site, matter: Matter) -> Iterator[Mistake]:
    """Streams that their systems do not have, and identities that no message of them has."""
    for at, each in _sources(matter):
        if isinstance(each, Opening) and each.is_own:
            yield from _own(site, matter, each, at)
        if not site.tells(each):
            continue
        if each.unit not in site.units:  # told by matter_places
            continue
        try:
            system = site.find_system(each.unit, each.adapter)
        except Invalid as error:
            yield Mistake(error.code, at, dict(error.facts))
            continue
        known = streams(site, system)
        if known is not None and each.stream not in known:
            near = nearest(each.stream, known)
            facts: dict[str, Fact] = {"system": system.name, "stream": each.stream, "nearest": near}
            yield Mistake("site.no-stream", f"{at}/stream", facts)
        elif known is not None:
            yield from _no_fields(site, _identity(matter, each, at), known[each.stream])


def _own(site: Site, matter: Matter, each: Opening, at: str) -> Iterator[Mistake]:
    """What the hub makes itself is its own unit's, and of a kind that there is."""
    if each.unit in site.units and each.unit != site.unit:
        yield Mistake("matter.not-the-hub", f"{at}/unit", {"unit": each.unit, "hub": site.unit})
    kinds = shapes.of(site.folder).kinds()
    if each.stream in kinds:
        yield from _no_fields(site, _identity(matter, each, at), each.stream)
    else:
        facts: dict[str, Fact] = {"kind": each.stream, "nearest": nearest(each.stream, kinds)}
        yield Mistake("matter.own-kind", f"{at}/stream", facts)


def streams(site: Site, system: System) -> Mapping[str, str] | None:
    """A system's streams with the kind that each gives; None if its file is not right (yet)."""
    try:
        module = hub.adapter_module(system.adapter)
        system_file.check(system, module, site.folder)
    except ZhidaError:  # told where the system itself is checked
        return None
    found: Mapping[str, str] = module.streams(system.options) if hasattr(module, "streams") else {}
    return found


def declared(site: Site, item: Item) -> Operation | None:
    """What the item does; None if its system's file does not say (told elsewhere)."""
    try:
        return hub.declared(site.system_of(item)).get(item.operation)
    except (ZhidaError, KeyError, TypeError):  # options that no schema has passed
        return None


def providers(site: Site, matter: Matter) -> dict[str, list[str]]:
    """Kind of document → the units that give it in this matter."""
    given = opened_with(site, matter)
    for item in matter.items.values():
        operation = declared(site, item)
        given += [(operation.gives, item.unit)] if operation and operation.gives else []
    found: dict[str, list[str]] = {}
    for kind, unit in dict.fromkeys(given):
        found.setdefault(kind, []).append(unit)
    return found


def opened_with(site: Site, matter: Matter) -> list[tuple[str, str]]:
    """Kinds that are there when a case opens, and what the hub itself makes, with their units."""
    given = [(result.KIND, site.unit), (oa_task.KIND, site.unit)]
    given += [(each.stream, each.unit) for each in matter.opens_on if each.is_own]
    for each in filter(site.tells, matter.opens_on):
        known = _streams_of(site, each) or {}
        given += [(known[each.stream], each.unit)] if each.stream in known else []
    return given


def _streams_of(site: Site, each: Opening) -> Mapping[str, str] | None:
    """None as well for a source that can't be told which it is (``mistakes`` has told it)."""
    try:
        return streams(site, site.find_system(each.unit, each.adapter))
    except Invalid:
        return None


def _sources(matter: Matter) -> Iterator[tuple[str, Opening | Change]]:
    yield from ((f"/opens_on/{n}", each) for n, each in enumerate(matter.opens_on))
    yield from ((f"/changes_on/{n}", each) for n, each in enumerate(matter.changes_on))


def _identity(matter: Matter, each: Opening | Change, at: str) -> list[tuple[str, str]]:
    """Places in the matter's file, and pointers in the document that the stream gives."""
    of_matter = isinstance(each, Opening) and any(
        path.startswith(f"{each.gives}/") for path in matter.identity
    )
    place = "" if of_matter else at
    return [(f"{place}/identity/{n}", path) for n, path in enumerate(each.identity)]


def _no_fields(site: Site, paths: list[tuple[str, str]], kind: str) -> Iterator[Mistake]:
    try:
        shape = shapes.of(site.folder).find(kind)
    except Fatal:  # told with the stream's system
        return
    for at, path in paths:
        if not shape.has_leaf(path):
            near = nearest(path, shape.leaves)
            yield Mistake("site.matter-identity", at, {"path": path, "kind": kind, "nearest": near})
