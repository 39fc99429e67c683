"""Publishing to an exchange, many in flight: nothing counts as sent before the broker says so.

A confirm for each message alone costs a round trip and a disk write each. Here up to ``window``
messages wait for theirs, and the broker confirms them in groups.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import amqp

from connectors import amqp_topology
from connectors.amqp_errors import FOREIGN, OPEN, told
from connectors.amqp_line import Line
from connectors.amqp_options import Settings
from connectors.amqp_window import NUMBER, Window
from exchange.errors import Invalid, Rejected, Retriable, Unknown, ZhidaError
from exchange.ports import Reply

Told = ZhidaError | None
"""What came of a message: None when the broker holds it durably, else why not."""
_PERSISTENT = 2
_SHORT = 255
"""Bytes of AMQP's short strings: routing key, message id, content type."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for the exchange. ``key``, the effect key, goes with it as its message id.

    What the broker keeps beside the body can be read by its operators: no field but the body
    may tell about a person.
    """

    routing_key: str
    body: bytes
    key: str
    content_type: str = "application/json"


class AmqpPublisher:
    """One exchange of one broker; also a ``Connector``, whose operation is the routing key.

    Thread-safe: one batch at a time. A lost connection is made again by the next batch.
    """

    def __init__(self, connect: Callable[[], Line], settings: Settings, peer: str) -> None:
        self._connect, self._settings, self._peer = connect, settings, peer
        self._lock = threading.Lock()
        self._channel: _Channel | None = None

    def publish(self, messages: Sequence[Outgoing]) -> list[Told]:
        """What came of each, in their order; raises nothing.

        ``Retriable``: surely not stored. ``Rejected``: no queue is bound for it. ``Unknown``: it
        left, and the connection broke before its confirm. ``Fatal``: login, exchange, right.
        """
        outcomes: list[Told] = [self._unfit(message) for message in messages]
        fit = [place for place, error in enumerate(outcomes) if error is None]
        with self._lock:
            for place, outcome in self._published(messages, fit).items():
                outcomes[place] = outcome
        return outcomes

    def call(self, operation: str, body: Outgoing | bytes) -> Reply:
        """Publish one to the routing key ``operation``; raises what ``publish`` tells.

        Bytes alone get their digest as id: the same bytes are the same message.
        """
        if isinstance(body, bytes):
            body = Outgoing(operation, body, sha256(body).hexdigest())
        error = self.publish([replace(body, routing_key=operation)])[0]
        if error is not None:
            raise error
        return Reply(b"", None)

    def close(self) -> None:
        """Take leave of the broker, after a batch in flight."""
        with self._lock:
            channel, self._channel = self._channel, None
            if channel is not None:
                channel.line.close()

    def _published(self, messages: Sequence[Outgoing], places: list[int]) -> dict[int, Told]:
        try:
            channel = self._ready()
        except ZhidaError as error:
            return dict.fromkeys(places, error)
        unsent: ZhidaError = Retriable("amqp.blocked", peer=self._peer)
        try:
            channel.publish(messages, places)
        except ZhidaError as error:
            unsent = error
        finally:
            if channel.window.waiting:  # a confirm that comes late must not meet the next batch
                self._drop()
        return {
            place: self._outcome(channel.window, place, messages[place].routing_key, unsent)
            for place in places
        }

    def _outcome(self, window: Window, place: int, operation: str, unsent: ZhidaError) -> Told:
        facts = {"peer": self._peer, "operation": operation}
        match window.words.get(place):
            case "stored":
                return None
            case "unroutable":
                return Rejected("amqp.unroutable", exchange=self._settings.exchange, **facts)
            case "refused":
                return Retriable("amqp.refused", **facts)
        if place in window.waiting.values():
            return Unknown("amqp.unconfirmed", **facts)
        return unsent

    def _unfit(self, message: Outgoing) -> Invalid | None:
        limit, size = self._settings.max_bytes, len(message.body)
        if size > limit:
            return Invalid("wire.request-too-big", peer=self._peer, bytes=size, limit=limit)
        for path in ("routing_key", "key", "content_type"):
            if len(getattr(message, path).encode("utf-8", "replace")) > _SHORT:
                return Invalid("amqp.too-long", path=path, limit=_SHORT)
        return None

    def _ready(self) -> _Channel:
        """A channel that was alive a moment ago: found out before sending, a loss costs nothing."""
        if self._channel is not None and not self._channel.is_alive():
            self._drop()
        if self._channel is None:
            self._channel = _Channel(self._connect(), self._settings)
        return self._channel

    def _drop(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.line.drop()


class _Channel:
    """A channel in confirm mode with its window; never outlives its line."""

    def __init__(self, line: Line, settings: Settings) -> None:
        self.line, self.window, self._settings = line, Window(), settings
        try:
            with told(OPEN, peer=line.peer, name=settings.exchange):
                self._channel: Any = line.channel()
                amqp_topology.must_exist(self._channel, settings.exchange)
                self.window.listen(self._channel)
                self._channel.confirm_select()
        except BaseException:
            line.drop()
            raise

    def is_alive(self) -> bool:
        """Whether the peer has neither closed the connection nor been silent for too long."""
        try:
            self.line.read(lambda: False, 0)
        except FOREIGN:
            return False
        return True

    def publish(self, messages: Sequence[Outgoing], places: Sequence[int]) -> None:
        """Send until all are sent or the broker blocks, then wait for every confirm.

        Gives up without an error when a confirm does not come in time: it is still waiting then.
        """
        self.window.words.clear()
        size = self._settings.window
        with told(OPEN, peer=self.line.peer, name=self._settings.exchange):
            for place in places:
                if len(self.window.waiting) >= size and not self._confirmed(down_to=size // 2):
                    return
                if self.line.blocked:
                    break
                self._send(messages[place], self.window.leave(place))
            self._confirmed(down_to=0)

    def _send(self, message: Outgoing, number: int) -> None:
        properties = {
            "message_id": message.key,
            "content_type": message.content_type,
            "delivery_mode": _PERSISTENT,
            "application_headers": {NUMBER: number},
        }
        wrapped = amqp.Message(message.body, **properties)
        exchange, key = self._settings.exchange, message.routing_key
        self._channel.basic_publish(wrapped, exchange=exchange, routing_key=key, mandatory=True)

    def _confirmed(self, *, down_to: int) -> bool:
        waiting = self.window.waiting
        return self.line.read(lambda: len(waiting) <= down_to, self._settings.timeout_s)
