"""Declarations made at the bedside: published to the broker's queue, each confirmed by it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import amqp

QUEUE = "births"


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the queue is."""

    host: str
    port: int
    login: str
    password: str
    vhost: str = "/"

    @classmethod
    def of(cls, url: str) -> Self:
        """``amqp://login:password@host:port/vhost``; all but the host may be left out.

        >>> Broker.of("amqp://a:b%40@mq:5673/town")
        Broker(host='mq', port=5673, login='a', password='b@', vhost='town')
        """
        told = urlsplit(url)
        login, password = unquote(told.username or "guest"), unquote(told.password or "guest")
        vhost = unquote(told.path[1:]) or "/"
        return cls(told.hostname or "", told.port or 5672, login, password, vhost)

    @property
    def connection(self) -> dict[str, Any]:
        """As Airflow's connections tell it."""
        return {
            "conn_type": "amqp",
            "host": self.host,
            "port": self.port,
            "login": self.login,
            "password": self.password,
            "extra": {"vhost": self.vhost},
        }

    def declare(self, *forms: Mapping[str, str]) -> None:
        """Publish declarations, one after another; each is on the broker's disk before the next."""
        host = f"{self.host}:{self.port}"
        with amqp.Connection(
            host, self.login, self.password, virtual_host=self.vhost, confirm_publish=True
        ) as line:
            channel = line.channel()
            for form in forms:
                channel.basic_publish(_message(form), routing_key=QUEUE)


def _message(form: Mapping[str, str]) -> amqp.Message:
    return amqp.Message(json.dumps(form).encode(), message_id=form["cszmbh"], delivery_mode=2)
