"""What is wrong with a matter as a whole, after every line of it was found right by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from exchange.case import BY_HAND
from exchange.errors import Fact, Invalid, Problem
from exchange.names import nearest
from mappings.yaml_file import YamlFile, escape


@dataclass(frozen=True, slots=True)
class Outline:
    """A matter as far as its parts must fit together."""

    waits: Mapping[str, tuple[Sequence[str], Sequence[str]]]
    """Item → the items that it needs, and those that it comes after."""
    opened_with: Sequence[str]
    """Documents that there are when a case opens."""
    gives: Mapping[str, str]
    """Item → the document that it gives."""
    identity: Sequence[str]
    renews: Mapping[str, str] = field(default_factory=dict)
    """Item → the document of the opening of which it gives a newer version."""
    awaits: Mapping[str, Sequence[str]] = field(default_factory=dict)
    looks_at: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Item → the paths (``/document/field``) that its conditions look at."""
    openings: Sequence[Sequence[str]] = ()
    """For each entry of ``opens_on`` the pointers that make up the identity."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A code, the place in the file (JSON Pointer), and the facts."""

    code: str
    at: str
    facts: dict[str, Fact] = field(default_factory=dict)


def find(outline: Outline) -> list[Mistake]:
    """Every mistake. Circles are looked for only among items that exist."""
    unknown = list(_unknown_items(outline))
    circle = [] if unknown else list(_circle(outline))
    return [
        *unknown,
        *_identity(outline),
        *_givers(outline),
        *_opened_with(outline),
        *_names(outline),
        *([] if unknown or circle else _conditions(outline)),
        *circle,
    ]


def _unknown_items(outline: Outline) -> Iterator[Mistake]:
    for item, (needs, after) in outline.waits.items():
        for key, names in (("needs", needs), ("after", after)):
            for index, name in enumerate(names):
                if name not in outline.waits:
                    near = nearest(name, outline.waits)
                    facts: dict[str, Fact] = {"item": item, "needs": name, "nearest": near}
                    at = f"/items/{escape(item)}/{key}/{index}"
                    yield Mistake("matter.unknown-item", at, facts)


def _identity(outline: Outline) -> Iterator[Mistake]:
    """What makes two cases the same must be known when a case opens."""
    for index, path in enumerate(outline.identity):
        name, slash, rest = path.partition("/")
        if name not in outline.opened_with or not slash or not rest:
            yield Mistake("matter.identity", f"/identity/{index}", {"path": path})
            return
    for index, pointers in enumerate(outline.openings):
        if len(pointers) != len(outline.identity):
            name, wanted = outline.opened_with[index], len(outline.identity)
            facts: dict[str, Fact] = {"document": name, "wanted": wanted}
            yield Mistake("matter.opening-identity", f"/opens_on/{index}", facts)


def _givers(outline: Outline) -> Iterator[Mistake]:
    """A case knows each document under one name, so nobody else may give that name."""
    given = set(outline.opened_with)
    for item, name in outline.gives.items():
        if name in given:
            facts: dict[str, Fact] = {"item": item, "document": name}
            yield Mistake("matter.given-twice", f"/items/{escape(item)}/gives", facts)
        given.add(name)


def _opened_with(outline: Outline) -> Iterator[Mistake]:
    """What is waited for, or renewed, must be a document that opens a case."""
    named = [(item, "renews", [name]) for item, name in outline.renews.items()]
    named += [(item, "awaits", list(names)) for item, names in outline.awaits.items()]
    for item, key, names in named:
        for name in names:
            if name not in outline.opened_with:
                near = nearest(name, outline.opened_with)
                facts: dict[str, Fact] = {"item": item, "document": name, "nearest": near}
                yield Mistake("matter.not-opening", f"/items/{escape(item)}/{key}", facts)


def _names(outline: Outline) -> Iterator[Mistake]:
    """Names that the items have which stand for others."""
    for item in outline.waits:
        if item.endswith(f"-{BY_HAND}") or "#" in item:
            yield Mistake("matter.item-name", f"/items/{escape(item)}", {"item": item})


def _conditions(outline: Outline) -> Iterator[Mistake]:
    """A condition may look only at documents that surely have come, or surely never will."""
    for item, paths in outline.looks_at.items():
        there = {*outline.opened_with} | {
            outline.gives[name] for name in _before(outline, item) if name in outline.gives
        }
        for path in paths:
            name = path.split("/")[1]
            if name not in there:
                near = nearest(name, there)
                facts: dict[str, Fact] = {"item": item, "path": path, "nearest": near}
                yield Mistake("matter.condition", f"/items/{escape(item)}", facts)


def _before(outline: Outline, item: str) -> set[str]:
    """The items that have ended when this one begins."""
    needs, after = outline.waits[item]
    found = {*needs, *after}
    return found.union(*(_before(outline, name) for name in found))


def _circle(outline: Outline) -> Iterator[Mistake]:
    """The items that wait for one another, without those that only wait for the circle."""
    waits = {item: {*needs, *after} for item, (needs, after) in outline.waits.items()}
    stuck = set(waits)
    while True:
        waited_for = {name for item in stuck for name in waits[item]}
        left = {item for item in stuck & waited_for if waits[item] & stuck}
        if left == stuck:
            break
        stuck = left
    if stuck:
        first = next(item for item in outline.waits if item in stuck)
        yield Mistake(
            "matter.circle", f"/items/{escape(first)}", {"items": ", ".join(sorted(stuck))}
        )


def refuse(found: YamlFile, name: str, mistakes: Iterable[Mistake]) -> None:
    """``Invalid`` with every mistake of a file of this name, each with its line; nothing if there is none."""
    problems = [
        Problem(each.code, {"file": name, "line": found.line(each.at), **each.facts})
        for each in mistakes
    ]
    if problems:
        raise Invalid.of(problems)
