"""Taking messages from a queue: a feed that acknowledges only what it is told is ours.

A lost connection is made again within the ``wait`` of ``receive``. What was unsettled then is
forgotten here and comes again; its delivery tags die with the connection.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from connectors import amqp_topology
from connectors.amqp_line import Line
from connectors.amqp_options import Settings
from connectors.amqp_queue import Queue
from exchange.errors import Retriable
from exchange.ports import Parcel


class AmqpFeed:
    """The queues of one broker; ``stream`` is a queue's name, the cursor stays as it was.

    Heartbeats go to and fro during ``receive`` only. A caller that takes longer than two
    intervals with a batch loses the connection, and gets the batch again.
    """

    def __init__(
        self,
        connect: Callable[[], Line],
        settings: Settings,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connect, self._settings, self._sleep = connect, settings, sleep
        self._line: Line | None = None
        self._queues: dict[str, Queue] = {}

    def receive(
        self, stream: str, cursor: str, *, limit: int, wait: float = 0.0
    ) -> tuple[Sequence[Parcel], str]:
        """At most ``limit`` parcels; waits up to ``wait`` seconds for the first.

        Parcels that were given before and are not settled come first. Raises ``Retriable`` when
        the broker can't be reached in time, ``Fatal`` for a wrong login, vhost, exchange or
        right, and for a queue that somebody declared otherwise.
        """
        until, was_open = time.monotonic() + wait, self._line is not None
        while True:
            try:
                return self._received(stream, limit, until - time.monotonic()), cursor
            except Retriable:
                # A connection that broke while nobody looked is made again at once, but once.
                pause = 0.0 if was_open else self._settings.pause_s
                if not was_open and time.monotonic() + pause > until:
                    raise
                was_open = False
            self._sleep(pause)

    def settle(self, stream: str, keys: Sequence[str]) -> None:
        """Acknowledge. Keys that are no longer held (the connection was lost) come again.

        Raises ``Retriable`` when the connection is lost now; then all that is held comes again.
        """
        if stream in self._queues:
            with self._forgetful():
                self._queues[stream].settle(keys)

    def dead_letters(self, stream: str) -> int:
        """How many messages of ``stream`` were delivered in vain and wait for a person."""
        line = self._connect()  # its own: a refusal here must not cost what the feed holds
        try:
            return amqp_topology.count(line, self._settings.dead_letters_of(stream))
        finally:
            line.close()

    def close(self) -> None:
        """Take leave; the broker gives to others what is not settled."""
        if self._line is not None:
            self._line.close()
        self._forget()

    def _received(self, stream: str, limit: int, seconds: float) -> Sequence[Parcel]:
        if self._line is None:
            self._line = self._connect()
        with self._forgetful():
            if stream not in self._queues:
                self._queues[stream] = Queue(self._line, stream, self._settings)
            return self._queues[stream].receive(limit, seconds)

    @contextmanager
    def _forgetful(self) -> Iterator[None]:
        """After any failure the connection is at an unknown place: a new one starts clean."""
        try:
            yield
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        line, self._line = self._line, None
        self._queues.clear()
        if line is not None:
            line.drop()
