"""The six don'ts as far as a machine can tell (六不准): pure functions over a dispute's way.

What they find is for a person to look into, with its number, unit, event and day; it is no verdict. What
each has to know (which events, which periods, how many) stands in ``lists.yaml``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from exchange import times
from matters import mediation_trail
from matters.ladder_parts import HOLDER, Ladder
from matters.mediation_parts import EMPTY, Dont
from matters.mediation_trail import Missed, Trail
from matters.working_days import Holidays

NO_CONSENT = "agreement.no-consent"
"""The exchange's code for what its person has not agreed to."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look into."""

    dont: str
    number: str
    unit: str
    """Of the site; where nobody has told in its name, the role."""
    event: str
    day: date
    period: str = ""
    """Of the ladder, if it is about one."""
    over: bool = False
    """It is so still: the period is over and nothing has stopped it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What all checks have to know."""

    ladder: Ladder
    at: datetime
    holidays: Holidays
    units: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    """Role → its unit, where the dispute itself does not tell."""


Check = Callable[[Trail, Dont, Scene], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Known:
    """A check and the keys that its entry in ``lists.yaml`` must have."""

    run: Check
    needs: tuple[str, ...] = ()


def find(trail: Trail, donts: Mapping[str, Dont], scene: Scene) -> list[Finding]:
    """What all of them find, in the order of the list."""
    told = [each for each in donts.values() if each.check]
    return [found for dont in told for found in CHECKS[dont.check].run(trail, dont, scene)]


def unit_of(trail: Trail, role: str, place: int, scene: Scene) -> str:
    """The unit of a role in this dispute (``holder``: who had it after the event at ``place``)."""
    if role == HOLDER:
        return trail.after[place].holder or trail.events[place].unit or trail.events[place].role
    spoken = (each.unit for each in reversed(trail.events) if each.role == role and each.unit)
    return next(spoken, "") or scene.units.get(role, role)


def all_missed(trail: Trail, period: str, scene: Scene) -> list[Missed]:
    """Each time that this period was over before anything stopped it."""
    ran = mediation_trail.runs(scene.ladder.clocks[period], trail.events, scene.holidays)
    told = [mediation_trail.missed(r, trail, scene.at, scene.holidays) for r in ran]
    return [each for each in told if each is not None]


def _shirking(trail: Trail, dont: Dont, scene: Scene) -> Iterator[Finding]:
    """Declined too often, or handed to a unit that has handed it on or declined it before."""
    declined, gone = 0, set[str]()
    for place, event in enumerate(trail.events):
        if event.name in dont.anew:
            declined, gone = 0, set()
        speaker = event.unit or event.role
        if event.name in dont.counts:
            declined += 1
            gone.add(speaker)
            if declined > dont.at_most:
                yield _at(trail, dont, place, speaker)
        if scene.ladder.says[event.name].hands_over:
            if speaker == trail.before(place).holder != event.to:
                gone.add(speaker)
            if event.to in gone:
                yield _at(trail, dont, place, speaker)


def _overdue(trail: Trail, dont: Dont, scene: Scene) -> Iterator[Finding]:
    """A period that its unit has to keep was over before anything stopped it."""
    for period, who in dont.periods.items():
        for each in all_missed(trail, period, scene):
            yield Finding(
                dont.name,
                trail.number,
                unit_of(trail, who, each.place, scene),
                trail.events[each.run.begun].name,
                times.civil_day(each.at),
                period,
                each.over,
            )


def _without_consent(trail: Trail, dont: Dont, _: Scene) -> Iterator[Finding]:
    """Somebody tried to hand on what its person had not agreed to, and the exchange refused it."""
    for each in trail.refused:
        if each.code == NO_CONSENT:
            day = times.civil_day(each.at)
            yield Finding(dont.name, trail.number, each.unit, each.event, day)


def _closed_by_period(trail: Trail, dont: Dont, scene: Scene) -> Iterator[Finding]:
    """Ended after nothing but advice or a failure, with a period over that must end no dispute."""
    for place in _places(trail, dont):
        last = next((n for n in range(place - 1, -1, -1) if _moved(trail, n)), None)
        if last is None or trail.events[last].name not in dont.after:
            continue
        for period in dont.periods:
            for each in all_missed(trail, period, scene):
                run = each.run
                was_over = each.at <= trail.events[place].at
                if was_over and (run.ended is None or run.ended >= last):
                    who = trail.events[place].unit or trail.events[place].role
                    yield _at(trail, dont, place, who, period=period)


def _no_follow_up(trail: Trail, dont: Dont, _: Scene) -> Iterator[Finding]:
    """Ended with something to be performed, and nobody had told whether it was."""
    for place in _places(trail, dont):
        names = [each.name for each in trail.events[_round(trail, dont, place) : place]]
        last = max((n for n, name in enumerate(names) if name in dont.after), default=None)
        if last is not None and not dont.unless & set(names[last:]):
            yield _at(trail, dont, place, trail.events[place].unit or trail.events[place].role)


def _at(trail: Trail, dont: Dont, place: int, unit: str, *, period: str = "") -> Finding:
    event = trail.events[place]
    return Finding(dont.name, trail.number, unit, event.name, times.civil_day(event.at), period)


def _places(trail: Trail, dont: Dont) -> list[int]:
    return [place for place, each in enumerate(trail.events) if each.name in dont.at]


def _round(trail: Trail, dont: Dont, place: int) -> int:
    """Where all was counted anew last before this place."""
    early = (n for n in range(place, -1, -1) if trail.events[n].name in dont.anew)
    return next(early, 0)


def _moved(trail: Trail, place: int) -> bool:
    """Did the event move the dispute, on any track?"""
    return trail.after[place].states != trail.before(place).states


CHECKS: Mapping[str, Known] = MappingProxyType(
    {
        "shirking": Known(_shirking, ("counts", "at_most", "anew")),
        "overdue": Known(_overdue, ("periods",)),
        "without-consent": Known(_without_consent),
        "closed-by-period": Known(_closed_by_period, ("periods", "at", "after")),
        "no-follow-up": Known(_no_follow_up, ("at", "after", "unless", "anew")),
    }
)
"""Name in ``lists.yaml`` → what it does."""
