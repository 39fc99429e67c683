"""A joint service (一件事) as data: its items, who does them, and in what order.

One YAML file a matter, read against ``SCHEMA`` and then as a whole: items that others name must
exist, none may wait for itself, and each document has one giver. Whether units and operations
exist is the site's to know (``zhida.site``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange import canonical, corrections
from exchange.case import Step
from exchange.errors import Invalid, Problem
from matters import durations, files, mistakes
from matters.durations import Duration
from matters.mistakes import Outline
from matters.schema import SCHEMA


@dataclass(frozen=True, slots=True)
class Material:
    """A paper that an item asks for, and the field of a document that makes it unnecessary."""

    title: str
    document: str
    field: str


@dataclass(frozen=True, slots=True)
class Item:
    """One unit's part of a matter."""

    name: str
    title: str
    unit: str
    adapter: str
    operation: str
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    gives: str = ""
    irreversible: bool = False
    legal: Duration | None = None
    legal_from: str = ""
    """Where the legal period begins: ``document/json/pointer`` of a civil date."""
    article: str = ""
    materials: tuple[Material, ...] = ()

    @property
    def step(self) -> Step:
        """The item as the order of the case sees it."""
        return Step(self.name, self.needs, self.after)


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a case: a stream of a unit's system, and the document that each message gives."""

    adapter: str
    unit: str
    stream: str
    gives: str
    every: int
    """Seconds between two looks."""
    consents: tuple[str, ...] = ()
    """Fields of the document that must be true: what the person has to agree to."""


@dataclass(frozen=True, slots=True)
class Change:
    """Where a unit tells new versions of a document that cases have, or that it is taken back."""

    adapter: str
    unit: str
    stream: str
    document: str
    """The case's name for it."""
    identity: tuple[str, ...]
    """Pointers in the document: the values of the matter's ``identity``, in its order."""
    every: int
    """Seconds between two looks."""


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
        title = self.items[corrections.root_of(row)].title
        number = corrections.number_of(row)
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
    found = files.read(path, SCHEMA)
    matter = build(found.data)
    problems = [
        Problem(each.code, {"file": path.name, "line": found.line(each.at), **each.facts})
        for each in mistakes.find(_outline(matter))
    ]
    if problems:
        raise Invalid.of(problems)
    return matter


def _outline(matter: Matter) -> Outline:
    return Outline(
        waits={item.name: (item.needs, item.after) for item in matter.items.values()},
        opened_with=[each.gives for each in matter.opens_on],
        gives={item.name: item.gives for item in matter.items.values() if item.gives},
        identity=matter.identity,
    )


def build(told: Mapping[str, Any]) -> Matter:
    """The matter that valid content describes."""
    return Matter(
        name=told["matter"],
        title=told["title"],
        lead=told["lead"],
        purpose=told["purpose"],
        retention=durations.parse(told["retention"]),
        opens_on=tuple(_opening(o) for o in told["opens_on"]),
        identity=tuple(told["identity"]),
        items={name: _item(name, item) for name, item in told["items"].items()},
        definition=canonical.dumps(dict(told)).decode(),
        changes_on=tuple(_change(c) for c in told.get("changes_on", ())),
    )


def from_definition(definition: str) -> Matter:
    """The matter of a stored definition (``Matter.definition``)."""
    return build(canonical.loads(definition.encode()))


def _seconds(told: Mapping[str, Any]) -> int:
    every = durations.parse(told.get("every", "1 minute"))
    return every.count * {"minute": 60, "hour": 3600}.get(every.unit, 86400)


def _change(told: Mapping[str, Any]) -> Change:
    return Change(
        adapter=told["adapter"],
        unit=told["unit"],
        stream=told["stream"],
        document=told["document"],
        identity=tuple(told["identity"]),
        every=_seconds(told),
    )


def _opening(told: Mapping[str, Any]) -> Opening:
    return Opening(
        adapter=told["adapter"],
        unit=told["unit"],
        stream=told["stream"],
        gives=told["gives"],
        every=_seconds(told),
        consents=tuple(told.get("consents", ())),
    )


def _item(name: str, told: Mapping[str, Any]) -> Item:
    adapter, operation = told["do"].split(".")
    within = told.get("within")
    return Item(
        name=name,
        title=told["title"],
        unit=told["unit"],
        adapter=adapter,
        operation=operation,
        needs=tuple(told.get("needs", ())),
        after=tuple(told.get("after", ())),
        gives=told.get("gives", ""),
        irreversible=told.get("irreversible", False),
        legal=durations.parse(within["legal"]) if within else None,
        legal_from=within["from"] if within else "",
        article=within["article"] if within else "",
        materials=tuple(Material(**m) for m in told.get("materials", ())),
    )
