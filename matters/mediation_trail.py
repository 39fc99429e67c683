"""A dispute's way event by event, and each time that one of its periods ran.

``matters.ladder`` and ``matters.ladder_clocks`` tell where a dispute stands now. Who answers for what
has been done in a year needs to know what was so in between: who had it when a period was over, a period
that was missed once and kept the next time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from exchange.errors import ZhidaError
from matters import ladder, ladder_clocks
from matters.ladder import Standing
from matters.ladder_clocks import Running
from matters.ladder_parts import Clock, Event, Ladder, Track
from matters.working_days import Holidays


@dataclass(frozen=True, slots=True)
class Refusal:
    """The exchange did not hand something on."""

    unit: str
    """Who would have had it."""
    event: str
    """By which event it was to be handed over."""
    at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class Trail:
    """A dispute's events with where it stood after each."""

    of: Ladder
    number: str
    events: tuple[Event, ...]
    after: tuple[Standing, ...]
    strange: int = 0
    """Events that the ladder, as it is now, does not know from where the dispute stood: left out."""
    refused: tuple[Refusal, ...] = ()

    def before(self, place: int) -> Standing:
        """Where it stood before the event at this place."""
        return self.after[place - 1] if place else Standing()

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return self.before(len(self.after))

    def ended(self, clock: Clock) -> datetime | None:
        """When the tracks to which a period belongs had all ended; None: they go on.

        Nobody is late with anything of a dispute that is over.
        """
        about = clock.starts | clock.stops
        here = (self.of.tracks[name] for name in self.standing.states)
        tracks = [each for each in here if any(edge.event in about for edge in each.edges)]
        last = len(self.after) if tracks else 0
        while last and not _goes_on(self.before(last), tracks):
            last -= 1
        return self.events[last].at if tracks and last < len(self.after) else None


@dataclass(frozen=True, slots=True)
class Run:
    """One time that a period ran; the places of the events that began and ended it."""

    running: Running
    """As it was just before it ended."""
    begun: int
    ended: int | None
    """By an event that stopped it, or began it anew; None: it goes on."""


def trail(
    of: Ladder, number: str, events: Iterable[Event], refused: Iterable[Refusal] = ()
) -> Trail:
    """The way of a dispute. What the hub has taken it has checked, by the ladder of that day."""
    standing, strange = Standing(), 0
    told: list[tuple[Event, Standing]] = []
    for event in events:
        try:
            standing = ladder.step(of, standing, event)
        except ZhidaError:
            strange += 1
            continue
        told.append((event, standing))
    happened, after = (tuple(each) for each in zip(*told, strict=True)) if told else ((), ())
    return Trail(of, number, happened, after, strange, tuple(refused))


def _goes_on(standing: Standing, tracks: Iterable[Track]) -> bool:
    states = [
        each.states[standing.state(each.name)] for each in tracks if each.name in standing.states
    ]
    return any(not each.ended for each in states)


def runs(clock: Clock, events: Iterable[Event], holidays: Holidays) -> list[Run]:
    """Each time that the period ran, in order."""
    told = list(events)
    began = any(event.name in clock.starts for event in told)
    return list(_runs(clock, told, holidays)) if began else []


def _runs(clock: Clock, events: list[Event], holidays: Holidays) -> Iterator[Run]:
    running: Running | None = None
    begun = 0
    for place, event in enumerate(events):
        found = ladder_clocks.after(clock, running, event, holidays)
        was_open = running is not None and running.stopped is None
        is_new = found is not None and (not was_open or _began_anew(clock, running, found, event))
        if was_open and running is not None and (is_new or _is_over(found)):
            yield Run(running, begun, place)
        if is_new and not _is_over(found):
            begun = place
        running = found
    if running is not None and running.stopped is None:
        yield Run(running, begun, None)


def _is_over(running: Running | None) -> bool:
    return running is not None and running.stopped is not None


def _began_anew(clock: Clock, before: Running | None, found: Running, event: Event) -> bool:
    begins = event.name in clock.interrupts | clock.revives
    return before is not None and begins and found.stopped is None and found.began == event.at


@dataclass(frozen=True, slots=True)
class Missed:
    """A period was over before anything stopped it."""

    run: Run
    at: datetime
    """The first instant at which it was over."""
    place: int
    """Of the last event before that."""
    over: bool
    """It is so still: nothing has stopped it, and its tracks go on."""


def missed(run: Run, trail: Trail, now: datetime, holidays: Holidays) -> Missed | None:
    """None: it was kept, still runs, or nobody can tell (``in_doubt``)."""
    end, ended = run.running.ends(holidays), None
    if run.ended is None:
        ended = trail.ended(run.running.clock)
        moment = ended or now
    else:
        moment = trail.events[run.ended].at
    if end is None or moment < end or in_doubt(run, holidays):
        return None
    until = len(trail.events) if run.ended is None else run.ended
    early = [n for n in range(run.begun, until) if trail.events[n].at < end]
    over = run.ended is None and ended is None
    return Missed(run, end, max(early, default=run.begun), over)


def in_doubt(run: Run, holidays: Holidays) -> bool:
    """Its last day, or whether it moves to a later one, is in a year of unknown holidays."""
    return run.running.instant() is None and run.running.due(holidays).doubt is not None
