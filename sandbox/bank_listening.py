"""A port of the kit: TLS with a certificate that may change, one call a connection."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sandbox.bank_certificates import PLACE
from sandbox.bank_record import Seen

_SECONDS = 60


def server(folder: Path, name: str, *, asks: bool = True) -> ssl.SSLContext:
    """The hub's certificate of that name. ``asks``: only who shows one of the banks' CA is let in."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    place = folder / PLACE
    context.load_cert_chain(place / f"{name}.crt", place / f"{name}.key")
    if asks:
        context.load_verify_locations(place / "banks-ca.crt")
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class Listening(ThreadingHTTPServer):
    """On loopback; ``secure`` makes the handshake in the connection's own thread, None: nobody is to be served."""

    daemon_threads = True

    def __init__(
        self,
        secure: Callable[[Any], ssl.SSLSocket | None],
        serve: Callable[[BaseHTTPRequestHandler], None],
    ) -> None:
        self._secured = secure
        super().__init__(("127.0.0.1", 0), _handler(serve))

    def finish_request(self, request: Any, client_address: Any) -> None:
        """``None`` of the handshake: there is nobody to serve."""
        found = self._secured(request)
        if found is not None:
            with found:
                super().finish_request(found, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is its own matter."""


def _handler(serve: Callable[[BaseHTTPRequestHandler], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = _SECONDS

        def do_GET(self) -> None:
            self.close_connection = True
            serve(self)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server calls them by these names

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def send(handler: BaseHTTPRequestHandler, seen: Seen, headers: Mapping[str, str]) -> None:
    """What was answered, with the hub's headers but those that belong to the connection."""
    data = json.dumps(seen.answer, ensure_ascii=False).encode()
    handler.send_response(seen.status)
    for name, value in headers.items():
        if name.lower() not in ("content-length", "retry-after", "connection", "date", "server"):
            handler.send_header(name, value)
    if seen.retry_after:
        handler.send_header("Retry-After", str(round(seen.retry_after)))
    handler.send_header("Content-Length", str(len(data)))
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(data)
