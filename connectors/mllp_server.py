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
import time
from collections.abc import Callable
from typing import Self

from connectors.framing import Frames, TooBig, framed
from connectors.http import MAX_BYTES
from connectors.listener import Listener
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
        self._handler, self._clock = handler, clock
        self._max_bytes, self._patience = max_bytes, patience
        self._listener = Listener(
            socket.create_server(address),
            self._converse,
            tls=tls,
            max_connections=max_connections,
            patience=patience,
        )
        self.port: int = self._listener.port

    def serve(self) -> None:
        """Accept connections until ``close()``."""
        self._listener.serve()

    def close(self) -> None:
        """Stop listening, end the connections, wait for handlers that are at work."""
        self._listener.close()

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _converse(self, connection: socket.socket) -> None:
        with contextlib.suppress(_UnacknowledgedError):
            self._answer_all(connection)

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
            _log.error("mllp handler failed type=%s", type(error).__name__)
            raise _UnacknowledgedError from None

    def _refuse(self, connection: socket.socket, head: bytes, error: TooBig) -> None:
        reason = f"{error.code} limit={self._max_bytes}"
        connection.sendall(framed(refusal(head, now=self._clock(), reason=reason)))
