"""One queue as one connection sees it: what arrived, what was handed out and not settled.

The key of a parcel is the message's ``message_id``, as its sender gave it, and the digest of its
body: a sender that counts anew after a restart reuses ids, and what it says then is no repetition.
Two messages with the same key are never handed out together: the second waits here until the first
is settled, and an acknowledgement can't mean the wrong one.

What was handed out and not settled still lies there for us: it is handed out again, oldest first,
as a folder would, and that is no delivery. The broker counts when it takes a message back, which
it does when our connection ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from connectors import amqp_topology
from connectors.amqp_errors import OPEN, told
from connectors.amqp_line import Line
from connectors.amqp_options import Settings
from exchange.ports import Parcel

_QUIET = 0.05
"""Seconds without a message after which a burst is over."""
_LYING, _PERHAPS = 2.0, 0.25
"""Seconds for the first message to reach a new consumer, if the broker says that some lie there,
and if it says that none do: a quorum queue's count lags behind."""
_MOST = 65_535
"""``basic.qos`` counts with 16 bits."""


class Queue:
    """A consumer with manual acknowledgement. Never outlives its line."""

    def __init__(self, line: Line, name: str, settings: Settings) -> None:
        self._line, self._facts = line, {"peer": line.peer, "name": name}
        self._name, self._limit, self._tag = name, 0, ""
        self._patience = _LYING if amqp_topology.ready(line, name, settings) else _PERHAPS
        self._arrived: deque[Any] = deque()
        self._held: dict[str, tuple[Parcel, int]] = {}
        with told(OPEN, **self._facts):
            self._channel = line.channel()

    def receive(self, limit: int, seconds: float) -> Sequence[Parcel]:
        """At most ``limit`` parcels; waits for the first if there is none."""
        with told(OPEN, **self._facts):
            self._consume(min(limit, _MOST))
            self._gather(limit, seconds)
        self._hand_out(limit)
        return [parcel for parcel, _ in self._held.values()][:limit]

    def settle(self, keys: Sequence[str]) -> None:
        """Acknowledge those that are held."""
        with told(OPEN, **self._facts):
            for key in keys:
                if key in self._held:
                    self._channel.basic_ack(self._held.pop(key)[1])

    def _consume(self, limit: int) -> None:
        """The broker sends ahead what one call may take; a prefetch holds for a new consumer."""
        if limit == self._limit:
            return
        if self._tag:
            self._channel.basic_cancel(self._tag)
        self._channel.basic_qos(0, limit, False)
        self._tag = self._channel.basic_consume(self._name, callback=self._arrived.append)
        self._limit = limit

    def _gather(self, limit: int, seconds: float) -> None:
        if not self._held and not self._arrived:
            self._line.read(lambda: bool(self._arrived), max(seconds, self._patience))
        self._patience = 0.0
        while len(self._arrived) < limit - len(self._held) and self._another():
            pass

    def _another(self) -> bool:
        before = len(self._arrived)
        return self._line.read(lambda: len(self._arrived) > before, _QUIET)

    def _hand_out(self, limit: int) -> None:
        waiting: deque[Any] = deque()
        while self._arrived and len(self._held) < limit:
            message = self._arrived.popleft()
            parcel = _parcel(message)
            if parcel.key in self._held:
                waiting.append(message)
            else:
                self._held[parcel.key] = (parcel, message.delivery_tag)
        self._arrived.extendleft(reversed(waiting))


def _parcel(message: Any) -> Parcel:
    told, raw = message.properties, bytes(message.body or b"")  # an empty one comes as text
    return Parcel(_key(told.get("message_id"), raw), raw, _moment(told.get("timestamp")))


def _key(message_id: str | None, raw: bytes) -> str:
    """The sender's id, if it can stand in a store and a log, and the body's digest.

    >>> _key("CN-42", b"x")[:20], _key("a\\x00b", b"x")[:14]
    ('CN-42#sha256:2d71164', 'sha256:2d71164')
    """
    digest = "sha256:" + sha256(raw).hexdigest()
    return f"{message_id}#{digest}" if message_id and message_id.isprintable() else digest


def _moment(seconds: int | None) -> datetime | None:
    """AMQP's time stamp has whole seconds (0-9-1, 4.2.5.4); nonsense is as good as none.

    >>> _moment(0), _moment(2**63)
    (datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
