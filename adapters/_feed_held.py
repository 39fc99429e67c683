"""What of the parcels of a stream is not settled: a file is, once each of its records is ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from exchange.ports import Arrival


@dataclass(slots=True)
class Held:
    """Which arrivals came out of which parcels; several of either may share a key."""

    parcels: dict[str, list[str]] = field(default_factory=dict)
    """Key of an arrival → the feed's keys of what it came with."""
    open: dict[str, set[str]] = field(default_factory=dict)
    """The feed's key → keys of the arrivals that are not ours yet."""

    @classmethod
    def of(cls, read: Iterable[tuple[str, Sequence[Arrival]]]) -> Held:
        """Of parcels by the feed's keys, each with its arrivals."""
        held = cls()
        for parcel, arrivals in read:
            held.open.setdefault(parcel, set()).update(one.key for one in arrivals)
            for arrival in arrivals:
                held.parcels.setdefault(arrival.key, []).append(parcel)
        return held

    def settled(self, keys: Iterable[str]) -> list[str]:
        """These arrivals are ours; the feed's keys of the parcels that are thereby ours whole.

        >>> held = Held({"1": ["f"], "2": ["f"]}, {"f": {"1", "2"}, "empty": set()})
        >>> held.settled(["1"]), held.settled(["2"]), held.settled(["2"])
        (['empty'], ['f'], [])
        """
        for key in keys:
            for parcel in self.parcels.get(key, ()):
                self.open.get(parcel, set()).discard(key)
        whole = [parcel for parcel, left in self.open.items() if not left]
        for parcel in whole:
            del self.open[parcel]
        return whole
