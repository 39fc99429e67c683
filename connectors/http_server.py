"""HTTP/1.1, the called side: a thread a connection, and so many requests at work at once.

Connections wait cheaply; what is at work takes a store's connection, so there are only so many of
those. Who finds none free within ``patience`` is answered ``http.busy``: surely not executed.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import threading
from types import TracebackType
from typing import Self

from connectors.http_line import Limits, Line
from connectors.http_message import Door, Request, Response
from exchange.errors import Fatal, Retriable

_log = logging.getLogger(__name__)


class HttpServer:
    """Listens at ``address`` (port 0: a free one, see ``port``) from the moment it is made.

    ``tls`` is a server context of ``connectors.tls``. ``serve()`` blocks until ``close()``, which
    lets the requests that are at work end; as a context manager it serves in a thread of its own.
    """

    def __init__(
        self,
        address: tuple[str, int],
        door: Door,
        *,
        tls: ssl.SSLContext | None = None,
        limits: Limits | None = None,
        max_connections: int = 256,
        at_once: int = 8,
    ) -> None:
        self._door, self._tls, self._limits = door, tls, limits or Limits()
        self._max_connections = max_connections
        self._work = threading.BoundedSemaphore(at_once)
        self._open: dict[threading.Thread, socket.socket] = {}
        self._lock, self._closing = threading.Lock(), threading.Event()
        self._serving: threading.Thread | None = None
        self._listener = _listener(address)
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
        """Stop listening, end idle connections, wait for requests that are at work."""
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._listener.close()
        with self._lock:
            still_open = dict(self._open)
        for connection in still_open.values():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)  # an answer under way can still be sent
        for thread in (*still_open, *filter(None, [self._serving])):
            thread.join(self._limits.patience)

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
            self._open[thread] = connection.dup()  # TLS takes the first handle over
            thread.start()

    def _converse(self, plain: socket.socket) -> None:
        try:
            with plain, self._secured(plain) as connection:
                line = Line(connection, self._door, self._limits)
                line.serve(lambda: not self._closing.is_set(), self._answer)
        except OSError as error:  # a broken connection or handshake is the caller's matter
            _log.info("connection ended: %s", type(error).__name__)
        finally:
            with self._lock:
                self._open.pop(threading.current_thread()).close()

    def _secured(self, plain: socket.socket) -> socket.socket:
        plain.settimeout(self._limits.patience)
        # A body must not wait until its head is acknowledged (RFC 896): 40 ms on Linux.
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._tls.wrap_socket(plain, server_side=True) if self._tls else plain

    def _answer(self, request: Request) -> Response:
        if not self._work.acquire(timeout=self._limits.patience):
            return self._door.refuse(Retriable("http.busy"))
        try:
            return self._door.answer(request)
        except Exception as defect:  # noqa: BLE001 - one answer must not end the others
            # By its kind only: its text may quote what was asked.
            _log.error("defect: %s", type(defect).__name__)
            return self._door.refuse(Fatal("http.defect", type=type(defect).__name__))
        finally:
            self._work.release()


def _listener(address: tuple[str, int]) -> socket.socket:
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server(address, family=family, backlog=128)
    except OSError as error:
        raise Fatal("http.address", port=port, reason=error.strerror or "") from None
