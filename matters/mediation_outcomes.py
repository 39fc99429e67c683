"""What a dispute's mediations came to, and how many days it was in each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from exchange import times
from matters.ladder_parts import START, Event, Ladder
from matters.mediation_parts import Lists
from matters.mediation_trail import Trail

AGREED, FAILED, WITHDRAWN, ELSEWHERE, PENDING = "agreed", "failed", "withdrawn", "elsewhere", ""
OUTCOMES = (AGREED, FAILED, WITHDRAWN, ELSEWHERE)
"""How a mediation may end; ``elsewhere``: somebody went to arbitration or court while it went on."""
_ACCEPTED, _MEDIATING = "accepted", "mediating"
"""States of the ladder's track of the dispute itself."""
_HANDED_ON = ("registered", "advised", "diverted", "accepted")
"""In these a mediation that was begun waits for the next mediator."""
_PERFORMED = ("performed", "not-performed")


@dataclass(frozen=True, slots=True)
class Mediation:
    """One unit's attempt."""

    unit: str
    """Who had it last; where nobody has told in its name, the role."""
    outcome: str = PENDING


def mediations(trail: Trail, track: str) -> list[Mediation]:
    """Each attempt, in order.

    One begins with the application; or with a failure right after acceptance, where a party would not
    have it. One that is handed on to another mediator has not ended: it goes on there.
    """
    return list(_mediations(trail, track))


def _mediations(trail: Trail, track: str) -> Iterator[Mediation]:
    by: Mediation | None = None
    for place, event in enumerate(trail.events):
        was, now = trail.before(place).state(track), trail.after[place].state(track)
        if now == _MEDIATING:
            unit = trail.after[place].holder or event.unit or event.role
            by = Mediation(unit) if by is None or was != now else by
        elif by is not None and now not in _HANDED_ON:
            yield replace(by, outcome=now if now in OUTCOMES else ELSEWHERE)
            by = None
        elif (was, now) == (_ACCEPTED, FAILED):
            yield Mediation(event.unit or event.role, FAILED)
    if by is not None:
        yield by


def performance(trail: Trail) -> str:
    """The last that was told of it since the last agreement: performed, not-performed, or empty."""
    names = [each.name for each in trail.events]
    begins = max((n for n, name in enumerate(names) if name == AGREED), default=0)
    told = [name for name in names[begins:] if name in _PERFORMED]
    return told[-1] if told else ""


@dataclass(frozen=True, slots=True)
class Steps:
    """Days in each step; None: nobody can tell, for an event is dated before the one before it."""

    days: dict[str, int | None]
    """Of steps that the dispute has left."""
    running: str = ""
    """The step in which it is; empty: it has ended."""


def steps(trail: Trail, lists: Lists, ladder: Ladder) -> Steps:
    """Calendar days from the event that brought it into a step to the one that took it out.

    A dispute may come into a step again: its days there are added up.
    """
    days, doubtful = Counter[str](), set[str]()
    current: str = ""
    since: Event | None = None
    for place, event in _moves(trail, lists.track, ladder):
        ended = _ended(trail, place, lists.track, ladder)
        step = "" if ended else lists.step_of(event.name)
        if since is not None and step != current:
            took = (times.civil_day(event.at) - times.civil_day(since.at)).days
            days[current] += took
            if took < 0:
                doubtful.add(current)
        if step != current:
            current, since = step, event if step else None
    left = {name: None if name in doubtful else days[name] for name in days if name != current}
    return Steps(left, current)


def _moves(trail: Trail, track: str, ladder: Ladder) -> Iterator[tuple[int, Event]]:
    """The events that move the dispute along this track, with their places."""
    moving = {edge.event for edge in ladder.tracks[track].edges}
    return ((n, each) for n, each in enumerate(trail.events) if each.name in moving)


def _ended(trail: Trail, place: int, track: str, ladder: Ladder) -> bool:
    state = trail.after[place].state(track)
    return state != START and ladder.tracks[track].states[state].ended
