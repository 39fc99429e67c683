"""A file that is made while it is read: any size, no two pieces alike, stored nowhere; and its HTTP server."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from crypto import digests

PIECE = 65_536


def piece(number: int) -> bytes:
    """Mostly zeros (as models are), and its own number all the same."""
    mark = (number * 0x9E3779B97F4A7C15 % (1 << 128)).to_bytes(16)
    return mark + bytes(PIECE // 2 - 16) + mark[::-1] + bytes(PIECE // 2 - 16)


def content(size: int, start: int = 0) -> Iterator[bytes]:
    """The bytes from ``start`` on."""
    for number in range(start // PIECE, -(-size // PIECE)):
        low = number * PIECE
        yield piece(number)[max(0, start - low) : size - low]


def digest(size: int, *names: str) -> dict[str, str]:
    """Of the whole."""
    found = {name: digests.running(name) for name in names}
    for each in content(size):
        for one in found.values():
            one.update(each)
    return {name: one.hexdigest() for name, one in found.items()}


class Source:
    """A holder's server. ``gate``: before which byte it stops, until it is told another."""

    def __init__(self, size: int) -> None:
        self.size, self.gate = size, size
        self.asked: list[int] = []
        """From which byte on, for each time that it was read."""
        self.changed = threading.Condition()

    def open_to(self, gate: int) -> None:
        with self.changed:
            self.gate = gate
            self.changed.notify_all()

    @contextmanager
    def serving(self) -> Iterator[int]:
        server = _Quiet(("127.0.0.1", 0), _door(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            self.open_to(self.size)
            server.shutdown()
            server.server_close()

    def send(self, write: Any, start: int, stop: int) -> None:
        for each in content(stop, start):
            with self.changed:
                self.changed.wait_for(lambda: start + len(each) <= self.gate, timeout=1200)
            write(each)
            start += len(each)


class _Quiet(http.server.ThreadingHTTPServer):
    """Callers are killed here: that is no news."""

    def handle_error(self, *_: Any) -> None:
        pass


def _door(source: Source) -> type[http.server.BaseHTTPRequestHandler]:
    class Door(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            first, _, last = (
                self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
            )
            start, stop = int(first), int(last) + 1 if last else source.size
            if not last:
                source.asked.append(start)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{source.size}")
            self.send_header("Content-Length", str(stop - start))
            self.send_header("ETag", '"one"')
            self.end_headers()
            try:
                source.send(self.wfile.write, start, stop)
            except OSError:
                self.close_connection = True

    return Door
