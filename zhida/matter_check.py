"""Can a matter's cases come about? What only its file, its systems and the agreements together tell.

Asked by ``zhida check`` alone: an agreement that ends must not keep a hub from starting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from exchange.agreement import Agreement, Flow, permit
from exchange.errors import Fact, Forbidden, Invalid, Problem
from exchange.ports import Needed, Operation
from matters import files
from matters.matter import Item, Matter
from matters.mistakes import Mistake
from matters.schema import SCHEMA
from zhida import hub, matter_file, matter_places, matter_sources
from zhida.site import Site


def check(site: Site, matter: Matter, day: date, *, path: Path | None = None) -> None:
    """``Invalid`` with everything that would let each of its cases fail, as of ``day``.

    ``path``: its file, if that is not where the site would look for it.
    """
    path = path or matter_file.find(site.folder, matter.name)
    found = files.read(path, SCHEMA)
    wrong = [*matter_places.mistakes(site, matter, day), *matter_sources.mistakes(site, matter)]
    wrong = wrong or list(matter_places.documents(site, matter))  # rests on its sources
    wrong += _flows(site, matter, day)
    if wrong:
        raise Invalid.of(
            Problem(each.code, {"file": path.name, "line": found.line(each.at), **each.facts})
            for each in wrong
        )


def _flows(site: Site, matter: Matter, day: date) -> Iterator[Mistake]:
    """Documents that an item needs and may not have, or not with the fields that it needs."""
    givers = matter_sources.providers(site, matter)
    for item in matter.items.values():
        operation = matter_sources.declared(site, item)
        needs = operation.needs.items() if operation else ()
        for name, kind in needs:
            for unit in givers.get(kind, ()):
                flow = Flow(unit, item.unit, kind, matter.purpose)
                try:
                    allowed = permit(site.agreements, flow, day)
                except Forbidden as error:
                    yield Mistake(error.code, matter_places.place(item), dict(error.facts))
                    continue
                yield from _withheld(allowed, item, name, list(_needed(site, item, operation)))


def _unread(site: Site, matter: Matter, day: date) -> Iterator[Mistake]:
    """Answers to questions that only rules look at, and that their units may not have.

    Whoever is asked must be allowed to tell somebody (``zhida.query``); what an item needs is
    told by ``_flows``.
    """
    for asked in matter.items.values():
        operation = matter_sources.declared(site, asked)
        if operation is None or operation.effect or asked.stands_for:
            continue
        told = list(_refusals(site, matter, asked, operation.gives, day=day))
        refused = [each for each in told if each is not None]
        if len(refused) == len(told):
            yield from refused[:1]


def _refusals(
    site: Site, matter: Matter, asked: Item, kind: str, *, day: date
) -> Iterator[Mistake | None]:
    """For each item whose rules look at the answer: why its unit may not have it, or None."""
    for item in matter.items.values():
        if any(path.startswith(f"/{asked.gives}/") for path in item.lanes.paths):
            try:
                permit(site.agreements, Flow(asked.unit, item.unit, kind, matter.purpose), day)
            except Forbidden as error:
                yield Mistake(error.code, matter_places.place(asked), dict(error.facts))
            else:
                yield None
        elif _takes(site, item, kind):
            yield None


def _takes(site: Site, item: Item, kind: str) -> bool:
    operation = matter_sources.declared(site, item)
    return operation is not None and kind in operation.needs.values()


def _needed(site: Site, item: Item, operation: Operation | None) -> Iterator[Needed]:
    """What identifies the thing, then what the request can't do without."""
    if operation is None:
        return
    for path in operation.identity + operation.occurrence:
        yield Needed("identity", (path,))
    for path in operation.asks:
        yield Needed("question", (path,))
    system = site.system_of(item)
    module = hub.adapter_module(system.adapter)
    if operation.effect and hasattr(module, "needed") and _is_right(site, item):
        yield from module.needed(system.options, site.folder).get(operation.name, ())


def _is_right(site: Site, item: Item) -> bool:
    return matter_sources.streams(site, site.system_of(item)) is not None


def _withheld(
    allowed: Agreement, item: Item, name: str, needed: Iterable[Needed]
) -> Iterator[Mistake]:
    told: set[str] = set()
    for each in needed:
        paths = [path.partition("/") for path in each.paths]
        mine = [f"/{rest}" for first, _, rest in paths if first == name]
        if len(mine) < len(paths) or any(_gives(allowed, path) for path in mine):
            continue
        if mine[0] not in told:
            told.add(mine[0])
            facts: dict[str, Fact] = {"agreement": allowed.id, "path": mine[0], "item": item.title}
            yield Mistake(
                "site.withheld", matter_places.place(item), {**facts, "use": each.mapping}
            )


def _gives(allowed: Agreement, path: str) -> bool:
    """The field, or something in it."""
    return allowed.covers(path) or any(name.startswith(f"{path}/") for name in allowed.fields)
