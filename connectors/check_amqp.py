"""The steps of a check of a message broker: nothing is declared, taken or published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.amqp_errors import OPEN, told
from connectors.amqp_line import Line
from connectors.amqp_options import Broker, Settings
from connectors.check_steps import Open, Probe, Step, not_applicable, run
from connectors.check_tcp import Place, probes
from exchange.errors import Fatal
from exchange.ports import Endpoint


def check(options: Mapping[str, Any], endpoint: Endpoint, streams: Sequence[str]) -> Iterator[Step]:
    """``streams`` are the queues."""
    settings, broker = Settings.of(options), Broker.of(endpoint)
    place = Place(broker.host, broker.port)
    steps = [
        *probes(place, context=broker.tls, clock=endpoint.clock),
        Probe("login", lambda: _login(broker, settings), ("tcp", "tls")),
        Probe("permission", lambda: _queues(broker, settings, streams), ("tcp", "tls", "login")),
        not_applicable("clock"),
        not_applicable("encoding"),
    ]
    return run(steps)


def _login(broker: Broker, settings: Settings) -> str:
    Line(broker, settings).close()
    return f"账号 {broker.login}，虚拟主机 {broker.vhost}"


def _queues(broker: Broker, settings: Settings, queues: Sequence[str]) -> str | Open:
    """Each queue is asked for on a channel of its own: a no closes the channel."""
    if not queues:
        return Open("没有配置队列")
    line, waiting = Line(broker, settings), 0
    try:
        for queue in queues:
            try:
                waiting += _asked(line, queue)
            except Fatal as error:
                if error.code != "amqp.not-found" or not settings.declare:
                    raise
                return Open(f"队列 {queue} 尚未建立，将由本系统建立")
    finally:
        line.close()
    return f"{len(queues)} 个队列，{waiting} 条待取"


def _asked(line: Line, queue: str) -> int:
    with told(OPEN, peer=line.peer, name=queue):
        channel = line.channel()
        found = channel.queue_declare(queue, passive=True)
        channel.close()
        return int(found.message_count)
