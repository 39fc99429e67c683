"""HTTP on loopback as the stand-ins need it: whole requests, and ways to hang up."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, SO_LINGER, SOL_SOCKET, create_connection, socket
from threading import Thread
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as received."""

    method: str
    path: str
    body: bytes
    peer: str
    host: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in lower case."""


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer to send."""

    body: bytes
    status: int = 200
    content_type: str = "text/xml; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    parts: Iterator[bytes] | None = None
    """Instead of ``body``: what is made as it is sent."""
    size: int = 0
    """How many bytes ``parts`` are."""


class HungUp(Exception):
    """Raised within ``Response.parts``: the connection is reset where it is."""


class Server(ThreadingHTTPServer):
    """An HTTP server on loopback that can hang up on everyone, politely or with a reset."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.open: set[socket] = set()
        self.resetting: set[socket] = set()
        super().__init__(address, handler)

    def get_request(self) -> tuple[socket, Any]:
        """Accept, and remember whom to hang up on."""
        connection, address = super().get_request()
        self.open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """End a connection; without the polite half-close when it is to be reset."""
        self.open.discard(request)
        if request in self.resetting:
            self.resetting.discard(request)
            request.close()
        else:
            super().shutdown_request(request)

    def reset(self, connection: socket) -> None:
        """Make the coming close an RST: linger for no time (socket(7))."""
        connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self.resetting.add(connection)

    def begin(self) -> None:
        """Answer, in a thread. Who comes wakes it at once; that it is to end it sees twice a second, since a hundred
        stand-ins that look fifty times a second keep a machine busy with nothing.
        """
        Thread(target=self.serve_forever, args=(0.5,), daemon=True).start()

    def hang_up(self) -> None:
        """Close the port and every connection."""
        ending = Thread(target=self.shutdown, daemon=True)
        ending.start()
        while ending.is_alive():
            self._knock()
            ending.join(0.01)
        self.server_close()
        for connection in list(self.open):
            try:
                connection.shutdown(SHUT_RDWR)
            except OSError:
                self.open.discard(connection)

    def _knock(self) -> None:
        """Wake the thread that waits for somebody."""
        with suppress(OSError):
            create_connection(("127.0.0.1", self.server_port), 1).close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error; anything else goes to the log."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class QuietHandler(BaseHTTPRequestHandler):
    """Reads a whole request, hands it to ``respond``; logs nothing (paths may name people)."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def respond(self, request: Request) -> None:
        """Answer with ``send``."""
        raise NotImplementedError

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        peer = "{}:{}".format(*self.client_address[:2])
        host = self.headers.get("Host") or ""
        told = {name.lower(): value for name, value in self.headers.items()}
        self.respond(Request(self.command, self.path, body, peer=peer, host=host, headers=told))

    do_GET = do_POST = _serve  # noqa: N815 - the names are http.server's

    def send(self, answer: Response) -> None:
        """Put an answer on the wire."""
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        size = len(answer.body) if answer.parts is None else answer.size
        self.send_header("Content-Length", str(size))
        self.end_headers()
        if answer.parts is None:
            self.wfile.write(answer.body)
        else:
            self._stream(answer.parts)

    def _stream(self, parts: Iterator[bytes]) -> None:
        try:
            for part in parts:
                self.wfile.write(part)
        except HungUp:
            self.close_connection = True
            server: Any = self.server
            server.reset(self.connection)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""
