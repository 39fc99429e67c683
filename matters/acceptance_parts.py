"""What a procedure of joint acceptance is made of: stages, items, materials, clauses. Data only.

``before.yaml`` and ``after.yaml`` (``matters/acceptance``) are two procedures of the same form: the old one
is there to be compared with, the new one is what the hub works by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from matters.conditions import Condition
from matters.terms import Ahead, Period

HUB = "hub"
OWNER = "owner"
"""Roles that no unit has: the hub itself, and the developer (建设单位) whose building it is."""
SEAL = "seal."
"""What is ``fetched`` from there is a paper of the lead, sealed (``acceptance_papers``)."""
PUBLIC, INFERRED = "公开", "推定"
"""How a ``source`` begins: published, or inferred by us until the district fills it in."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the five stages, in the file's order."""

    name: str
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Material:
    """One document, whoever needs it: it has one id and one digest, and is submitted once."""

    name: str
    title: str
    issuer: str
    """Who makes it, in Chinese: 设计单位, 规划资源部门, …"""
    stage: str
    """By which it has to be there."""
    consumers: frozenset[str]
    """Items that look at it."""
    source: str
    process: bool = False
    """A working paper (过程性材料), made only to be filed."""
    large: bool = False
    """Drawings, models: the file itself goes by claim check."""
    fetched: str = ""
    """The operation by which the hub gets it from who issued it; empty: the owner submits it."""
    parts: frozenset[str] = frozenset()
    """Parts of the building that it describes: a newer version touches these."""
    when: Condition | None = None
    """Needed only for buildings of which this holds."""

    @property
    def inferred(self) -> bool:
        """Not from a published list."""
        return self.source.startswith(INFERRED)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be in order, by a clause, and by what it is seen."""

    name: str
    title: str
    clause: str
    """Law or standard and article, as it would be cited."""
    items: frozenset[str]
    """Who looks at it."""
    evidence: frozenset[str]
    """Materials by which it is seen."""
    on_site: bool = False
    """It is looked at in the building."""
    parts: frozenset[str] = frozenset()
    """Parts of the building that it is about."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """What it means when a unit's period is over without a word. Never that it has approved."""

    means: str = "nothing"
    """``nothing``: its superior is told; ``no-objection``: an opinion asked for between units counts as
    none, which ``SILENT`` kinds of items may say and no other."""
    article: str = ""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How much of a part is looked at: a share of what there is, and never less than so many."""

    of: str
    """What is counted, a field of the project: ``/project/units``."""
    title: str
    percent: int
    at_least: int


@dataclass(frozen=True, slots=True)
class Item:
    """One unit's part of the acceptance."""

    name: str
    title: str
    stage: str
    by: str
    """Role that decides."""
    kind: str
    """行政许可, 行政确认, 备案, 监督, 市政公用, 中介服务, 部门意见."""
    article: str
    source: str
    within: Period
    """Its own time, from when it has everything."""
    remind: Ahead | None = None
    on_behalf_of: tuple[str, ...] = ()
    """Roles that have delegated it: one record, as many consumers."""
    needs: frozenset[str] = frozenset()
    """Items that must be over before it begins."""
    parts: frozenset[str] = frozenset()
    """Parts of the building that it is about: a fix of one of them reopens it."""
    when: Condition | None = None
    """Of which buildings it is done; of the others it is not applicable. None: of all."""
    silence: Silence = Silence()
    sampling: Sampling | None = None
    valid: Period | None = None
    """How long a pass holds; None: until something touches it."""

    @property
    def inferred(self) -> bool:
        """Not from a published list."""
        return self.source.startswith(INFERRED)


@dataclass(frozen=True, slots=True)
class Filing:
    """One application that the owner hands in, and what is enclosed."""

    name: str
    title: str
    to: str
    """Role."""
    covers: tuple[str, ...]
    """Roles whose supervision is asked for."""
    materials: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Delegation:
    """A unit has its work done by another."""

    of: str
    to: str
    """Roles."""
    article: str
    source: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Why something of the old procedure is not in the new one, and what is looked at instead."""

    why: str
    instead: frozenset[str] = frozenset()
    """Materials or items of the new procedure."""


@dataclass(frozen=True, slots=True)
class Whole:
    """How long the joint acceptance may take, of all units together."""

    stage: str
    """From when its first item is handed over until the lead has decided; days on which only the owner
    has something to do do not count."""
    title: str
    legal: Period
    extended: Period
    """All of it, if an extension was approved."""
    article: str
    remind: Ahead | None = None


_NONE: Mapping[str, Dropped] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Procedure:
    """All of one procedure."""

    name: str
    title: str
    source: str
    roles: Mapping[str, str]
    """Role → its Chinese name."""
    parts: Mapping[str, str]
    """Part of a building → its Chinese name."""
    stages: Mapping[str, Stage]
    filings: Mapping[str, Filing]
    items: Mapping[str, Item]
    materials: Mapping[str, Material]
    checks: Mapping[str, Check]
    whole: Whole | None = None
    """Only in the new one."""
    delegations: tuple[Delegation, ...] = ()
    dropped: Mapping[str, Dropped] = field(default_factory=lambda: _NONE)
    """Material of the old procedure → why it is gone; only in the new one."""
    merged: Mapping[str, str] = field(default_factory=dict)
    """Item of the old procedure → the item of the new one that does its work."""
