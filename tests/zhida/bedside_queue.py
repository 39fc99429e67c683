"""A queue of declarations made at the bedside: its site, its sender, and what became of it."""

from __future__ import annotations

import json
import secrets
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import amqp
from sqlalchemy import func, select

from connectors.amqp import Outgoing, open_feed, open_publisher
from exchange.ports import Endpoint
from exchange.store import case_rows
from exchange.store.tables import matter_case
from sandbox.births import birth
from zhida import listen

CORE = Path(__file__).resolve().parents[2] / "sandbox" / "site" / "matters" / "newborn.yaml"
OPENING = """
opens_on:
  - adapter: feed
    unit: service-window
    stream: births
    gives: declaration
    every: 1 minute
    consents: [/consent]
"""
SYSTEM = """
system: queue
title: 出生申报消息队列
unit: service-window
adapter: feed
connection: queue
options:
  wire: amqp
  settings: {delivery_limit: 200, heartbeat_s: 5}
  streams:
    births: {kind: birth-declaration, mapping: oa_form_615_birth_declaration}
  most_per_poll: 20
"""


def files() -> dict[str, str]:
    """The example's matter, opened from a queue besides the OA's form."""
    text = CORE.read_text("utf-8").replace("\nopens_on:\n", OPENING, 1)
    return {"systems/queue.yaml": SYSTEM, "matters/newborn.yaml": text}


class Queue:
    """The sender's side: every message is confirmed by the broker before ``send`` returns."""

    def __init__(self, town: Any, broker: Any) -> None:
        if not broker.processes[1].is_alive():  # a test may have killed it
            broker.start()
            broker.wait()
        port, login, password = broker.port, broker.login, broker.password
        town.connections["queue"] = {"host": "127.0.0.1", "port": port, "login": login}
        town.connections["queue"]["password"] = password
        listen.drain(town.hub, threading.Event())  # declares the queue, and leaves it empty
        self.endpoint = Endpoint(f"127.0.0.1:{port}", login, password)
        self.publisher = open_publisher({}, self.endpoint)

    def send(self, *bodies: bytes, to: str = "births") -> None:
        messages = [Outgoing(to, body, secrets.token_hex(8)) for body in bodies]
        assert self.publisher.publish(messages) == [None] * len(bodies)

    def depth(self) -> int:
        """How many messages lie there and are in nobody's hand."""
        endpoint = self.endpoint
        with amqp.Connection(endpoint.address, endpoint.login, endpoint.password) as connection:
            told = connection.channel().queue_declare("births", passive=True)
        return int(told.message_count)

    def empty(self, name: str) -> None:
        """What the broker's administrator does."""
        feed = open_feed({"declare": False}, self.endpoint)
        parcels, _ = feed.receive(name, "", limit=100, wait=5)
        feed.settle(name, [parcel.key for parcel in parcels])
        feed.close()


def declaration(number: int) -> bytes:
    return json.dumps(birth(number).form).encode()


def has_case(town: Any, number: int) -> bool:
    identity = town.hub.vault.tag("case", "newborn", birth(number).form["cszmbh"])
    with town.hub.store.read() as connection:
        return case_rows.by_identity(connection, "newborn", identity) is not None


def cases(town: Any) -> int:
    with town.hub.store.read() as connection:
        return int(connection.execute(select(func.count()).select_from(matter_case)).scalar_one())


def drained(town: Any) -> dict[str, int]:
    return dict(+listen.drain(town.hub, threading.Event()).total)


@contextmanager
def listener(town: Any) -> Iterator[Any]:
    """The command as it runs beside the sweeps."""
    with town.worker("-m", "zhida", "listen") as process:
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
