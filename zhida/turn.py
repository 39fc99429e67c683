"""An item's turn in a sweep: which cases it takes up, how many at once, and when it stops.

It stops at its budget, when its system's circuit opens, its hours end, its rate gives nothing in
time, or no slot is free. From then on only the calls in flight are waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from threading import Event

from exchange import circuit, limits, times
from exchange.outcome import Outcome
from exchange.store import case_rows, delivery_rows
from zhida import legs
from zhida.hands import Order
from zhida.hub import Hub
from zhida.pace import Permits, Slots
from zhida.site import System

Due = tuple[str, str]
"""A case, and the row of it: the item's own, or one of its corrections."""
CHUNK = 50
"""Due cases read at once."""
LOGIN = frozenset(
    {
        "generic.login-refused",
        "wire.login-refused",
        "wire.login-page",
        "rest.login-failed",
        "rest.login-page",
        "rest.token-refused",
        "soap.login-page",
    }
)
"""The system does not know us: each further try is one more wrong password, and some lock."""
FULL = Outcome("busy")
"""Other workers have all slots of the system: nothing was done and nothing changes."""


class Turn:
    """One item's turn, which begins now. ``most``: how many cases it takes up at most; once
    ``stop`` is set it takes up no more.
    """

    def __init__(
        self,
        hub: Hub,
        system: System,
        order: Order,
        *,
        most: int | None = None,
        stop: Event | None = None,
    ) -> None:
        self.slots = Slots(hub.locks, system)
        self._hub, self._system, self._order = hub, system, order
        self._until = time.monotonic() + order.budget
        self._most, self._stop = most, stop or Event()
        self._permits = Permits(hub.store, system, hub.clock)
        self._halted = False

    def outcomes(self, work: Callable[[Due], Outcome]) -> Iterator[Outcome]:
        """``work`` on what is due, at most ``concurrency`` at a time, each as soon as one is free."""
        running: set[Future[Outcome]] = set()
        size = self._size()
        with ThreadPoolExecutor(size) as pool:
            for due in islice(self._all_due(), self._most):
                running.add(pool.submit(work, due))
                patience = None if len(running) == size else 0
                done, running = wait(running, patience, FIRST_COMPLETED)
                yield from map(self._seen, done)
            yield from map(self._seen, wait(running).done)

    def _size(self) -> int:
        """How many at once: of each part its share, rounded up (slots see to the rest); one while
        the last that is known is that the login was refused.
        """
        with self._hub.store.read() as connection:
            known = delivery_rows.get_circuit(connection, self._system.name)
        if known is not None and known.failures and known.code in LOGIN:
            return 1
        return -(-self._system.concurrency // self._order.parts)

    def _all_due(self) -> Iterator[Due]:
        """What is due, each once, as long as the turn goes on."""
        seen: set[Due] = set()
        while fresh := self._due(seen):
            for left, each in zip(range(len(fresh), 0, -1), fresh, strict=True):
                if self._is_over() or not self._has_permit(left):
                    return
                seen.add(each)
                yield each

    def _due(self, seen: set[Due]) -> list[Due]:
        now = self._hub.clock()
        with self._hub.store.read() as connection:
            stopped = legs.mode(connection, self._system) == legs.STOPPED
            if stopped or circuit.open_until(connection, self._system.name, now) is not None:
                return []
            order, most = self._order, (CHUNK + len(seen)) * self._order.parts
            due = case_rows.due(connection, order.matter, order.item, times.stamp(now), most)
        return [each for each in due if each not in seen and order.has(each[0])][:CHUNK]

    def _is_over(self) -> bool:
        closed = not limits.is_open(self._system.windows, self._hub.clock())
        late = time.monotonic() > self._until
        return self._halted or closed or late or self._stop.is_set()

    def _has_permit(self, wanted: int) -> bool:
        return self._permits.take(wanted, patience=self._until - time.monotonic())

    def _seen(self, future: Future[Outcome]) -> Outcome:
        outcome = future.result()
        refused = outcome.sick and outcome.code in LOGIN
        if outcome is FULL or refused or (outcome.sick and self._is_open()):
            self._halted = True
        return outcome

    def _is_open(self) -> bool:
        with self._hub.store.read() as connection:
            now = self._hub.clock()
            return circuit.open_until(connection, self._system.name, now) is not None
