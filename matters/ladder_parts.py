"""What a ladder is made of: events, states, edges, tracks, periods. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from matters.terms import Ahead, Period

HOLDER = "holder"
"""As an owner: the unit that the case was handed to last."""
START = ""
"""The state of a track on which nothing has happened."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a unit says has happened."""

    name: str
    at: datetime
    role: str
    """In which the unit speaks: ``court``, ``aid``, …"""
    unit: str = ""
    to: str = ""
    """The unit that it hands the case to; empty: it stays where it is."""


@dataclass(frozen=True, slots=True)
class Say:
    """What may be said, and by whom."""

    name: str
    title: str
    by: frozenset[str]
    """Roles."""
    hands_over: bool = False
    """It names the unit that has the case from now on."""
    takes_over: bool = False
    """The unit that says it has the case from now on."""
    marks: bool = False
    """It moves nothing, and may be said wherever the case stands: periods begin and end by it."""
    once: bool = False
    """Of a mark: it is one fact. Told again it corrects what was told before."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a case may stand on a track."""

    name: str
    title: str
    owner: str
    """The role that must see to it, or ``HOLDER``; empty only where nothing is left to do."""
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """From these states to that one."""

    event: str
    begins: frozenset[str]
    ends: str
    needs: frozenset[str] = frozenset()
    """Events one of which must have happened before; empty: none."""


@dataclass(frozen=True, slots=True)
class Track:
    """States and edges that belong together."""

    name: str
    title: str
    states: Mapping[str, State]
    edges: tuple[Edge, ...]

    def edge(self, name: str, begins: str) -> Edge | None:
        """What the event does in this state; a file says it once at most."""
        return next((e for e in self.edges if e.event == name and begins in e.begins), None)


@dataclass(frozen=True, slots=True)
class Clock:
    """A period as the ladder's file has it; its events by name."""

    name: str
    title: str
    legal: Period
    article: str
    owner: str
    """The role that is called when it is over, or ``HOLDER``."""
    starts: frozenset[str]
    stops: frozenset[str] = frozenset()
    interrupts: frozenset[str] = frozenset()
    """They begin it anew while it runs."""
    revives: frozenset[str] = frozenset()
    """They begin it anew, also when it is over."""
    suspends: str = ""
    resumes: str = ""
    extends: Mapping[str, Period] = field(default_factory=lambda: MappingProxyType({}))
    """Event → the whole period from then on."""
    before: bool = False
    """It is counted back from the day of the event that starts it."""
    remind: Ahead | None = None
    opens: str = ""
    """What a party may do when it is over."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """All tracks, the events that move them, and the periods that these begin and end."""

    name: str
    title: str
    roles: Mapping[str, str]
    """Role → its Chinese name."""
    says: Mapping[str, Say]
    tracks: Mapping[str, Track]
    clocks: Mapping[str, Clock]
