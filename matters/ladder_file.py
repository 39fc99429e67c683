"""Read a ladder from its file, with every mistake and its line.

Beyond the forms: names that are not there, a state that nothing reaches or nobody sees to, an event that
moves nothing, two edges that say different things of the same event in the same state, a case that can
be handed to nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from exchange.errors import Fact
from exchange.names import nearest
from mappings.yaml_file import escape
from matters import files, ladder_schema, terms
from matters.ladder_parts import HOLDER, START, Clock, Edge, Ladder, Say, State, Track
from matters.mistakes import Mistake, refuse

SHIPPED = Path(__file__).with_name("mediation") / "ladder.yaml"
_CALENDAR_DAYS = re.compile("[0-9]+ days?")
_KINDS = ("hands_over", "takes_over", "marks", "once")
_EVENTS = ("starts", "stops", "interrupts", "revives")


def load(path: Path) -> Ladder:
    """``Invalid`` tells every mistake."""
    found = files.read(path, ladder_schema.SCHEMA)
    refuse(found, path.name, mistakes(found.data))
    return of(found.data)


def of(told: Mapping[str, Any]) -> Ladder:
    """What valid content says."""
    return Ladder(
        name=told["ladder"],
        title=told["title"],
        roles=MappingProxyType(told["roles"]),
        says={name: _say(name, about) for name, about in told["events"].items()},
        tracks={name: _track(name, about) for name, about in told["tracks"].items()},
        clocks={name: _clock(name, about) for name, about in told["clocks"].items()},
    )


def _say(name: str, told: Mapping[str, Any]) -> Say:
    kinds = {each: told.get(each, False) for each in _KINDS}
    return Say(name, told["title"], frozenset(told["by"]), **kinds)


def _track(name: str, told: Mapping[str, Any]) -> Track:
    states = {
        each: State(each, about["title"], about.get("owner", ""), about.get("ended", False))
        for each, about in told["states"].items()
    }
    edges = tuple(
        Edge(e["event"], frozenset(e["from"]), e["to"], frozenset(e.get("needs", ())))
        for e in told["edges"]
    )
    return Track(name, told["title"], states, edges)


def _clock(name: str, told: Mapping[str, Any]) -> Clock:
    return Clock(
        name=name,
        title=told["title"],
        legal=terms.legal(told["legal"]),
        article=told["article"],
        owner=told["owner"],
        **{each: frozenset(told.get(each, ())) for each in _EVENTS},
        suspends=told.get("suspends", ""),
        resumes=told.get("resumes", ""),
        extends={event: terms.legal(text) for event, text in told.get("extends", {}).items()},
        before=told.get("before", False),
        remind=terms.ahead(told["remind"]) if "remind" in told else None,
        opens=told.get("opens", ""),
    )


def mistakes(told: Mapping[str, Any]) -> Iterator[Mistake]:
    """What the schema can't see."""
    for name, about in told["events"].items():
        at = f"/events/{escape(name)}"
        yield from _unknown(about["by"], told["roles"], f"{at}/by", "ladder.unknown-role")
    for name, track in told["tracks"].items():
        yield from _in_track(name, track, told)
    for name, clock in told["clocks"].items():
        yield from _in_clock(f"/clocks/{escape(name)}", clock, told)
    yield from _idle(told)


def _unknown(names: Iterable[str], known: Iterable[str], at: str, code: str) -> Iterator[Mistake]:
    there = list(known)
    for name in names:
        if name not in there:
            yield Mistake(code, at, {"name": name, "nearest": nearest(name, there)})


def _in_track(name: str, track: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Mistake]:
    at = f"/tracks/{escape(name)}"
    owners = [*told["roles"], HOLDER]
    for state, about in track["states"].items():
        where = f"{at}/states/{escape(state)}"
        if bool(about.get("owner")) == about.get("ended", False):
            yield Mistake("ladder.owner", where, {"state": state})
        yield from _unknown(
            [about["owner"]] if "owner" in about else [], owners, where, "ladder.unknown-role"
        )
    said: set[tuple[str, str]] = set()
    for place, edge in enumerate(track["edges"]):
        where = f"{at}/edges/{place}"
        yield from _in_edge(where, edge, track, told)
        for begins in edge["from"]:
            if (edge["event"], begins) in said:
                facts: dict[str, Fact] = {"event": edge["event"], "state": begins}
                yield Mistake("ladder.two-edges", where, facts)
            said.add((edge["event"], begins))
    yield from _unreached(at, track)


def _in_edge(
    at: str, edge: Mapping[str, Any], track: Mapping[str, Any], told: Mapping[str, Any]
) -> Iterator[Mistake]:
    events = [edge["event"], *edge.get("needs", ())]
    yield from _unknown(events, told["events"], at, "ladder.unknown-event-name")
    states = [*(each for each in edge["from"] if each != START), edge["to"]]
    yield from _unknown(states, track["states"], at, "ladder.unknown-state")
    if told["events"].get(edge["event"], {}).get("marks"):
        yield Mistake("ladder.mark-moves", at, {"event": edge["event"]})


def _unreached(at: str, track: Mapping[str, Any]) -> Iterator[Mistake]:
    """States that no way leads to from the beginning."""
    reached = {START}
    while True:
        more = {e["to"] for e in track["edges"] if reached & set(e["from"])} - reached
        if not more:
            break
        reached |= more
    for state in track["states"]:
        if state not in reached:
            yield Mistake("ladder.unreached", f"{at}/states/{escape(state)}", {"state": state})


def _in_clock(at: str, clock: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Mistake]:
    named = [event for each in _EVENTS for event in clock.get(each, ())]
    named += [clock[each] for each in ("suspends", "resumes") if each in clock]
    named += clock.get("extends", {})
    yield from _unknown(named, told["events"], at, "ladder.unknown-event-name")
    yield from _unknown([clock["owner"]], [*told["roles"], HOLDER], at, "ladder.unknown-role")
    if ("suspends" in clock) != ("resumes" in clock):
        yield Mistake("ladder.suspension", at)
    if clock.get("before") and not _CALENDAR_DAYS.fullmatch(clock["legal"]):
        yield Mistake("ladder.before", at, {"legal": clock["legal"]})


def _idle(told: Mapping[str, Any]) -> Iterator[Mistake]:
    """Events that neither move anything nor mark anything."""
    moving = {edge["event"] for track in told["tracks"].values() for edge in track["edges"]}
    for name, about in told["events"].items():
        if name not in moving and not about.get("marks"):
            yield Mistake("ladder.idle", f"/events/{escape(name)}", {"event": name})
        if about.get("once") and not about.get("marks"):
            yield Mistake("ladder.once-moves", f"/events/{escape(name)}", {"event": name})
