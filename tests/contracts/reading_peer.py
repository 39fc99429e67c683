"""Somebody who is asked and tells: a signer, a register of persons. On http.server alone."""

from __future__ import annotations

import json
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOGIN = b'<html><form><input name="p" type="password"></form></html>'


class ReadingPeer:
    """Answers ``value`` to whatever it is asked; ``fault`` is what it does with the next question."""

    def __init__(self, value: Any, refusal: tuple[int, Any]) -> None:
        self.value, self.refusal, self.fault = value, refusal, ""
        self.release = threading.Event()
        self.port = 0
        self.up()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    def down(self) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def strike(self, how: str) -> None:
        self.release.clear()
        if how == "away":
            self.down()
        elif how == "back":
            self.release.set()
            if not self._thread.is_alive():
                self.up()
        else:
            self.fault = how


def _handler(peer: ReadingPeer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            fault, peer.fault = peer.fault, ""
            if fault == "lost":
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            if fault == "late":
                peer.release.wait(20)
            status, value = peer.refusal if fault == "refused" else (200, peer.value)
            body = LOGIN if fault == "garbled" else json.dumps(value).encode()
            self.send_response(status)
            media = "text/html" if fault == "garbled" else "application/json"
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
