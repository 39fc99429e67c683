"""HL7 v2 over MLLP, the called side: a thread a connection, an acknowledgement a message.

The acknowledgement is what the handler returned, and it is sent after the handler returned: the
sender forgets a message when it is acknowledged, so it must be in the books by then. A handler
that raises gets no acknowledgement sent; the connection is closed and the sender sends again.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from connectors.framing import Frames, TooBig, framed
from connectors.http import MAX_BYTES
from connectors.mllp_header import refusal
from exchange.ports import Clock, utc_now

Handler = Callable[[bytes], bytes]

_CHUNK = 65_536
_log = logging.getLogger(__name__)


class _UnacknowledgedError(Exception):
    """The handler failed, so the connection ends without an acknowledgement."""


class MllpServer:
    """Listens at ``address`` (port 0: a free one, see ``port``) from the moment it is made.

    ``handler`` gets one message (without framing) and returns its acknowledgement; it is called
    from several threads. ``tls`` is a server context of ``connectors.tls``. ``patience`` in
    seconds bounds a handshake and an unfinished message; an idle connection may stay, as HL7
    senders keep theirs, up to ``max_connections``. A message over ``max_bytes`` is answered AR
    and its connection closed.

    ``serve()`` blocks until ``close()``; as a context manager it serves in a thread of its own.
    """

    def __init__(
        self,
        address: tuple[str, int],
        handler: Handler,
        *,
        tls: ssl.SSLContext | None = None,
        max_bytes: int = MAX_BYTES,
        max_connections: int = 64,
        patience: float = 30.0,
        clock: Clock = utc_now,
    ) -> None:
        self._handler, self._tls, self._clock = handler, tls, clock
        self._max_bytes, self._patience = max_bytes, patience
        self._max_connections = max_connections
        self._open: dict[threading.Thread, socket.socket] = {}
        self._lock, self._closing = threading.Lock(), threading.Event()
        self._serving: threading.Thread | None = None
        self._listener = socket.create_server(address)
        self.port: int = self._listener.getsockname()[1]

    def serve(self) -> None:
        """Accept connections until ``close()``."""
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
                self._admit(connection)
            except OSError:
                if self._closing.wait(0.05):  # e.g. out of file descriptors: go on later
                    return

    def close(self) -> None:
        """Stop listening, end the connections, wait for handlers that are at work."""
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._listener.close()
        with self._lock:
            still_open = dict(self._open)
        for connection in still_open.values():
            with contextlib.suppress(OSError):
                # Reading ends; an acknowledgement that is being made can still be sent.
                connection.shutdown(socket.SHUT_RD)
        for thread in (*still_open, *filter(None, [self._serving])):
            thread.join(self._patience)

    def __enter__(self) -> Self:
        self._serving = threading.Thread(target=self.serve, daemon=True)
        self._serving.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _admit(self, connection: socket.socket) -> None:
        thread = threading.Thread(target=self._converse, args=(connection,), daemon=True)
        with self._lock:
            if self._closing.is_set() or len(self._open) >= self._max_connections:
                connection.close()
                return
            # A second handle: TLS takes the first one over, and its own shutdown would make
            # an acknowledgement under way leave in the clear.
            self._open[thread] = connection.dup()
            thread.start()

    def _converse(self, plain: socket.socket) -> None:
        try:
            with plain, self._secured(plain) as connection:
                self._answer_all(connection)
        except (OSError, _UnacknowledgedError) as error:
            _log.info("mllp connection ended: %s", type(error).__name__)
        finally:
            with self._lock:
                self._open.pop(threading.current_thread()).close()

    def _secured(self, plain: socket.socket) -> socket.socket:
        plain.settimeout(self._patience)
        # TLS 1.3's tickets leave before the acknowledgement; it must not wait until they are
        # acknowledged (RFC 896), which takes Linux 40 ms.
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._tls.wrap_socket(plain, server_side=True) if self._tls else plain

    def _answer_all(self, connection: socket.socket) -> None:
        frames, began = Frames(self._max_bytes), 0.0
        while True:
            left = began + self._patience - time.monotonic() if frames.partial else None
            connection.settimeout(None if left is None else max(0.001, left))
            data, was_partial = connection.recv(_CHUNK), frames.partial
            if not data:
                return
            try:
                for message in frames.feed(data):
                    connection.settimeout(self._patience)
                    connection.sendall(self._acknowledgement(message))
                    was_partial = False
            except TooBig as error:
                self._refuse(connection, frames.head, error)
                return
            began = began if was_partial else time.monotonic()

    def _acknowledgement(self, message: bytes) -> bytes:
        try:
            return framed(self._handler(message))
        except Exception as error:  # noqa: BLE001 - one handler must not end the others
            # The sender repeats what was not acknowledged. No text: it may quote the message.
            _log.error("mllp handler failed: %s", type(error).__name__)
            raise _UnacknowledgedError from None

    def _refuse(self, connection: socket.socket, head: bytes, error: TooBig) -> None:
        reason = f"{error.code} limit={self._max_bytes}"
        connection.sendall(framed(refusal(head, now=self._clock(), reason=reason)))
