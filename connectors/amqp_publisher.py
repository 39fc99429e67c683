"""Publishing to an exchange, many in flight: nothing counts as sent before the broker says so.

A confirm for each message alone costs a round trip and a disk write each. Here up to ``window``
messages wait for theirs, and the broker confirms them in groups.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256

from connectors.amqp_channel import Channel, Outgoing
from connectors.amqp_line import Line
from connectors.amqp_options import Settings
from connectors.amqp_window import Window
from exchange.errors import Invalid, Rejected, Retriable, Unknown, ZhidaError
from exchange.ports import Reply

Told = ZhidaError | None
"""What came of a message: None when the broker holds it durably, else why not."""
_DEFAULT = "(AMQP default)"
"""What the broker's own web page calls the exchange without a name."""
_SHORT = 255
"""Bytes of AMQP's short strings: routing key, message id, content type."""


class AmqpPublisher:
    """One exchange of one broker; also a ``Connector``, whose operation is the routing key.

    Thread-safe: one batch at a time. A lost connection is made again by the next batch.
    """

    def __init__(self, connect: Callable[[], Line], settings: Settings, peer: str) -> None:
        self._connect, self._settings, self._peer = connect, settings, peer
        self._lock = threading.Lock()
        self._channel: Channel | None = None

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
        unsent: ZhidaError
        try:
            channel.publish(messages, places)
            unsent = Retriable(
                "amqp.blocked" if channel.line.blocked else "amqp.lost", peer=self._peer
            )
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
                exchange = self._settings.exchange or _DEFAULT
                return Rejected("amqp.unroutable", exchange=exchange, **facts)
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

    def _ready(self) -> Channel:
        """A channel that was alive a moment ago: found out before sending, a loss costs nothing."""
        if self._channel is not None and not self._channel.is_alive():
            self._drop()
        if self._channel is None:
            self._channel = Channel(self._connect(), self._settings)
        return self._channel

    def _drop(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.line.drop()
