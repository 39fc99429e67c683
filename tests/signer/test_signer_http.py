"""The signer's door for questions, in this process."""

from __future__ import annotations

import json
import socket
from http.client import HTTPConnection
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.births import birth
from tests.signer.own_home import OwnHome
from zhida.signer_desk import SignerDesk
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


def ask(desk: SignerDesk, path: str, question: Any) -> tuple[int, Any]:
    context: Any = Plain()
    with QueryServer(("127.0.0.1", 0), desk, context) as server:
        line = HTTPConnection("127.0.0.1", server.server_address[1], timeout=30)
        line.request("POST", path, json.dumps(question))
        answer = line.getresponse()
        told = answer.status, json.loads(answer.read())
        line.close()
        for each in context.accepted:
            each.close()
    return told


@pytest.mark.guarantee("G7")
def test_who_asks_a_signer_that_was_rolled_back_is_told_and_not_cut_off(own: OwnHome) -> None:
    desk, number = own.desk(), birth(1).form["cszmbh"]
    own.births(desk, 1)
    kept = own.keep("monday")
    own.births(own.desk(), 2)
    own.put_back(kept)
    question = {"kind": "birth-record", "identity": {"/certificate/number": number}}
    assert ask(own.desk(), "/query", question) == (503, {"code": "not-continued"})


@pytest.mark.guarantee("G1")
def test_a_place_beyond_the_log_s_end_is_refused_and_noted(own: OwnHome) -> None:
    """Else whatever is signed until the log has grown to it would be missed."""
    desk = own.desk()
    own.births(desk, 1)
    for path in ("/changes", "/births"):
        desk = own.desk()
        object.__setattr__(desk, "announces_to", frozenset({""}))
        size = own.size(desk)
        assert ask(desk, path, {"after": f"{size}"}) == (200, {"documents": [], "next": f"{size}"})
        assert ask(desk, path, {"after": f"{size + 1}"}) == (409, {"code": "beyond"})
        assert own.size(desk) == size + 1
