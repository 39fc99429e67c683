"""S8B: new rows of a table as messages, against publishing the same messages and nothing else.

Ours is the whole of a sync (S7) with a queue for a target: each row is digested under a key, so that one
that did not change is not told again, and its key is sealed for the day on which it is gone.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing
from pathlib import Path

import amqp

from benchmarks import sync_site
from benchmarks.measure import PAIRS, Result, compared, rates, timed
from benchmarks.sync_site import QUEUE
from benchmarks.syncs import Bases, ours
from connectors.amqp import Outgoing, open_publisher
from exchange.ports import Endpoint
from sandbox.postgres import Postgres
from sandbox.rabbitmq import RabbitMq

COUNT = 20_000
_BARE = "bare"


def run() -> Result:
    """Both into durable queues of one broker; once before to warm up."""
    folder = Path(tempfile.mkdtemp(prefix="zhida-bench-"))
    try:
        with Postgres(folder / "postgres") as server, RabbitMq(folder / "broker") as broker:
            bases, bodies = Bases(server), Bodies(broker)
            with closing(sync_site.hub(folder, server, "bench", broker)) as hub:
                samples = []
                for _ in range(PAIRS + 1):
                    bases.fill(COUNT)
                    mine = timed(lambda: ours(hub))
                    taken = bodies.taken()
                    samples.append((mine, timed(lambda told=taken: bodies.publish(told))))  # type: ignore[misc]
    finally:
        shutil.rmtree(folder)
    if any((mine.units, theirs.units) != (COUNT, COUNT) for mine, theirs in samples):
        raise RuntimeError("rows are missing")
    rate, cpu = rates([each for each, _ in samples[1:]])
    result = Result("S8B", "同步成消息 rows as messages", "行", "≥ 0.5 ×", rate, cpu)
    result.reference = "the same messages, published"
    return compared(result, samples[1:], 0.5)


class Bodies:
    """What came into the queue, and the same once more into another."""

    def __init__(self, broker: RabbitMq) -> None:
        self._broker = broker
        with self._open() as connection:
            for name in (QUEUE, _BARE):
                connection.channel().queue_declare(name, durable=True, auto_delete=False)

    def taken(self) -> list[bytes]:
        """Everything that waits in our queue; the other one is emptied."""
        found = []
        with self._open() as connection:
            channel = connection.channel()
            channel.auto_decode = False
            channel.queue_purge(_BARE)
            while (message := channel.basic_get(QUEUE, no_ack=True)) is not None:
                found.append(message.body)
        return found

    def publish(self, bodies: list[bytes]) -> int:
        """As our own publisher does, with nothing around it."""
        broker = self._broker
        endpoint = Endpoint(f"127.0.0.1:{broker.port}", broker.login, broker.password)
        with closing(open_publisher({}, endpoint)) as publisher:
            messages = [Outgoing(_BARE, body, str(at)) for at, body in enumerate(bodies)]
            return publisher.publish(messages).count(None)

    def _open(self) -> amqp.Connection:
        return amqp.Connection(
            f"127.0.0.1:{self._broker.port}", self._broker.login, self._broker.password
        )
