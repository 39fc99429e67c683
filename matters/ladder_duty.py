"""Who has to take a dispute up after an event: whoever sees to a track now, and did not before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matters import ladder
from matters.ladder import Standing
from matters.ladder_parts import Event, Ladder


@dataclass(frozen=True, slots=True)
class Duty:
    """A unit has a track from now on."""

    track: str
    unit: str


def taken_up(
    ladder_: Ladder,
    event: Event,
    standings: tuple[Standing, Standing],
    unit_of: Callable[[str], str],
) -> list[Duty]:
    """Which units are to be told of an event, in the order of the tracks.

    ``standings``: before and after it; ``unit_of``: the unit of an owner, who is told as a role or as a
    unit. Whoever says that something is theirs knows it, and so does who had the track before, unless
    it is handed over anew.
    """
    before, after = standings
    had = {track: unit_of(owner) for track, owner in ladder.owners(ladder_, before).items()}
    found = []
    for track, owner in ladder.owners(ladder_, after).items():
        unit = unit_of(owner)
        handed = bool(event.to) and owner == event.to
        moved = after.state(track) != before.state(track)
        if handed or (moved and unit not in (event.unit, had.get(track))):
            found.append(Duty(track, unit))
    return found
