"""Asking a time-stamp authority: what is sent, and what any failure is."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from connectors import time_stamp
from exchange.errors import Retriable
from exchange.ports import Endpoint
from sandbox.http_server import QuietHandler, Request, Response, Server


class Authority:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.heard: list[Request] = []
        self.answer = Response(b"stamp", content_type=time_stamp.REPLY)
        owner = self

        class Handler(QuietHandler):
            def respond(self, request: Request) -> None:
                owner.heard.append(request)
                self.send(owner.answer)

        self.server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def authority() -> Iterator[Authority]:
    found = Authority()
    yield found
    found.server.hang_up()


def test_path_media_type_and_login_are_those_of_the_connection(authority: Authority) -> None:
    endpoint = Endpoint(authority.address, "hub", "word", {"path": "/tsr"})
    assert time_stamp.ask(endpoint, b"query") == b"stamp"
    [heard] = authority.heard
    assert (heard.method, heard.path, heard.body) == ("POST", "/tsr", b"query")
    assert heard.headers["content-type"] == "application/timestamp-query"
    assert heard.headers["authorization"] == "Basic aHViOndvcmQ="


def test_without_a_login_none_is_sent(authority: Authority) -> None:
    time_stamp.ask(Endpoint(authority.address), b"query")
    assert "authorization" not in authority.heard[0].headers


@pytest.mark.parametrize("status", [302, 404, 500, 503])
def test_any_other_status_is_asked_again(authority: Authority, status: int) -> None:
    authority.answer = Response(b"", status)
    with pytest.raises(Retriable) as found:
        time_stamp.ask(Endpoint(authority.address), b"query")
    assert (found.value.code, found.value.facts["status"]) == ("wire.time-stamp-status", status)


def test_too_long_an_answer_or_none_is_asked_again(authority: Authority) -> None:
    authority.answer = Response(bytes(200_000))
    with pytest.raises(Retriable):
        time_stamp.ask(Endpoint(authority.address), b"query")
    authority.server.hang_up()
    with pytest.raises(Retriable):
        time_stamp.ask(Endpoint(authority.address), b"query")
