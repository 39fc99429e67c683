"""What a system's file allows, kept by all workers together: its hours, its rate, its slots.

A permit of the rate is a move of one row of the store, a slot is a liveness lock: what a dead
worker had taken is free again at once, and there is no counter that could be left too high.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count

from exchange import limits, times
from exchange.limits import Rate
from exchange.locks import Locks
from exchange.ports import Clock
from exchange.store import pace_rows
from exchange.store.engine import Connection, Store
from zhida import legs
from zhida.site import System

PATIENCE = 2.0
"""Seconds for which a worker waits for a slot; then the case is left for later."""
_LOOK = 0.05


def may_start(connection: Connection, system: System, now: datetime) -> bool:
    """Has nobody stopped it, is it inside its hours, with a permit to be had?

    (Its circuit is asked for elsewhere.)
    """
    stopped = legs.mode(connection, system) == legs.STOPPED
    if stopped or not limits.is_open(system.windows, now):
        return False
    return system.rate is None or _next_permit(connection, system.name, system.rate, now) <= now


class Permits:
    """The rate of one system, as one worker takes from it."""

    def __init__(
        self,
        store: Store,
        system: System,
        clock: Clock,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store, self._system, self._clock = store, system, clock
        self._sleep = sleep
        self._held = 0

    def take(self, wanted: int, *, patience: float) -> bool:
        """One permit, waited for up to ``patience`` seconds; False if there is none by then.

        As many as ``wanted`` are taken in one transaction (one for each thread at most) and used
        up by the calls after this one.
        """
        rate, end = self._system.rate, patience
        while rate is not None and not self._held:
            self._held, pause = self._ask(rate, min(wanted, self._system.concurrency))
            if not self._held:
                end -= pause
                if end < 0:
                    return False
                self._sleep(pause)
        self._held = max(0, self._held - 1)
        return True

    def _ask(self, rate: Rate, wanted: int) -> tuple[int, float]:
        """How many permits were given; if none, how many seconds to wait before asking again."""
        now, name = self._clock(), self._system.name
        with self._store.write() as connection:
            before = pace_rows.get(connection, name)
            free_from = times.instant(before) if before else now
            granted, after = limits.take(rate, free_from, now, wanted)
            if granted and pace_rows.move(
                connection, name, before=before, after=times.stamp(after)
            ):
                return granted, 0.0
        return 0, _LOOK if granted else (after - now).total_seconds()


class Slots:
    """How many calls a system bears at once, over all workers."""

    def __init__(self, locks: Locks, system: System) -> None:
        self._locks, self._system = locks, system
        self._turn = count()

    @contextmanager
    def hold(self, patience: float = PATIENCE) -> Iterator[bool]:
        """True while a slot is ours; False if none came free within ``patience`` seconds."""
        end = time.monotonic() + patience
        while True:
            for key in self._keys():
                with self._locks.hold(key) as owned:
                    if owned:
                        yield True
                        return
            if time.monotonic() > end:
                yield False
                return
            time.sleep(_LOOK)

    def _keys(self) -> Iterator[str]:
        """All slots; each thread begins at another, so that they seldom meet."""
        size, first = self._system.concurrency, next(self._turn)
        for n in range(size):
            yield f"slot/{self._system.name}/{(first + n) % size}"


def _next_permit(connection: Connection, name: str, rate: Rate, now: datetime) -> datetime:
    stored = pace_rows.get(connection, name)
    return limits.next_permit(rate, times.instant(stored), now) if stored else now
