"""One connection to a broker: opened, kept alive while we wait, dropped without ceremony."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

import amqp.transport
from kombu.transport import pyamqp

from connectors.amqp_errors import CONNECTING, FOREIGN, told
from connectors.amqp_options import Broker, Settings
from connectors.http import CONNECT_SECONDS


class _Tls(amqp.transport.SSLTransport):  # type: ignore[misc]
    """TLS by a context of ``connectors.tls``: theirs builds its own from file names."""

    def _wrap_socket(self, sock: Any, *, context: Any, server_hostname: str) -> Any:
        return context.wrap_socket(
            sock, server_hostname=server_hostname, do_handshake_on_connect=False
        )

    def _shutdown_transport(self) -> None:
        """No farewell: on a half-open connection theirs would wait for the peer's for ever."""


class _Wire(pyamqp.Connection):
    """kombu's connection, which leaves no socket behind when the broker refuses us."""

    def Transport(self, host: str, timeout: Any, ssl: Any, *socket: Any, **more: Any) -> Any:  # noqa: N802
        if not ssl:
            return super().Transport(host, timeout, ssl, *socket, **more)
        return _Tls(host, connect_timeout=timeout, ssl=ssl)

    def connect(self, callback: Any = None) -> Any:
        try:
            return super().connect(callback)
        except BaseException:
            self.collect()
            raise


class Line:
    """An open connection. For one thread at a time; once an error left it, it is dropped.

    kombu leaves heartbeats to its user: ``read`` sends and checks them, so whoever waits here
    notices a peer that is silent for two intervals.
    """

    def __init__(self, broker: Broker, settings: Settings) -> None:
        self.peer = broker.peer
        self.blocked = False
        """The broker is short of memory or disk and takes no messages for now."""
        self._beat = settings.heartbeat_s / 4
        self._wire = _opened(broker, settings, self._set_blocked)

    def channel(self) -> Any:
        """A channel whose bodies stay the bytes that came."""
        channel = self._wire.channel()
        channel.auto_decode = False
        return channel

    def read(self, is_enough: Callable[[], bool], seconds: float) -> bool:
        """Take in what comes until ``is_enough()``, at most ``seconds``; whether it is enough.

        Looks at least once at what has already come. Raises py-amqp's errors.
        """
        end = time.monotonic() + seconds
        while not is_enough():
            left = end - time.monotonic()
            with contextlib.suppress(TimeoutError):
                # Not 0: a frame that came half would be read again and again, at full speed.
                self._wire.drain_events(timeout=max(0.001, min(left, self._beat)))
            self._wire.heartbeat_tick()
            if left <= 0:
                break
        return is_enough()

    def drop(self) -> None:
        """Close the socket and no more: the broker takes back what was not acknowledged."""
        with contextlib.suppress(*FOREIGN):
            self._wire.collect()

    def close(self) -> None:
        """Take leave in good order, so that what was written last has been read."""
        with contextlib.suppress(*FOREIGN):
            self._wire.close()
        self.drop()

    def _set_blocked(self, is_blocked: bool) -> None:
        self.blocked = is_blocked


def _opened(broker: Broker, settings: Settings, on_blocked: Callable[[bool], None]) -> _Wire:
    seconds = min(CONNECT_SECONDS, settings.timeout_s)
    secure = {"context": broker.tls, "server_hostname": broker.host} if broker.tls else False
    host = f"[{broker.host}]" if ":" in broker.host else broker.host
    wire = _Wire(
        host=f"{host}:{broker.port}",
        userid=broker.login,
        password=broker.password,
        login_method="PLAIN",
        virtual_host=broker.vhost,
        heartbeat=settings.heartbeat_s,
        connect_timeout=seconds,
        ssl=secure,
        on_blocked=lambda _reason: on_blocked(True),
        on_unblocked=lambda: on_blocked(False),
    )
    with told(CONNECTING, peer=broker.peer, vhost=broker.vhost):
        wire.connect()
        # Declaring and writing wait for the broker too, and theirs have no time-out of their own.
        wire.sock.settimeout(settings.timeout_s)
    return wire
