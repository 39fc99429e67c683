"""What ``zhida check`` looks at of scheduled syncs: names that point nowhere, agreements, circles.

The tables themselves are looked at when a sync runs: to check a site must not need its systems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial

from adapters import lists
from connectors import tables_select
from exchange import agreement
from exchange.agreement import Flow
from exchange.errors import Invalid, Problem, ZhidaError
from exchange.names import nearest
from mappings import shapes
from zhida import site_files, sync_ends, sync_file, sync_place, sync_to, system_wire
from zhida.site import Site, System
from zhida.sync_file import Place, Sync
from zhida.sync_to import Line

Step = tuple[str, Callable[[], None]]


def steps(site: Site, day: date) -> Iterator[Step]:
    """Title → what raises ``Invalid``; nothing for a site without syncs."""
    if not site_files.paths(site.folder, sync_file.FOLDER):
        return
    try:
        found = sync_file.load_all(site.folder)
    except Invalid as error:
        yield "定时同步的文件", partial(_refuse, error.problems)
        return
    yield "定时同步", partial(_all, site, found, day)


def _all(site: Site, syncs: Mapping[str, Sync], day: date) -> None:
    _refuse(problem for sync in syncs.values() for problem in mistakes(site, syncs, sync, day))


def mistakes(site: Site, syncs: Mapping[str, Sync], sync: Sync, day: date) -> Iterator[Problem]:
    """Everything that one sync says and the site does not have."""
    wrong = [p for place in (sync.source, *sync.targets) for p in _place(site, sync, place)]
    yield from wrong
    if not wrong:
        yield from _list(site, sync)
    known = shapes.of(site.folder).kinds()
    if sync.document not in known:
        facts = {"file": f"syncs/{sync.name}.yaml", "kind": sync.document}
        yield Problem("site.no-kind", {**facts, "nearest": nearest(sync.document, known)})
    yield from _after(syncs, sync)
    yield from _shared(syncs, sync)
    if not wrong:
        for line in sync_to.lines(sync):
            try:
                _agreed(site, line, day)
            except ZhidaError as error:
                yield from error.problems


def _place(site: Site, sync: Sync, place: Place) -> Iterator[Problem]:
    if place.system not in site.systems:
        near = nearest(place.system, site.systems)
        facts = {"file": f"{sync.name}.yaml", "system": place.system, "nearest": near}
        yield Problem("sync.no-system", facts)
        return
    system = site.system(place.system)
    try:
        system_wire.formed(system)
    except ZhidaError:  # what is wrong with it is told with itself
        return
    if place.kind == "gate":
        yield from _hub(site, sync, place)
    if place.kind in ("route", "file", "gate"):
        yield from sync_place.misplaced(place, system)
    elif place.kind == "list":
        if system.adapter != "lists":
            yield Problem("sync.no-lists", {"system": place.system, "adapter": system.adapter})
    else:
        yield from _table(place, system)


def _table(place: Place, system: System) -> Iterator[Problem]:
    """Or a query over tables."""
    wire = system_wire.of(system).alias
    if wire != sync_ends.WIRE:
        yield Problem("sync.no-tables", {"system": place.system, "wire": wire})
    if place.kind == "query" and (found := tables_select.wrong(place.table)):
        yield Problem("tables.query", {"found": found})


def _hub(site: Site, sync: Sync, place: Place) -> Iterator[Problem]:
    """Who signs on the other side of a gate must be known here."""
    if place.hub not in site.units:
        facts = {"file": f"{sync.name}.yaml", "unit": place.hub}
        yield Problem("sync.no-hub", {**facts, "nearest": nearest(place.hub, site.units)})


def _agreed(site: Site, line: Line, day: date) -> None:
    """Every column that the files name; where they name none, the sync itself asks when it runs."""
    mapping = sync_ends.mapping_of(site, line.sync)
    read = sync_ends.read_columns(line.sync, mapping, ())
    if mapping or read:
        written = sync_ends.written_columns(line, mapping, read)
        sync_ends.permitted(site, line, written, day)
        return
    provider = site.system(line.sync.source.system).unit
    receiver = site.system(line.target.system).unit
    flow = Flow(provider, receiver, line.sync.document, line.sync.purpose)
    agreement.permit(site.agreements, flow, day)


def _list(site: Site, sync: Sync) -> Iterator[Problem]:
    """A list that the system has not; a file that two targets would wait for: the first takes it away."""
    if not sync.is_listed:
        return
    name, system = sync.source.table, site.system(sync.source.system)
    known = system.options["lists"]
    if name not in known:
        yield Problem("lists.no-list", {"list": name, "nearest": nearest(name, known)})
    if len(sync.targets) > 1 and system_wire.of(system).alias in lists.FILES:
        yield Problem("sync.one-target", {"sync": sync.name})


def _shared(syncs: Mapping[str, Sync], sync: Sync) -> Iterator[Problem]:
    """A channel of a gate that two lines would use: the one's messages would be the other's."""
    used = [
        p.name for each in syncs.values() for p in (each.source, *each.targets) if p.kind == "gate"
    ]
    for place in (sync.source, *sync.targets):
        if place.kind == "gate" and used.count(place.name) > 1:
            yield Problem("sync.shared-channel", {"sync": sync.name, "channel": place.name})


def _after(syncs: Mapping[str, Sync], sync: Sync) -> Iterator[Problem]:
    """A sync that it waits for and that is not there; a circle in which each waits for another."""
    seen, at = [sync.name], sync.after
    while at:
        if at not in syncs:
            facts = {"sync": seen[-1], "after": at, "nearest": nearest(at, syncs)}
            yield Problem("sync.no-after", facts)
            return
        if at in seen:
            yield Problem("sync.circle", {"syncs": " → ".join([*seen, at])})
            return
        seen.append(at)
        at = syncs[at].after


def _refuse(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise Invalid.of(found)
