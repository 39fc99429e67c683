"""The steps of a connection's check: each run in its order, or told why it can't be judged.

A wire lists its probes. A probe gives a note (it is right), raises one of ours (it is wrong), or
gives ``Open`` (not applicable here, or nothing to judge it by). A probe whose ``needs`` have not
come about is not run: who can't reach a port learns nothing about the login.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from exchange.errors import Fact, ZhidaError

NAMES = ("dns", "tcp", "tls", "login", "permission", "clock", "encoding")
"""Every check has these steps, in this order."""


@dataclass(frozen=True, slots=True)
class Open:
    """Neither right nor wrong; ``why`` is shown to a person."""

    why: str


@dataclass(frozen=True, slots=True)
class Probe:
    """One step: its name, how to judge it, and the steps without which it can't be judged."""

    name: str
    run: Callable[[], str | Open]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one step."""

    name: str
    state: Literal["good", "bad", "open"]
    note: str = ""
    """What was seen: an address, a day, a number of seconds. Never data, never a secret."""
    code: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


NOT_APPLICABLE = Open("不适用")
_BEFORE = "前面的步骤未通过，无法判断"


def run(probes: Iterable[Probe]) -> Iterator[Step]:
    """Each step as soon as it is known.

    >>> [step.state for step in run([Probe("dns", lambda: "::1"), Probe("tls", lambda: Open("-"))])]
    ['good', 'open']
    """
    bad: set[str] = set()
    for probe in probes:
        if bad.intersection(probe.needs):
            bad.add(probe.name)
            yield Step(probe.name, "open", _BEFORE)
            continue
        step = _judged(probe)
        if step.state == "bad":
            bad.add(probe.name)
        yield step


def _judged(probe: Probe) -> Step:
    try:
        told = probe.run()
    except ZhidaError as error:
        return Step(probe.name, "bad", code=error.code, facts=dict(error.facts))
    if isinstance(told, Open):
        return Step(probe.name, "open", told.why)
    return Step(probe.name, "good", told)


def not_applicable(name: str) -> Probe:
    """A step that this wire does not have."""
    return Probe(name, lambda: NOT_APPLICABLE)
