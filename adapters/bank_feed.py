"""A bank to which numbered events are sent: posted to its program, published to its queue, or put into its folder.

A sink only. What is sent, in which order and how often is decided above (``zhida.finance_push``); here it is told what
came of it. Nothing is answered but whether it was taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from adapters import _endpoint, _feed_options
from adapters._bank_feed_options import CALLS, FILES, OPTIONS, WIRES
from connectors import amqp, wires
from connectors.amqp import Outgoing
from exchange.errors import Invalid, Problem, Retriable, ZhidaError
from exchange.ports import Endpoint, Operation

__all__ = ["CALLS", "OPTIONS", "WIRES", "BankFeed", "mistakes", "open_system"]

_GOOD = range(200, 300)
_MOST = {"rest": 1, "amqp": 500}
_MOST_OF_FILE = 10_000


def mistakes(options: Mapping[str, Any], site: Path | None) -> list[tuple[str, Problem]]:
    """Settings that are none of the wire's, and a place that leads nowhere; each with its place."""
    alias = options["wire"]
    found = list(_feed_options.problems(_schema(alias), options.get("settings", {}), alias))
    return found or list(_place(options))


def _schema(alias: str) -> Mapping[str, Any]:
    if alias in WIRES:
        return dict(wires.wire(alias).OPTIONS)
    return wires.call_options(wires.caller(alias))


def _place(options: Mapping[str, Any]) -> Iterator[tuple[str, Problem]]:
    alias, to = options["wire"], options["to"]
    right = alias == "amqp" or (alias == "rest" and to.startswith("/"))
    if not right and to not in options.get("settings", {}).get("folders", ()):
        yield "/to", Problem("bank-feed.place", {"wire": alias})


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> BankFeed:
    """The bank at ``endpoint``; connects when used. ``Invalid`` for options that can't be right."""
    for _, problem in mistakes(options, None):
        raise Invalid(problem.code, **problem.facts)
    return BankFeed(_endpoint.completed(OPTIONS, options), endpoint)


class BankFeed:
    """One bank's way of taking events. For one thread at a time: the holder of the bank's lock."""

    operations: Mapping[str, Operation] = {}

    def __init__(self, options: Mapping[str, Any], endpoint: Endpoint) -> None:
        self.wire, self._to = str(options["wire"]), str(options["to"])
        self.by_day = options["each"] == "day"
        """Of files: one a day that is over; else whatever there is at each sweep."""
        self._address = endpoint.address
        settings = _feed_options.settings(_schema(self.wire), options["settings"], self.wire)
        module: Any = amqp if self.wire == "amqp" else wires.caller(self.wire)
        opened = module.open_publisher if self.wire == "amqp" else module.open_connector
        self._line: Any = opened(settings, endpoint)

    @property
    def is_files(self) -> bool:
        """Does it take files?"""
        return self.wire in FILES

    @property
    def most(self) -> int:
        """How many events leave together, before the position moves."""
        return _MOST.get(self.wire, _MOST_OF_FILE)

    @property
    def target(self) -> str:
        """Of HTTP: path and query as they are sent."""
        found = urlsplit(self._address.rstrip("/") + self._to)
        return found.path + (f"?{found.query}" if found.query else "")

    def post(self, body: bytes, headers: Mapping[str, str]) -> None:
        """One event to the bank's program. Only 2xx says that it was taken: ``Retriable bank-feed.not-taken``."""
        answer = self._line.deliver(self._to, body, headers)
        if answer.status_code not in _GOOD:
            raise Retriable("bank-feed.not-taken", status=answer.status_code)

    def publish(self, messages: Sequence[tuple[str, bytes]]) -> tuple[int, ZhidaError | None]:
        """Id and body of each, in order: how many of the first ones the broker holds, and why not more."""
        told = [Outgoing(self._to, body, key) for key, body in messages]
        for place, error in enumerate(self._line.publish(told)):
            if error is not None:
                return place, error
        return len(told), None

    def put(self, name: str, content: bytes) -> None:
        """One file, whole, never over another (``connectors.filing``)."""
        self._line.call(f"put {self._to}", {"name": name, "content": content})

    def close(self) -> None:
        """Close the wire."""
        self._line.close()
