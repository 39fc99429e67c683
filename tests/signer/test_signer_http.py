"""The signer's door for questions, in this process."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

from zhida.signer_http import QueryServer


class Accepted(socket.socket):
    def getpeercert(self) -> None:
        """Nobody's."""


class Plain:
    """In the place of a TLS context; keeps what was accepted."""

    def __init__(self) -> None:
        self.accepted: list[socket.socket] = []

    def wrap_socket(self, accepted: socket.socket, **_: Any) -> socket.socket:
        self.accepted.append(accepted.dup())
        return Accepted(fileno=accepted.detach())


def test_an_answer_does_not_wait_for_the_acknowledgement_of_its_head() -> None:
    """Linux lets 40 ms pass before it acknowledges alone (RFC 896)."""
    context: Any = Plain()
    desk: Any = SimpleNamespace(refused=lambda *_: None, answer=None)
    with (
        QueryServer(("127.0.0.1", 0), desk, context) as server,
        socket.create_connection(("127.0.0.1", server.server_address[1]), 30) as line,
    ):
        line.sendall(b"POST /query HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")
        assert line.recv(1000).startswith(b"HTTP/1.1 400")
        [accepted] = context.accepted
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        accepted.close()
