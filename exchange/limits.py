"""How hard a system may be worked: a rate, and the hours of the day. Only arithmetic.

The rate is GCRA (generic cell rate algorithm, ITU-T I.371): its whole state is one instant, from
which on the next call may be made, so all workers can share it as one row of the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from exchange import times

BURST = 8
"""At most so many calls at once, however high the rate: one for each thread of a worker."""
_UNITS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
}
RATE = r"^[1-9][0-9]{0,4} per (second|minute|hour)$"
"""How a rate is written: ``10 per second``, ``600 per minute``."""
_HOURS = r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]"
WINDOW = rf"^{_HOURS}(, {_HOURS})*$"
"""How hours are written: ``08:00-18:00``, ``22:00-06:00``, ``08:30-12:00, 13:30-17:30``."""


@dataclass(frozen=True, slots=True)
class Rate:
    """In no stretch of time as long as ``per`` are there more than ``calls`` permits."""

    calls: int
    per: timedelta

    @property
    def burst(self) -> int:
        """How many permits may be taken at once after a pause: a tenth of ``calls``."""
        return max(1, min(self.calls // 10, BURST))

    @property
    def spacing(self) -> timedelta:
        """Between two permits, once the burst is used: so that burst and rest make ``calls``.

        >>> Rate(10, timedelta(seconds=1)).spacing / timedelta(milliseconds=1)
        100.0
        """
        return -(-self.per // (self.calls - self.burst + 1))


def rate(text: str) -> Rate:
    """Read a rate that matches ``RATE``.

    >>> rate("600 per minute")
    Rate(calls=600, per=datetime.timedelta(seconds=60))
    """
    calls, _, unit = text.split()
    return Rate(int(calls), _UNITS[unit])


def take(told: Rate, next_at: datetime, now: datetime, wanted: int) -> tuple[int, datetime]:
    """How many of the ``wanted`` permits there are now, and from when on there is another.

    >>> from datetime import UTC
    >>> now = datetime(2026, 1, 5, tzinfo=UTC)
    >>> granted, next_at = take(rate("20 per second"), now, now + timedelta(seconds=9), 5)
    >>> granted, (next_at - now).total_seconds() > 9
    (2, True)
    """
    free_from = max(next_permit(told, next_at, now), now - (told.burst - 1) * told.spacing)
    if free_from > now:
        return 0, free_from
    granted = min(wanted, (now - free_from) // told.spacing + 1)
    return granted, free_from + granted * told.spacing


def next_permit(told: Rate, next_at: datetime, now: datetime) -> datetime:
    """The stored instant, unless the clock or the rate was changed since it was stored."""
    return min(next_at, now + told.spacing)


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the day in China; one that closes before it opens goes on past midnight."""

    opens: time
    closes: time

    def covers(self, at: time) -> bool:
        """Is it open at this time of day? The end is not part of it.

        >>> night = Window(time(22), time(6))
        >>> night.covers(time(23)), night.covers(time(5, 59)), night.covers(time(6))
        (True, True, False)
        """
        if self.opens < self.closes:
            return self.opens <= at < self.closes
        return at >= self.opens or at < self.closes


def windows(text: str) -> tuple[Window, ...]:
    """Read hours that match ``WINDOW``.

    >>> windows("08:30-12:00, 22:00-06:00")[1].opens
    datetime.time(22, 0)
    """
    pairs = [one.split("-") for one in text.split(", ")]
    return tuple(Window(time.fromisoformat(a), time.fromisoformat(b)) for a, b in pairs)


def is_open(hours: Sequence[Window], now: datetime) -> bool:
    """May the system be called at this instant? One without hours always may.

    >>> from datetime import UTC
    >>> is_open(windows("08:00-18:00"), datetime(2026, 1, 5, 0, 0, tzinfo=UTC))
    True
    """
    at = now.astimezone(times.CHINA).time()
    return not hours or any(one.covers(at) for one in hours)
