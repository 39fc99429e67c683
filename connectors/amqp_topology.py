"""The queues at the broker: what a feed declares, and what it only finds.

A feed's queue is a quorum queue: a message that it holds is on the disk, and it counts
deliveries. One that was delivered too often goes to the dead-letter queue. Usually RabbitMQ does
that at most once; ``at-least-once`` (since 3.10, wants ``reject-publish``) keeps a message until
the dead-letter queue has confirmed it (RabbitMQ documentation, "Quorum Queues").

One limit is the broker's: RabbitMQ 3.10 writes a new queue's name to its disk a moment after it
confirmed the declaration, and a queue whose broker is killed in that moment comes back empty. So
queues are declared well before they are used, and not at their first message.
"""

from __future__ import annotations

from typing import Any

from connectors.amqp_errors import OPEN, told
from connectors.amqp_line import Line
from connectors.amqp_options import Settings

_QUORUM = {"x-queue-type": "quorum"}


def ready(line: Line, queue: str, settings: Settings) -> int:
    """Make sure of ``queue``; how many messages lie there. Raises ``Fatal``, ``Retriable``."""
    if not settings.declare:
        return count(line, queue)
    dead = settings.dead_letters_of(queue)
    _declare(line, dead, _QUORUM)
    lying = _declare(line, queue, _QUORUM | _dying(dead, settings.delivery_limit))
    if settings.exchange:
        for key in settings.routing_keys or (queue,):
            _bind(line, queue, settings.exchange, key)
    return lying


def count(line: Line, queue: str) -> int:
    """How many messages lie in a queue that is there, those in somebody's hands not counted."""
    with told(OPEN, peer=line.peer, name=queue):
        channel = line.channel()
        lying = int(channel.queue_declare(queue, passive=True).message_count)
        channel.close()
    return lying


def must_exist(channel: Any, exchange: str) -> None:
    """Raises py-amqp's ``NotFound``: a publish to a missing exchange is silent by itself."""
    if exchange:  # the default exchange is always there, and may not be asked for
        channel.exchange_declare(exchange, "", passive=True)


def _dying(dead: str, limit: int) -> dict[str, Any]:
    return {
        "x-delivery-limit": limit,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def _declare(line: Line, name: str, arguments: dict[str, Any]) -> int:
    with told(OPEN, peer=line.peer, name=name):
        channel = line.channel()
        declared = channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)
        channel.close()
    return int(declared.message_count)


def _bind(line: Line, queue: str, exchange: str, key: str) -> None:
    with told(OPEN, peer=line.peer, name=exchange):
        channel = line.channel()
        channel.queue_bind(queue, exchange, key)
        channel.close()
