"""HTTP/1.1, the called side: a thread a connection, and so many requests at work at once.

Connections wait cheaply; what is at work takes a store's connection, so there are only so many of
those. Who finds none free within ``patience`` is answered ``http.busy``: surely not executed.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from typing import Self

from connectors.http_line import Limits, Line
from connectors.http_message import Door, Request, Response
from connectors.listener import Listener, Secure
from exchange.errors import Fatal, Retriable

_log = logging.getLogger(__name__)


class HttpServer:
    """Listens at ``address`` (port 0: a free one, see ``port``) from the moment it is made.

    ``tls`` is a server context of ``connectors.tls``, or gives the one of the moment; ``refused`` learns of handshakes
    that came to nothing. ``serve()`` blocks until ``close()``, which
    lets the requests that are at work end; as a context manager it serves in a thread of its own.
    """

    def __init__(
        self,
        address: tuple[str, int],
        door: Door,
        *,
        tls: Secure | None = None,
        limits: Limits | None = None,
        max_connections: int = 256,
        at_once: int = 8,
        refused: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._door, self._limits = door, limits or Limits()
        self._work = threading.BoundedSemaphore(at_once)
        self._listener = Listener(
            _listening(address),
            self._converse,
            tls=tls,
            max_connections=max_connections,
            patience=self._limits.patience,
            refused=refused,
        )
        self.port: int = self._listener.port

    def serve(self) -> None:
        """Accept connections until ``close()``."""
        self._listener.serve()

    def close(self) -> None:
        """Stop listening, end idle connections, wait for requests that are at work."""
        self._listener.close()

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _converse(self, connection: socket.socket) -> None:
        line = Line(connection, self._door, self._limits)
        line.serve(lambda: not self._listener.closing, self._answer)

    def _answer(self, request: Request) -> Response:
        if not self._work.acquire(timeout=self._limits.patience):
            return self._door.refuse(Retriable("http.busy"))
        try:
            return self._door.answer(request)
        except Exception as defect:  # noqa: BLE001 - one answer must not end the others
            # By its kind only: its text may quote what was asked.
            _log.error("defect type=%s", type(defect).__name__)
            return self._door.refuse(Fatal("http.defect", type=type(defect).__name__))
        finally:
            self._work.release()


def _listening(address: tuple[str, int]) -> socket.socket:
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server(address, family=family, backlog=128)
    except OSError as error:
        raise Fatal("http.address", port=port, reason=error.strerror or "") from None
