"""A peer that costs almost nothing: it gives the same HTTP answer to every request.

``python -m benchmarks.canned_peer FILE MEDIA`` serves the bytes of FILE as MEDIA on a free loopback
port, printed on its first line. Connections are kept alive.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread


@contextmanager
def canned_peer(file: Path, media: str = "text/xml; charset=UTF-8") -> Iterator[str]:
    """The base URL of such a peer in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.canned_peer", str(file), media]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


def serve(body: bytes, media: str) -> None:
    """Until killed."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {len(body)}"
    answer = head.encode() + b"\r\n\r\n" + body
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Thread(target=_converse, args=(connection, answer), daemon=True).start()


def _converse(connection: socket.socket, answer: bytes) -> None:
    with connection, connection.makefile("rb") as lines:
        while lines.readline():
            length = 0
            while (line := lines.readline().strip()) != b"":
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            lines.read(length)
            connection.sendall(answer)


if __name__ == "__main__":
    serve(Path(sys.argv[1]).read_bytes(), sys.argv[2])
