"""``grants.yaml`` of a site: which systems tell which facts of enterprises, how often, how long they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from exchange.errors import Invalid, Problem
from exchange.names import nearest
from mappings.yaml_file import YamlFile
from matters import durations, files, grants
from matters.durations import Duration
from matters.facts import Fact
from zhida import policy_find, push_channels
from zhida.fact_schedule import period
from zhida.grants_schema import FILE, SCHEMA
from zhida.push_channels import Channels
from zhida.site import Site

ADAPTER = "bulk"


@dataclass(frozen=True, slots=True)
class FactSource:
    """One holder's facts: from where, which, how often, and how long they count."""

    system: str
    unit: str
    stream: str
    gives: Mapping[str, Fact]
    whole: bool
    """Each batch is a whole list; else only what changed."""
    every: timedelta
    fresh: timedelta
    expected: timedelta
    """Within this after the newest list another should have come."""
    most_invalid: int
    """Per cent."""


@dataclass(frozen=True, slots=True)
class GrantsFile:
    """Everything that the file says, with the catalogue that it is read by."""

    sources: tuple[FactSource, ...]
    facts: Mapping[str, Fact]
    """The whole catalogue: a fact that no source gives is unknown of everybody."""
    retention: Duration
    push: Channels = field(default_factory=Channels)
    """How firms are told of policies that fit them."""
    owner: str = ""
    """Operator or unit that looks after the sources; empty: the hub's own contact."""

    def source(self, system: str) -> FactSource:
        """The source of this system. ``Invalid`` names the nearest."""
        for each in self.sources:
            if each.system == system:
                return each
        near = nearest(system, [each.system for each in self.sources])
        raise Invalid("grants.no-source", system=system[:80], nearest=near)

    def bucket(self, day: date) -> str:
        """The retention bucket of what comes in on this day."""
        return f"grants-{self.retention.after(day):%Y-%m}"


def load(site: Site) -> GrantsFile:
    """The site's file. ``Invalid`` tells every mistake with its line."""
    facts = grants.vocabulary(policy_find.site_policies(site.folder)).facts
    found = files.read(site.folder / FILE, SCHEMA)
    problems = [*_mistakes(site, found, facts), *push_channels.mistakes(site, found, FILE)]
    if problems:
        raise Invalid.of(problems)
    told = found.data
    sources = tuple(_source(site, each, facts) for each in told["facts"])
    retention = durations.parse(told.get("retention", "10 years"))
    push = push_channels.read(told.get("push", {}))
    return GrantsFile(sources, facts, retention, push, told.get("owner", ""))


def _source(site: Site, told: Mapping[str, Any], facts: Mapping[str, Fact]) -> FactSource:
    unit = site.systems[told["system"]].unit
    return FactSource(
        system=told["system"],
        unit=unit,
        stream=told.get("stream", "facts"),
        gives={name: facts[name] for name in _given(told, unit, facts)},
        whole=told.get("lists", "whole") == "whole",
        every=period(told.get("every", "1 day")),
        fresh=period(told["fresh"]),
        expected=period(told.get("expected", told["fresh"])),
        most_invalid=told.get("most_invalid", 10),
    )


def _given(told: Mapping[str, Any], unit: str, facts: Mapping[str, Fact]) -> list[str]:
    every = [name for name, fact in facts.items() if fact.holder == unit]
    return list(told.get("gives", every))


def _mistakes(site: Site, found: YamlFile, facts: Mapping[str, Fact]) -> Iterator[Problem]:
    """Systems and facts that are not there, another holder's, or told by two."""
    yield from _owner_mistakes(site, found)
    given: dict[str, str] = {}
    named: set[str] = set()
    for index, told in enumerate(found.data["facts"]):
        where: dict[str, str | int] = {"file": FILE, "line": found.line(f"/facts/{index}")}
        name = told["system"]
        system = site.systems.get(name)
        if system is None or system.adapter != ADAPTER:
            able = [each.name for each in site.systems.values() if each.adapter == ADAPTER]
            yield Problem(
                "grants.no-system", where | {"system": name, "nearest": nearest(name, able)}
            )
            continue
        if name in named:
            yield Problem("grants.system-twice", where | {"system": name})
        named.add(name)
        for fact in _given(told, system.unit, facts):
            yield from _fact_mistakes(fact, system.unit, facts, where)
            if given.setdefault(fact, name) != name:
                yield Problem("grants.fact-twice", where | {"fact": fact, "other": given[fact]})


def _owner_mistakes(site: Site, found: YamlFile) -> Iterator[Problem]:
    owner, known = found.data.get("owner"), {*site.operators, *site.units}
    if owner is not None and owner not in known:
        where: dict[str, Any] = {"file": FILE, "line": found.line("/owner")}
        yield Problem("grants.no-owner", {**where, "name": owner, "nearest": nearest(owner, known)})


def _fact_mistakes(
    name: str, unit: str, facts: Mapping[str, Fact], where: Mapping[str, str | int]
) -> Iterator[Problem]:
    if name not in facts:
        yield Problem("grants.no-fact", {**where, "fact": name, "nearest": nearest(name, facts)})
    elif facts[name].holder != unit:
        told = {**where, "fact": name, "unit": unit, "holder": facts[name].holder}
        yield Problem("grants.other-holder", told)
