"""The called side of a wire: a socket that listens, and a thread for each connection.

What is said on a connection is its owner's (``http_server``, ``mllp_server``); here it is admitted,
secured, and ended.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import threading
from collections.abc import Callable

from connectors import tls as contexts

_log = logging.getLogger(__name__)


Secure = ssl.SSLContext | Callable[[], ssl.SSLContext]


class Listener:
    """Accepts at ``listening``, which it owns, and has ``converse`` called with each connection.

    ``converse`` gets the connection after the handshake, in a thread of its own, and the connection
    is closed when it returns; an ``OSError`` out of it is the caller's matter. ``patience`` in
    seconds bounds the handshake, and how long ``close()`` waits for a thread. Who comes when
    ``max_connections`` are open is hung up on. ``tls``: a context, or what gives the one of the moment, so
    that certificates can be exchanged. ``refused`` learns why a handshake came to nothing.
    """

    def __init__(
        self,
        listening: socket.socket,
        converse: Callable[[socket.socket], None],
        *,
        tls: Secure | None,
        max_connections: int,
        patience: float,
        refused: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._listening, self._converse, self._tls = listening, converse, tls
        self._max_connections, self._patience = max_connections, patience
        self._refused = refused
        self._open: dict[threading.Thread, socket.socket] = {}
        self._lock, self._closing = threading.Lock(), threading.Event()
        self._serving: threading.Thread | None = None
        self.port: int = listening.getsockname()[1]

    @property
    def closing(self) -> bool:
        """Whether ``close()`` has been called: nothing new is begun."""
        return self._closing.is_set()

    def serve(self) -> None:
        """Accept connections until ``close()``."""
        while not self.closing:
            try:
                connection, _ = self._listening.accept()
                self._admit(connection)
            except OSError:
                if self._closing.wait(0.05):  # e.g. out of file descriptors: go on later
                    return

    def start(self) -> None:
        """``serve()`` in a thread of its own."""
        self._serving = threading.Thread(target=self.serve, daemon=True)
        self._serving.start()

    def close(self) -> None:
        """Stop listening, end idle connections, wait for what is at work."""
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._listening.close()
        with self._lock:
            still_open = dict(self._open)
        for connection in still_open.values():
            with contextlib.suppress(OSError):
                # Reading ends; an answer that is being made can still be sent.
                connection.shutdown(socket.SHUT_RD)
        for thread in (*still_open, *filter(None, [self._serving])):
            thread.join(self._patience)

    def _admit(self, connection: socket.socket) -> None:
        thread = threading.Thread(target=self._attend, args=(connection,), daemon=True)
        with self._lock:
            if self.closing or len(self._open) >= self._max_connections:
                connection.close()
                return
            # A second handle: TLS takes the first one over, and its own shutdown would make
            # an answer under way leave in the clear.
            self._open[thread] = connection.dup()
            thread.start()

    def _attend(self, plain: socket.socket) -> None:
        try:
            with plain, self._secured(plain) as connection:
                self._converse(connection)
        except ssl.SSLError as error:
            self._note(error)
        except OSError as error:  # a broken connection is the caller's matter
            _log.info("connection ended type=%s", type(error).__name__)
        finally:
            with self._lock:
                self._open.pop(threading.current_thread()).close()

    def _note(self, error: ssl.SSLError) -> None:
        """Whose certificate was not believed: ours by the caller (an alert), or the caller's by us."""
        reason = contexts.why(error)
        _log.warning("handshake or connection ended reason=%s", reason)
        if isinstance(error, ssl.SSLCertVerificationError) or contexts.is_about_certificates(error):
            self._refused(reason)

    def _secured(self, plain: socket.socket) -> socket.socket:
        plain.settimeout(self._patience)
        # Neither a body nor what follows TLS 1.3's tickets must wait until the part before it is
        # acknowledged (RFC 896), which takes Linux 40 ms.
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        context = self._tls() if callable(self._tls) else self._tls
        return context.wrap_socket(plain, server_side=True) if context else plain
