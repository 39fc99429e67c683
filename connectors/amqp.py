"""AMQP 0-9-1 over RabbitMQ: messages taken from queues, messages published to an exchange.

Error map (theirs → ours)::

    before anything was sent
        plain text to another machine           Fatal      amqp.plain
        address, TLS files                      Fatal      wire.address, wire.tls-file
        name not resolved, refused, time-out    Retriable  wire.name, wire.refused, …
        TLS handshake                           Retriable  wire.tls
        not understood (no broker there?)       Retriable  amqp.handshake
        login, virtual host                     Fatal      amqp.login, amqp.vhost
        no such queue or exchange               Fatal      amqp.not-found
        no right to it                          Fatal      amqp.forbidden
        queue there, but declared otherwise     Fatal      amqp.queue-differs
        message or a name in it too long        Invalid    wire.request-too-big, amqp.too-long
        memory or disk alarm at the broker      Retriable  amqp.blocked
        connection lost                         Retriable  amqp.lost
    after a message left
        no queue is bound for it                Rejected   amqp.unroutable
        the broker took no charge (queue full)  Retriable  amqp.refused
        no confirm, or lost before it           Unknown    amqp.unconfirmed

A feed that loses its connection always says ``Retriable``: what is not settled comes again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.amqp_channel import Outgoing
from connectors.amqp_feed import AmqpFeed
from connectors.amqp_line import Line
from connectors.amqp_options import OPTIONS, Broker, Settings
from connectors.amqp_publisher import AmqpPublisher
from exchange.ports import Endpoint

__all__ = ["OPTIONS", "AmqpFeed", "AmqpPublisher", "Outgoing", "open_feed", "open_publisher"]


def open_feed(options: Mapping[str, Any], endpoint: Endpoint) -> AmqpFeed:
    """The queues of the broker at ``endpoint.address`` (``host:port``); connects when used.

    ``options`` have passed ``OPTIONS``. Raises ``Fatal`` for an endpoint that can't be right.
    """
    settings, broker = Settings.of(options), Broker.of(endpoint)
    return AmqpFeed(lambda: Line(broker, settings), settings)


def open_publisher(options: Mapping[str, Any], endpoint: Endpoint) -> AmqpPublisher:
    """The exchange ``options["exchange"]`` of the broker; connects when used."""
    settings, broker = Settings.of(options), Broker.of(endpoint)
    return AmqpPublisher(lambda: Line(broker, settings), settings, broker.peer)
