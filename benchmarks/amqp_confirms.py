"""S8: publishing through our confirm window, against kombu's one confirm for each message.

The same quorum queue of the same private broker takes both, in turn.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from kombu.connection import Connection

from benchmarks.measure import Result, Work, compared, in_turn, rates
from connectors.amqp import AmqpPublisher, Outgoing, open_feed, open_publisher
from exchange.ports import Endpoint
from sandbox.rabbitmq import RabbitMq

_OURS, _THEIRS = 3000, 300
_QUEUE = "benchmark"
_BODY = bytes(range(256)) * 8


def run() -> Result:
    """Persistent messages of 2 KiB, each confirmed."""
    with tempfile.TemporaryDirectory() as name, RabbitMq(Path(name)) as broker:
        endpoint = Endpoint(f"127.0.0.1:{broker.port}", broker.login, broker.password)
        _declare(endpoint)
        publisher = open_publisher({}, endpoint)
        connect: Any = Connection
        with connect(
            f"amqp://127.0.0.1:{broker.port}//",
            userid=broker.login,
            password=broker.password,
            transport_options={"confirm_publish": True},
        ) as connection:
            samples = in_turn(_window(publisher), _one_by_one(connection))
        publisher.close()
    rate, cpu = rates([mine for mine, _ in samples])
    result = Result("S8", "AMQP 发布确认 confirms", "条", "≥ 10 ×", rate, cpu)
    result.reference = "kombu confirm_publish"
    result.notes = ["window 1000, quorum queue on one node, 2 KiB, persistent"]
    return compared(result, samples, 10)


def _declare(endpoint: Endpoint) -> None:
    feed = open_feed({}, endpoint)
    feed.receive(_QUEUE, "", limit=1)
    feed.close()


def _window(publisher: AmqpPublisher) -> Work:
    batch = [Outgoing(_QUEUE, _BODY, f"key-{number}") for number in range(_OURS)]

    def work() -> int:
        if any(publisher.publish(batch)):
            raise RuntimeError("a message was not confirmed")
        return _OURS

    return work


def _one_by_one(connection: Any) -> Work:
    producer = connection.Producer()

    def work() -> int:
        for number in range(_THEIRS):
            producer.publish(
                _BODY,
                routing_key=_QUEUE,
                content_type="application/octet-stream",
                content_encoding="binary",
                message_id=f"key-{number}",
                mandatory=True,
                delivery_mode=2,
            )
        return _THEIRS

    return work
