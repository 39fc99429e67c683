"""The shipped ladder, and ways through it for tests."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta

from exchange import times
from matters import ladder, ladder_file
from matters.ladder import Standing
from matters.ladder_parts import Event, Ladder, Track

MEDIATION = ladder_file.load(ladder_file.SHIPPED)
NINE = datetime(2026, 3, 2, 9, tzinfo=times.CHINA)


def event(name: str, at: datetime = NINE, *, role: str = "", to: str = "") -> Event:
    """Told by one who may, to the people's mediators if it hands over."""
    say = MEDIATION.says[name]
    target = to or ("people-mediation" if say.hands_over else "")
    return Event(name, at, role or min(say.by), to=target)


def events(*names: str) -> list[Event]:
    """One an hour."""
    return [event(name, NINE + timedelta(hours=hour)) for hour, name in enumerate(names)]


def ways(of: Ladder) -> Iterator[tuple[tuple[str, str, str], list[str]]]:
    """(track, state, event) → the shortest way on which this edge can be gone, of every edge that can.

    Tracks do not wait for one another, so each is gone by itself.
    """
    for track in of.tracks.values():
        yield from _ways(of, track)


def _ways(of: Ladder, track: Track) -> Iterator[tuple[tuple[str, str, str], list[str]]]:
    needed = {name for edge in track.edges for name in edge.needs}
    own = sorted({edge.event for edge in track.edges})
    seen, waiting = set[object](), deque([(Standing(), list[str]())])
    gone: set[tuple[str, str]] = set()
    while waiting:
        standing, way = waiting.popleft()
        for name in own:
            state = standing.state(track.name)
            edge = track.edge(name, state)
            if edge is None or (edge.needs and not edge.needs & standing.happened):
                continue
            if (state, name) not in gone:
                gone.add((state, name))
                yield (track.name, state, name), [*way, name]
            after = ladder.step(of, standing, event(name))
            key = (after.state(track.name), after.happened & needed)
            if key not in seen:
                seen.add(key)
                waiting.append((after, [*way, name]))
