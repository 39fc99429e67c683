"""Read a centre's lists and rules from their file, with every mistake and its line.

Shipped are the public ones, and examples where nothing is public; a site has its own in
``mediation-lists.yaml``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from exchange.errors import Fact
from exchange.names import nearest
from mappings.yaml_file import escape
from matters import files
from matters.ladder_parts import HOLDER, Ladder
from matters.mediation_checks import CHECKS
from matters.mediation_lists_schema import LISTS, SCHEMA
from matters.mediation_parts import Dont, Entry, Lists, Rule
from matters.mistakes import Mistake, refuse

SHIPPED = Path(__file__).with_name("mediation") / "lists.yaml"
FILE = "mediation-lists.yaml"
"""In a site's folder, instead of the shipped one."""
REPORTS = (
    "visits", "outcomes", "aid", "days", "missed", "donts", "workload", "pack", "training",
)  # fmt: skip
"""The parts of ``zhida report mediation``."""
FILES = ("ladder.yaml", "triage.yaml", "lists.yaml", "matter.yaml", "mediation.yaml")
_EVENTS = ("counts", "anew", "at", "after", "unless")


def of_site(folder: Path, ladder: Ladder) -> Lists:
    """The site's own, or the shipped ones."""
    own = folder / FILE
    return load(own if own.is_file() else SHIPPED, ladder)


def load(path: Path, ladder: Ladder) -> Lists:
    """``Invalid`` tells every mistake."""
    found = files.read(path, SCHEMA)
    refuse(found, path.name, mistakes(found.data, ladder))
    return of(found.data)


def of(told: Mapping[str, Any]) -> Lists:
    """What valid content says."""
    entries = {each: _entries(told[each]) for each in ("services", "steps", "flows", "duties")}
    donts = {name: _dont(name, about) for name, about in told["donts"].items()}
    rules = {name: _rule(name, about) for name, about in told["rules"].items()}
    return Lists(told["lists"], told["title"], told["track"], **entries, donts=donts, rules=rules)


def _entries(told: Mapping[str, Any]) -> dict[str, Entry]:
    return {
        name: Entry(
            name,
            about["title"],
            about["source"],
            tuple(about.get("roles", ())),
            tuple(about.get("events", ())),
        )
        for name, about in told.items()
    }


def _dont(name: str, told: Mapping[str, Any]) -> Dont:
    plain: dict[str, Any] = {key: told[key] for key in told if key not in _EVENTS}
    plain |= {key: frozenset(told[key]) for key in _EVENTS if key in told}
    return Dont(name, **plain)


def _rule(name: str, told: Mapping[str, Any]) -> Rule:
    names = {key: tuple(told.get(key, ())) for key in ("reports", "files", "periods")}
    return Rule(name, told["title"], told["source"], told["does"], **names)


def mistakes(told: Mapping[str, Any], ladder: Ladder) -> Iterator[Mistake]:
    """What the schema can't see."""
    yield from _unknown([told["track"]], ladder.tracks, "/track", "lists.unknown-track")
    for each in LISTS:
        if (wanted := told["counts"][each]) != (found := len(told[each])):
            facts: dict[str, Fact] = {"list": each, "wanted": wanted, "found": found}
            yield Mistake("lists.count", f"/{each}", facts)
        for name, about in told[each].items():
            yield from _in_entry(f"/{each}/{escape(name)}", about, ladder)
    yield from _steps(told["steps"], ladder)
    yield from _twice(told["flows"], "/flows", "roles", "lists.role-twice")


def _in_entry(at: str, about: Mapping[str, Any], ladder: Ladder) -> Iterator[Mistake]:
    periods = about.get("periods", ())
    named = [event for key in (*_EVENTS, "events") for event in about.get(key, ())]
    roles = [*about.get("roles", ())]
    yield from _unknown(roles, ladder.roles, at, "lists.unknown-role")
    if isinstance(periods, Mapping):
        who = [*ladder.roles, HOLDER]
        yield from _unknown(periods.values(), who, at, "lists.unknown-role")
    yield from _unknown(periods, ladder.clocks, at, "lists.unknown-period")
    yield from _unknown(named, ladder.says, at, "lists.unknown-event")
    yield from _unknown(about.get("reports", ()), REPORTS, at, "lists.unknown-report")
    yield from _unknown(about.get("files", ()), FILES, at, "lists.unknown-file")
    yield from _check(at, about)


def _check(at: str, about: Mapping[str, Any]) -> Iterator[Mistake]:
    """It is there, and the entry has what it needs; no more, for it would be without effect."""
    if "check" not in about and "unchecked" not in about:
        return
    name = about.get("check", "")
    known = CHECKS.get(name)
    if name and known is None:
        yield from _unknown([name], CHECKS, at, "lists.unknown-check")
        return
    needs = known.needs if known else ()
    there = [key for key in (*_EVENTS, "periods", "at_most") if key in about]
    for key in (key for key in needs if key not in there):
        yield Mistake("lists.needs", at, {"check": name, "key": key})
    for key in (key for key in there if key not in needs):
        yield Mistake("lists.idle", f"{at}/{key}", {"key": key})


def _steps(steps: Mapping[str, Any], ladder: Ladder) -> Iterator[Mistake]:
    """Each event that moves a dispute belongs to one step; else the days of steps do not add up."""
    yield from _twice(steps, "/steps", "events", "lists.event-twice")
    named = {event for about in steps.values() for event in about["events"]}
    for name, say in ladder.says.items():
        if not say.marks and name not in named:
            yield Mistake("lists.event-nowhere", "/steps", {"name": name})


def _twice(told: Mapping[str, Any], at: str, key: str, code: str) -> Iterator[Mistake]:
    counts = Counter(each for about in told.values() for each in about[key])
    for name, about in told.items():
        for each in about[key]:
            if counts[each] > 1:
                yield Mistake(code, f"{at}/{escape(name)}", {"name": each})


def _unknown(names: Iterable[str], known: Iterable[str], at: str, code: str) -> Iterator[Mistake]:
    there = list(known)
    for name in names:
        if name not in there:
            yield Mistake(code, at, {"name": name, "nearest": nearest(name, there)})
