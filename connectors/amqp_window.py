"""The confirm window: which message each of the broker's words is about.

The broker numbers what a channel publishes from 1 on and confirms by number, one or all up to
one, in any order (RabbitMQ documentation, Publisher Confirms). A message that no queue wanted is
returned first and confirmed all the same, and the return bears no number: we write it on the
message, since its id need not be unique.
"""

from __future__ import annotations

from typing import Any, Literal

Word = Literal["stored", "unroutable", "refused"]
NUMBER = "zhida-number"
"""Header of a published message: its number on its channel."""


class Window:
    """What left on one channel: ``waiting`` for the broker's word, and the ``words`` that came.

    A message is known to the caller by its place in the batch.

    >>> window = Window()
    >>> [window.leave(place) for place in (10, 11, 12)]
    [1, 2, 3]
    >>> window.returned(2)
    >>> window.refused(3, False)
    >>> window.confirmed(2, True)
    >>> window.words
    {12: 'refused', 10: 'stored', 11: 'unroutable'}
    """

    def __init__(self) -> None:
        self._last = 0
        self._came_back: set[int] = set()
        self.waiting: dict[int, int] = {}
        """Number → place, in the order in which they left."""
        self.words: dict[int, Word] = {}
        """Place → the broker's word."""

    def leave(self, place: int) -> int:
        """The number of the message that is about to be sent."""
        self._last += 1
        self.waiting[self._last] = place
        return self._last

    def returned(self, number: int) -> None:
        """No queue wanted it; its confirm follows."""
        self._came_back.add(number)

    def confirmed(self, number: int, multiple: bool) -> None:
        """``basic.ack``: stored where it was routed to, which may be nowhere."""
        for each in self._named(number, multiple):
            came_back = each in self._came_back
            self.words[self.waiting.pop(each)] = "unroutable" if came_back else "stored"
            self._came_back.discard(each)

    def refused(self, number: int, multiple: bool) -> None:
        """``basic.nack``: the broker could not take charge of it."""
        for each in self._named(number, multiple):
            self.words[self.waiting.pop(each)] = "refused"

    def listen(self, channel: Any) -> None:
        """Have py-amqp's channel tell what comes."""
        channel.events["basic_ack"].add(self.confirmed)
        channel.events["basic_nack"].add(self.refused)
        channel.events["basic_return"].add(self._on_return)

    def _on_return(self, _error: Exception, _exchange: str, _key: str, message: Any) -> None:
        self.returned(message.properties["application_headers"][NUMBER])

    def _named(self, number: int, multiple: bool) -> list[int]:
        """Numbers leave in rising order, so all up to one are the first of those that wait."""
        if not multiple:
            return [number] if number in self.waiting else []
        named = []
        for each in self.waiting:
            if each > number:
                break
            named.append(each)
        return named
