"""One stream, listened to by one thread: a message becomes a case when it arrives.

The thread holds the stream's liveness lock; a second listener stands by and takes over when the
first one dies, and so do the sweeps. It has a line of its own to the system, so a long poll holds
up no other stream.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import Any

from exchange import circuit
from exchange.errors import Fatal, ZhidaError
from zhida import intake
from zhida.intake import Intake
from zhida.message import Stream
from zhida.watch import Watch

WAIT = 1.0
"""Seconds of a long poll; how soon a listener that is told to end does so."""
LONGEST = 30.0
"""Seconds between two tries while the source or the store is away."""
_STANDBY = 2.0

_log = logging.getLogger(__name__)


class Ear:
    """Listens until ``stop``; ``told`` hears what each look came to."""

    def __init__(self, stream: Stream, stop: Event, told: Callable[[Intake], None]) -> None:
        self.stream = stream
        self._stop, self._told = stop, told
        self._watch = Watch(stream.hub.site, stream.hub.store, stream.hub.clock)
        self._source: Any = None
        self._failures = 0

    def listen(self) -> None:
        """Until told to stop. Whatever goes wrong is told, and tried again after a pause."""
        while not self._stop.is_set():
            try:
                with self.stream.hub.locks.hold(intake.lock_of(self.stream)) as ours:
                    self._attend() if ours else self._stop.wait(_STANDBY)
            except ZhidaError as error:
                self._unwell(error)
            except Exception as defect:  # noqa: BLE001 (told by its kind only, it may quote data)
                self._unwell(Fatal("sweep.defect", type=type(defect).__name__))
        self.close()

    def drain(self) -> None:
        """Until nothing is left, something goes wrong, or another listener has the stream."""
        with self.stream.hub.locks.hold(intake.lock_of(self.stream)) as ours:
            while ours and not self._stop.is_set() and self._watch.may_look(self.stream.system):
                found = self._look()
                if found.error is not None or not found.taken:
                    break
        self.close()

    def close(self) -> None:
        """Give the line back; what is not settled comes again."""
        source, self._source = self._source, None
        if source is not None:
            with suppress(ZhidaError):
                source.close()

    def _attend(self) -> None:
        while not self._stop.is_set():
            if not self._watch.may_look(self.stream.system):
                self.close()  # what the wire sent ahead is the others' meanwhile
                self._stop.wait(WAIT)
                continue
            found = self._look()
            if found.error is not None:
                self._unwell(found.error)
            else:
                self._failures = 0

    def _look(self) -> Intake:
        found = intake.look(self.stream, self._open, go_on=lambda: not self._stop.is_set())
        self._told(found)
        return found

    def _open(self) -> Any:
        if self._source is None:
            self._source = self.stream.hub.open_adapter(self.stream.system)
        if hasattr(self._source, "wait_s"):
            self._source.wait_s = max(self._source.wait_s, WAIT)
        return self._source

    def _unwell(self, error: ZhidaError) -> None:
        self._failures += 1
        _log.warning(
            "stream=%s failures=%d error=%s", intake.lock_of(self.stream), self._failures, error
        )
        self._stop.wait(min(LONGEST, circuit.pause(self._failures).total_seconds()))
