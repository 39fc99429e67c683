"""What the lists of joint mediation are made of (四张清单、七项制度). Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

EMPTY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list."""

    name: str
    title: str
    source: str
    """Where it is from; what is not public says 示例."""
    roles: tuple[str, ...] = ()
    """Of the ladder: who gives the service, has the duty, belongs to the flow."""
    events: tuple[str, ...] = ()
    """Of a step: the ladder's events that belong to it."""


@dataclass(frozen=True, slots=True)
class Dont:
    """One of the six don'ts (六不准), with what its machine check has to know."""

    name: str
    title: str
    source: str
    check: str = ""
    """A name of ``matters.mediation_checks``; empty: no machine can tell, and ``unchecked`` says why."""
    unchecked: str = ""
    periods: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    """Period of the ladder → who has to keep it: a role, or ``holder``."""
    counts: frozenset[str] = frozenset()
    """Events that are counted."""
    at_most: int = 0
    anew: frozenset[str] = frozenset()
    """Events from which all is counted anew."""
    at: frozenset[str] = frozenset()
    """Events at which it is looked."""
    after: frozenset[str] = frozenset()
    """Events of which one must have come before."""
    unless: frozenset[str] = frozenset()
    """Events after which all is well."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One of the seven rules (七项制度), and what the hub does for it."""

    name: str
    title: str
    source: str
    does: str
    """In Chinese."""
    reports: tuple[str, ...] = ()
    """Parts of ``zhida report mediation``."""
    files: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lists:
    """All lists of one centre."""

    name: str
    title: str
    track: str
    """The ladder's track along which the days of a step are counted."""
    services: Mapping[str, Entry]
    steps: Mapping[str, Entry]
    flows: Mapping[str, Entry]
    duties: Mapping[str, Entry]
    donts: Mapping[str, Dont]
    rules: Mapping[str, Rule]

    def step_of(self, event: str) -> str:
        """The step to which an event belongs; empty: to none, for it only marks."""
        return next((step.name for step in self.steps.values() if event in step.events), "")
