"""Who was waited for: every item's way through its states, with who had it in hand, and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from matters import acceptance
from matters import acceptance_standing as standings
from matters.acceptance_events import Event
from matters.acceptance_parts import OWNER
from matters.acceptance_plan import Plan
from matters.acceptance_standing import Standing


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another the same role had the item in hand."""

    item: str
    role: str
    since: datetime
    until: datetime | None = None
    """None: it still has."""
    paused: str = ""
    """A test or experts were waited for."""


Step = tuple[Event, Standing, Standing]
"""An event, where it stood before it, and after it."""


def walk(plan: Plan, events: Iterable[Event]) -> Iterator[Step]:
    """Each event with where it stood before and after it."""
    standing = Standing()
    for event in events:
        after = acceptance.apply(plan, standing, event)
        yield event, standing, after
        standing = after


def spans(plan: Plan, events: Iterable[Event]) -> list[Span]:
    """All spans, in the order in which they began."""
    return spans_of(plan, walk(plan, events))


def spans_of(plan: Plan, steps: Iterable[Step]) -> list[Span]:
    """The same of a way that was walked already."""
    found: list[Span] = []
    running: dict[str, int] = {}
    for event, before, after in steps:
        now = _held(plan, after)
        for name, told in _held(plan, before).items():
            if now.get(name) != told:
                place = running.pop(name)
                found[place] = replace(found[place], until=event.at)
        for name, (role, paused, _) in now.items():
            if name not in running:
                running[name] = len(found)
                found.append(Span(name, role, event.at, paused=paused))
    return found


def _held(plan: Plan, standing: Standing) -> dict[str, tuple[str, str, int]]:
    """Item → role, pause and round; another of these is another span."""
    if standing.ended:
        return {}
    told = ((name, role, standing.part(name)) for name, role in standings.holders(plan, standing))
    return {name: (role, part.paused, part.rounds) for name, role, part in told}


def only_owner(plan: Plan, standing: Standing) -> bool:
    """Nobody but the owner has anything to do."""
    roles = {role for _, role in standings.holders(plan, standing)}
    return roles <= {OWNER} and not standing.ended
