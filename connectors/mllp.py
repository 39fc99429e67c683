"""HL7 v2 over MLLP, the calling side. The called side is in ``mllp_server.py``.

Error map (theirs → ours)::

    before sending
        no MSH, other trigger than the operation    Invalid    mllp.header, mllp.trigger
        framing character inside                    Invalid    mllp.framing-character
        too big                                     Invalid    wire.request-too-big
        name not resolved                           Retriable  wire.name
        connect time-out                            Retriable  wire.connect-timeout
        refused, no route                           Retriable  wire.refused
        TLS handshake, our certificate refused      Retriable  wire.tls
    after the first byte left
        no acknowledgement in time                  Unknown    wire.no-answer
        reset, closed                               Unknown    wire.lost
        too big                                     Unknown    wire.answer-too-big
        acknowledgement of another message          Unknown    mllp.other-acknowledgement

What an acknowledgement says (AA, AE, AR) is for the adapter to read.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.framing import Frames, TooBig, framed
from connectors.http import CONNECT_SECONDS, MAX_BYTES
from connectors.mllp_header import acknowledged, control_id, trigger
from connectors.mllp_server import MllpServer
from connectors.tls import behind, refused_us, why
from exchange.errors import Fatal, Invalid, Retriable, Unknown, ZhidaError
from exchange.ports import Reply

__all__ = ["Mllp", "MllpServer"]

_CHUNK = 65_536

# Before the first byte left; the first match wins.
_CONNECTING: tuple[tuple[type[OSError], type[ZhidaError], str], ...] = (
    (socket.gaierror, Retriable, "wire.name"),
    (TimeoutError, Retriable, "wire.connect-timeout"),
    (OSError, Retriable, "wire.refused"),
)
_SENT: tuple[tuple[type[OSError], type[ZhidaError], str], ...] = (
    (TimeoutError, Unknown, "wire.no-answer"),
    (OSError, Unknown, "wire.lost"),
)


class Mllp:
    """One peer, one connection, one message in flight: MLLP has no other order.

    The connection is kept and made again when it broke. ``timeout`` in seconds from sending to
    the acknowledgement; ``tls`` is a client context of ``connectors.tls``, checked for ``host``.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        tls: ssl.SSLContext | None = None,
        timeout: float = 30.0,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._address, self._peer = (host, port), f"{host}:{port}"
        self._tls, self._timeout, self._max_bytes = tls, timeout, max_bytes
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def call(self, operation: str, body: bytes) -> Reply:
        """Send a message (ER7, segments ended by CR), give its acknowledgement as bytes.

        ``operation`` is the trigger, ``ADT^A28``, as it stands in MSH-9.
        """
        identity, block = self._checked(operation, body)
        with self._lock:
            try:
                answer = self._exchange(block)
                if acknowledged(answer) != identity:
                    raise Unknown("mllp.other-acknowledgement", peer=self._peer)
            except ZhidaError:
                # An answer that comes later must not meet the next message.
                self._drop()
                raise
        return Reply(answer, answer)

    def close(self) -> None:
        """Close the connection, after a message in flight."""
        with self._lock:
            self._drop()

    def _checked(self, operation: str, body: bytes) -> tuple[bytes, bytes]:
        identity = control_id(body)
        if not identity:
            raise Invalid("mllp.header", path="MSH-10")
        if trigger(body) != operation:
            raise Invalid("mllp.trigger", path="MSH-9", operation=operation)
        if len(body) > self._max_bytes:
            facts = {"bytes": len(body), "limit": self._max_bytes}
            raise Invalid("wire.request-too-big", peer=self._peer, **facts)
        return identity, framed(body)

    def _exchange(self, block: bytes) -> bytes:
        with self._translated(_CONNECTING):
            if self._socket is None or _has_ended(self._socket):
                self._drop()
                self._socket = self._connect()
        with self._translated(_SENT):
            self._send(self._socket, block)
            return self._receive(self._socket)

    def _connect(self) -> socket.socket:
        try:
            plain = socket.create_connection(self._address, min(CONNECT_SECONDS, self._timeout))
        except UnicodeError:  # no host name can look like this
            raise Fatal("wire.address", address=self._peer) from None
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is None:
            return plain
        try:
            return self._tls.wrap_socket(plain, server_hostname=self._address[0])
        except (OSError, ValueError) as error:
            plain.close()
            raise Retriable("wire.tls", peer=self._peer, reason=why(error)) from None

    def _send(self, connection: socket.socket, block: bytes) -> None:
        connection.settimeout(self._timeout)
        try:
            connection.sendall(block)
        except OSError as error:
            raise behind(error, connection) from None

    def _receive(self, connection: socket.socket) -> bytes:
        frames, until = Frames(self._max_bytes), time.monotonic() + self._timeout
        try:
            while data := connection.recv(_CHUNK):
                for message in frames.feed(data):
                    return message
                connection.settimeout(max(0.001, until - time.monotonic()))
        except TooBig:
            raise Unknown("wire.answer-too-big", peer=self._peer, limit=self._max_bytes) from None
        raise Unknown("wire.lost", peer=self._peer)

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @contextmanager
    def _translated(
        self, table: tuple[tuple[type[OSError], type[ZhidaError], str], ...]
    ) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if refused_us(error):
                raise Retriable("wire.tls", peer=self._peer, reason=why(error)) from None
            leaf, code = next((leaf, code) for kind, leaf, code in table if isinstance(error, kind))
            raise leaf(code, peer=self._peer) from None


def _has_ended(connection: socket.socket) -> bool:
    """True if the peer closed an idle connection, or sent what nobody asked for.

    Found before sending, it costs a new connection; found after, it costs the certainty.
    """
    connection.settimeout(0)
    try:
        connection.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return False  # nothing there, or only TLS 1.3 session tickets
    except OSError:
        return True
    return True
