"""What a bureau configures for a message queue, and where its broker is."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from connectors import tls
from connectors.http import MAX_BYTES
from connectors.loopback import is_loopback
from exchange.addresses import without_login
from exchange.errors import Fatal
from exchange.ports import Endpoint

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "消息队列（RabbitMQ，AMQP 0-9-1）",
    "description": "地址、账号写在连接中；extra：vhost 为虚拟主机，ca、cert、key、key_password 为 TLS 文件。",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "exchange": {
            "title": "交换机",
            "description": "由消息队列管理员建立，本系统只使用不创建；空为默认交换机（路由键即队列名）。",
            "type": "string",
            "maxLength": 255,
            "default": "",
        },
        "routing_keys": {
            "title": "绑定的路由键",
            "description": "接收队列按这些路由键绑定到交换机；空则用队列名。默认交换机无需绑定。",
            "type": "array",
            "items": {"type": "string", "minLength": 1, "maxLength": 255},
            "default": [],
        },
        "declare": {
            "title": "由本系统建立队列",
            "description": "建立仲裁队列（quorum，RabbitMQ 3.10 以上）及其死信队列；"
            "对方已建好队列时填 false，只检查其存在。",
            "type": "boolean",
            "default": True,
        },
        "delivery_limit": {
            "title": "投递次数上限",
            "description": "未确认而连接中断的消息重新投递，超过此次数转入死信队列，以免反复拖垮程序。",
            "type": "integer",
            "minimum": 1,
            "default": 4,
        },
        "dead_letter_queue": {
            "title": "死信队列名称",
            "description": "{queue} 代表接收队列的名称。",
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "default": "{queue}.dead",
        },
        "window": {
            "title": "发布确认窗口",
            "description": "最多允许多少条消息已发出而尚未得到确认。",
            "type": "integer",
            "minimum": 1,
            "maximum": 10000,
            "default": 1000,
        },
        "heartbeat_s": {
            "title": "心跳间隔秒数",
            "description": "连续两个间隔收不到对方任何数据即视为断线。",
            "type": "integer",
            "minimum": 1,
            "maximum": 600,
            "default": 30,
        },
        "pause_s": {
            "title": "重新连接前的等待秒数",
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 5,
        },
        "timeout_s": {
            "title": "等待应答的秒数",
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 30,
        },
        "max_bytes": {
            "title": "单条消息的字节上限",
            "type": "integer",
            "minimum": 1,
            "default": MAX_BYTES,
        },
    },
}
_DEFAULTS = {name: about["default"] for name, about in OPTIONS["properties"].items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options as they hold, defaults filled in. Their meaning is told in ``OPTIONS``."""

    exchange: str
    routing_keys: tuple[str, ...]
    declare: bool
    delivery_limit: int
    dead_letter_queue: str
    window: int
    heartbeat_s: int
    pause_s: float
    timeout_s: float
    max_bytes: int

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """From options that have passed ``OPTIONS``.

        >>> Settings.of({"window": 10}).dead_letters_of("births")
        'births.dead'
        """
        told = {**_DEFAULTS, **options}
        return cls(**{**told, "routing_keys": tuple(told["routing_keys"])})

    def dead_letters_of(self, queue: str) -> str:
        """Name of the queue in which what ``queue`` delivered in vain ends."""
        return self.dead_letter_queue.replace("{queue}", queue)


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and how we log in; ``tls`` is None only on loopback."""

    host: str
    port: int
    login: str
    password: str
    vhost: str
    tls: ssl.SSLContext | None

    @classmethod
    def of(cls, endpoint: Endpoint) -> Self:
        """Raises ``Fatal`` for an address that is none, a bad file, and for plain text abroad.

        Without ``ca`` the password and every record would cross the network in clear.
        """
        host, _, port = endpoint.address.rpartition(":")
        known = port.isascii() and port.isdigit() and 0 < int(port) < 65536
        if not host or not known or "@" in host:  # a host with a login would stand in every error
            raise Fatal("wire.address", address=without_login(endpoint.address))
        ca = endpoint.extra.get("ca", "")
        if not ca and not is_loopback(host):
            raise Fatal("amqp.plain", peer=endpoint.address)
        context = tls.of_files(endpoint) if ca else None
        vhost = endpoint.extra.get("vhost", "/")
        return cls(host.strip("[]"), int(port), endpoint.login, endpoint.password, vhost, context)

    @property
    def peer(self) -> str:
        """Its name in errors."""
        return f"{self.host}:{self.port}"
