"""A channel in confirm mode: what one connection has sent, and what the broker said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import amqp

from connectors import amqp_topology
from connectors.amqp_errors import FOREIGN, OPEN, told
from connectors.amqp_line import Line
from connectors.amqp_options import Settings
from connectors.amqp_window import NUMBER, Window

_PERSISTENT = 2
_MANDATORY, _IMMEDIATE = True, False


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


class Channel:
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
        # As basic_publish does, but without its look at the socket before each message: what the
        # broker says is read when the window is full.
        told = (0, self._settings.exchange, message.routing_key, _MANDATORY, _IMMEDIATE)
        self._channel.send_method(amqp.spec.Basic.Publish, "Bssbb", told, wrapped)

    def _confirmed(self, *, down_to: int) -> bool:
        waiting = self.window.waiting
        return self.line.read(lambda: len(waiting) <= down_to, self._settings.timeout_s)
