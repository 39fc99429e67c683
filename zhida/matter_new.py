"""``zhida matter new``: the file of a new joint service, out of what the site's systems can do.

What follows from the documents is not asked: an item comes after those that give what it needs,
and whatever tells the result comes last. So the file passes ``zhida matter check`` as it stands,
but for agreements, which people make.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exchange.errors import Invalid, Problem
from exchange.names import nearest
from exchange.ports import Operation
from mappings import shapes
from matters import matter
from zhida import files as plain_files
from zhida import hub, matter_file, matter_sources, result
from zhida.matter_text import Entry, Told, written
from zhida.site import Site, System


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody says of the new matter."""

    name: str
    opens: str
    """``system:stream``"""
    title: str = ""
    lead: str = ""
    identity: str = ""
    """Pointer in the document that opens a case."""
    purpose: str = ""
    """The matter's name, if nothing is said."""
    items: Mapping[str, str] = field(default_factory=dict)
    """Name → ``system.operation``, in the order of the file."""
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def operations(site: Site) -> dict[str, Operation]:
    """``system.operation`` → what it is, of all systems; corrections come about by themselves."""
    return {
        f"{system.name}.{name}": operation
        for system in site.systems.values()
        if matter_sources.streams(site, system) is not None
        for name, operation in hub.declared(system).items()
        if not operation.corrects
    }


def openings(site: Site) -> dict[str, str]:
    """``system:stream`` → the kind of document that it gives."""
    return {
        f"{system.name}:{stream}": kind
        for system in site.systems.values()
        for stream, kind in (matter_sources.streams(site, system) or {}).items()
    }


def leaves(site: Site, opens: str) -> list[str]:
    """Pointers that can tell two cases apart: what every document of the opening's kind has."""
    return sorted(shapes.of(site.folder).find(openings(site)[opens]).required)


def text(site: Site, wish: Wish) -> str:
    """The file; ``Invalid`` with everything that is missing or does not exist."""
    _refuse(_missing(wish))
    _refuse(_unknown(site, wish))
    name, _, stream = wish.opens.partition(":")
    system = site.systems[name]
    kind = openings(site)[wish.opens]
    entries = _entries(site, wish)
    told = Told(
        name=wish.name,
        title=wish.title,
        lead=wish.lead,
        purpose=wish.purpose or wish.name,
        opening=(_adapter(site, system), system.unit, stream, kind),
        identity=f"{kind}{wish.identity}",
        items=entries,
    )
    made = written(told)
    matter.of_text(made, f"{wish.name}.yaml")
    return made


def write(site: Site, name: str, made: str) -> Path:
    """The new file; ``Invalid`` if there is such a matter already."""
    if matter_file.find(site.folder, name).is_file():
        raise Invalid("matter.exists", matter=name)
    path = site.folder / "matters" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    plain_files.write(path, made.encode())
    return path


def _missing(wish: Wish) -> Iterator[Problem]:
    for key, option in (
        ("opens", "opens"),
        ("title", "set title=…"),
        ("lead", "set lead=…"),
        ("identity", "set identity=…"),
        ("items", "item"),
    ):
        if not getattr(wish, key):
            yield Problem("matter.needs-option", {"option": option})


def _unknown(site: Site, wish: Wish) -> Iterator[Problem]:
    able, opening = operations(site), openings(site)
    chosen = [("set lead", wish.lead, [*site.units]), ("opens", wish.opens, [*opening])]
    chosen += [("item", each, [*able]) for each in wish.items.values()]
    for option, order in (("needs", wish.needs), ("after", wish.after)):
        chosen += [(option, name, [*wish.items]) for name in order]
        chosen += [(option, each, [*wish.items]) for names in order.values() for each in names]
    if wish.opens in opening:
        chosen.append(("set identity", wish.identity, leaves(site, wish.opens)))
    for option, value, known in chosen:
        if value not in known:
            facts = {"option": option, "value": value, "nearest": nearest(value, known)}
            yield Problem("matter.no-choice", facts)


def _refuse(found: Iterable[Problem]) -> None:
    problems = list(found)
    if problems:
        raise Invalid.of(problems)


def _entries(site: Site, wish: Wish) -> list[Entry]:
    able = operations(site)
    last = [name for name, do in wish.items.items() if result.KIND in able[do].needs.values()]
    entries = []
    for name, do in wish.items.items():
        operation, system = able[do], site.systems[do.rpartition(".")[0]]
        derived = _givers(wish, able, name)
        after = [other for other in wish.items if other not in last] if name in last else []
        needs = dict.fromkeys([*derived, *wish.needs.get(name, ())])
        entries.append(
            Entry(
                name=name,
                unit=system.unit,
                do=f"{_adapter(site, system)}.{operation.name}",
                operation=operation,
                needs=tuple(needs),
                after=tuple(dict.fromkeys([*after, *wish.after.get(name, ())])),
            )
        )
    return entries


def _givers(wish: Wish, able: Mapping[str, Operation], name: str) -> list[str]:
    """Items that give what this one needs."""
    kinds = set(able[wish.items[name]].needs.values())
    return [other for other, do in wish.items.items() if other != name and able[do].gives in kinds]


def _adapter(site: Site, system: System) -> str:
    """How a matter's file names the system: by its adapter, if its unit has one only."""
    try:
        if site.find_system(system.unit, system.adapter) == system:
            return system.adapter
    except Invalid:
        pass
    return system.name.replace("-", "_")
