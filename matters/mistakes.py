"""What is wrong with a matter as a whole, after every line of it was found right by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from exchange.errors import Fact
from exchange.names import nearest
from mappings.yaml_file import escape


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
    return [*unknown, *_identity(outline), *_givers(outline), *circle]


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


def _givers(outline: Outline) -> Iterator[Mistake]:
    """A case knows each document under one name, so nobody else may give that name."""
    given = set(outline.opened_with)
    for item, name in outline.gives.items():
        if name in given:
            facts: dict[str, Fact] = {"item": item, "document": name}
            yield Mistake("matter.given-twice", f"/items/{escape(item)}/gives", facts)
        given.add(name)


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
