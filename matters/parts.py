"""The parts of a matter's file: what opens a case, what changes its documents, its items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from exchange.case import Step, hand_of
from matters import durations, lanes, term_file
from matters.lanes import Lanes
from matters.terms import Term

OWN = "hub"
"""Adapter of what the hub itself opens cases with; its streams are kinds of document."""


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
    term: Term | None = None
    """Until when, by law."""
    materials: tuple[Material, ...] = ()
    awaits: tuple[str, ...] = ()
    """Documents that the case must have before: what opens it may come from several sides."""
    renews: bool = False
    dated: bool = False
    """What it gives counts as of its day: told again it takes the old one's place, though it says the same."""
    """What it gives is a newer version of a document that the case was opened with."""
    lanes: Lanes = field(default_factory=Lanes)
    optional: bool = False
    """A site whose unit has no system for it goes without it (``matters.matter.without``)."""
    stands_for: str = ""
    """The item whose work it is when a person does it."""

    @property
    def step(self) -> Step:
        """The item as the order of the case sees it."""
        return Step(self.name, self.needs, self.after, self.awaits, self.stands_for)


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a case: a stream of a unit's system, and the document that each message gives."""

    adapter: str
    unit: str
    stream: str
    gives: str
    every: int
    """Seconds between two looks."""
    identity: tuple[str, ...]
    """Pointers in its document to the values of the matter's ``identity``, in its order."""
    consents: tuple[str, ...] = ()
    """Fields of the document that must be true: what the person has to agree to."""
    optional: bool = False
    """A unit without such a system tells nothing, and the matter goes on without it."""
    awaited: str = ""
    """What people call it while a case waits for it."""

    @property
    def is_own(self) -> bool:
        """The hub makes it, and nobody has to look whether there is one."""
        return self.adapter == OWN

    @property
    def is_filed(self) -> bool:
        """The hub puts it into a case that it knows; it opens none, so nothing identifies it."""
        return self.is_own and not self.identity


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
    optional: bool = False
    """A unit without such a system tells nothing, and the matter goes on without it."""


def _seconds(told: Mapping[str, Any]) -> int:
    every = durations.parse(told.get("every", "1 minute"))
    return every.count * {"minute": 60, "hour": 3600}.get(every.unit, 86400)


def change(told: Mapping[str, Any]) -> Change:
    """What an entry of ``changes_on`` says."""
    return Change(
        adapter=told["adapter"],
        unit=told["unit"],
        stream=told["stream"],
        document=told["document"],
        identity=tuple(told["identity"]),
        every=_seconds(told),
        optional=told.get("optional", False),
    )


def opening(told: Mapping[str, Any], identity: Sequence[str]) -> Opening:
    """What an entry of ``opens_on`` says, in a matter of this ``identity``."""
    return Opening(
        adapter=told["adapter"],
        unit=told["unit"],
        stream=told["stream"],
        gives=told["gives"],
        every=_seconds(told),
        consents=tuple(told.get("consents", ())),
        identity=tuple(told["identity"]) if "identity" in told else _named(told["gives"], identity),
        optional=told.get("optional", False),
        awaited=told.get("awaited", ""),
    )


def _named(document: str, identity: Sequence[str]) -> tuple[str, ...]:
    """The matter's identity, of which this opening's document has a part."""
    found = [path.partition("/") for path in identity]
    return tuple(f"/{rest}" for name, _, rest in found if name == document)


def items(name: str, told: Mapping[str, Any]) -> Iterator[Item]:
    """What an entry of ``items`` says: the item, and the one beside it that a person does."""
    found = _item(name, told)
    yield found
    if "by_hand" in told:
        adapter, operation = told["by_hand"]["do"].split(".")
        yield replace(
            found,
            name=hand_of(name),
            title=f"{found.title}（人工）",
            adapter=adapter,
            operation=operation,
            materials=(),
            lanes=Lanes(asks=found.lanes.asks),
            stands_for=name,
        )


def _item(name: str, told: Mapping[str, Any]) -> Item:
    adapter, operation = told["do"].split(".")
    return Item(
        name=name,
        title=told["title"],
        unit=told["unit"],
        adapter=adapter,
        operation=operation,
        needs=tuple(told.get("needs", ())),
        after=tuple(told.get("after", ())),
        gives=told.get("gives", "") or told.get("renews", ""),
        irreversible=told.get("irreversible", False),
        term=term_file.term(told["within"]) if "within" in told else None,
        materials=tuple(Material(**m) for m in told.get("materials", ())),
        awaits=tuple(told.get("awaits", ())),
        renews="renews" in told,
        dated=told.get("dated", False),
        lanes=lanes.read(told),
        optional=told.get("optional", False),
    )
