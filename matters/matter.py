"""A joint service (一件事) as data: its items, who does them, and in what order.

One YAML file a matter, read against ``SCHEMA`` and then as a whole: items that others name must
exist, none may wait for itself, and each document has one giver. Whether units and operations
exist is the site's to know (``zhida.site``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange import canonical
from exchange.case import Step, number_of, root_of
from exchange.errors import Invalid, Problem
from mappings.yaml_file import YamlFile
from matters import durations, files, mistakes, parts, term_file
from matters.durations import Duration
from matters.mistakes import Outline
from matters.parts import Change, Item, Material, Opening
from matters.schema import SCHEMA

__all__ = [
    "Change",
    "Item",
    "Material",
    "Matter",
    "Opening",
    "build",
    "from_definition",
    "load",
    "without",
]


@dataclass(frozen=True, slots=True)
class Matter:
    """A joint service."""

    name: str
    title: str
    lead: str
    purpose: str
    retention: Duration
    opens_on: tuple[Opening, ...]
    identity: tuple[str, ...]
    """``document/json/pointer`` of what makes two cases the same."""
    items: Mapping[str, Item]
    definition: str
    """The content of its file as canonical JSON; a case keeps to the one that it began with."""
    changes_on: tuple[Change, ...] = ()

    @property
    def sources(self) -> tuple[Opening | Change, ...]:
        """All streams that are looked at."""
        return (*self.opens_on, *self.changes_on)

    def title_of(self, row: str) -> str:
        """What people call a row of a case: 出生登记, or 出生登记（更正 1）."""
        title = self.items[root_of(row)].title
        number = number_of(row)
        return f"{title}（更正 {number}）" if number else title

    @property
    def digest(self) -> str:
        """SHA-256 of the definition."""
        return hashlib.sha256(self.definition.encode()).hexdigest()

    @property
    def steps(self) -> list[Step]:
        """The items' order."""
        return [item.step for item in self.items.values()]


def load(path: Path) -> Matter:
    """Read a matter's file. ``Invalid`` tells every mistake with its line."""
    return _whole(files.read(path, SCHEMA), path.name)


def of_text(text: str, name: str) -> Matter:
    """The same of a text that no file holds yet; ``name``: as mistakes call it."""
    return _whole(files.parse(text, SCHEMA, name=name), name)


def _whole(found: YamlFile, name: str) -> Matter:
    matter = build(found.data)
    problems = [
        Problem(each.code, {"file": name, "line": found.line(each.at), **each.facts})
        for each in (*mistakes.find(_outline(matter)), *term_file.mistakes(matter.items))
    ]
    if problems:
        raise Invalid.of(problems)
    return matter


def _outline(matter: Matter) -> Outline:
    own = [item for item in matter.items.values() if not item.stands_for]
    return Outline(
        waits={item.name: (item.needs, item.after) for item in own},
        opened_with=[each.gives for each in matter.opens_on],
        gives={item.name: item.gives for item in own if _gives_alone(item)},
        renews={item.name: item.gives for item in own if item.renews},
        awaits={item.name: item.awaits for item in own},
        looks_at={item.name: item.lanes.paths for item in own},
        identity=matter.identity,
        openings=[matter.identity if o.is_filed else o.identity for o in matter.opens_on],
    )


def _gives_alone(item: Item) -> bool:
    """Not what a case may be opened with: what the item renews, or asks for unless it is there."""
    unless_there = item.lanes.skip_when == {"present": f"/{item.gives}"}
    return bool(item.gives) and not item.renews and not unless_there


def build(told: Mapping[str, Any]) -> Matter:
    """The matter that valid content describes."""
    return Matter(
        name=told["matter"],
        title=told["title"],
        lead=told["lead"],
        purpose=told["purpose"],
        retention=durations.parse(told["retention"]),
        opens_on=tuple(parts.opening(o, told["identity"]) for o in told["opens_on"]),
        identity=tuple(told["identity"]),
        items={
            item.name: item
            for name, entry in told["items"].items()
            for item in parts.items(name, entry)
        },
        definition=canonical.dumps(dict(told)).decode(),
        changes_on=tuple(parts.change(c) for c in told.get("changes_on", ())),
    )


def without(matter: Matter, names: Collection[str]) -> Matter:
    """The matter as it is where nobody does these items: no other waits for them."""
    told = canonical.loads(matter.definition.encode())
    items = {name: entry for name, entry in told["items"].items() if name not in names}
    for entry in items.values():
        for key in ("needs", "after"):
            if key in entry:
                entry[key] = [each for each in entry[key] if each not in names]
    return build({**told, "items": items})


def from_definition(definition: str) -> Matter:
    """The matter of a stored definition (``Matter.definition``)."""
    return build(canonical.loads(definition.encode()))
