"""A bank's way of taking events: what a site may write, and what its program answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from adapters import bank_feed
from exchange.errors import Invalid, Retriable
from exchange.ports import Endpoint


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({"wire": "rest", "to": "/events"}, []),
        ({"wire": "rest", "to": "events"}, ["bank-feed.place"]),
        ({"wire": "amqp", "to": "events"}, []),
        ({"wire": "amqp", "to": "events", "settings": {"windo": 3}}, ["feed.unknown-setting"]),
        ({"wire": "sftp", "to": "out", "settings": {"folders": {"out": {"folder": "o"}}}}, []),
        (
            {"wire": "sftp", "to": "in", "settings": {"folders": {"out": {"folder": "o"}}}},
            ["bank-feed.place"],
        ),
        ({"wire": "sftp", "to": "out"}, ["feed.settings"]),
    ],
)
def test_where_events_go_fits_the_wire(options: dict[str, Any], codes: list[str]) -> None:
    assert [problem.code for _, problem in bank_feed.mistakes(options, None)] == codes
    if codes:
        with pytest.raises(Invalid) as error:
            bank_feed.open_system(options, Endpoint("127.0.0.1:1"))
        assert error.value.code == codes[0]


@pytest.fixture
def program() -> Iterator[tuple[str, list[Any]]]:
    heard: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append((self.path, dict(self.headers), self.rfile.read(2)))
            self.send_response(201 if self.headers["X-Try"] == "good" else 422)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/base/", heard
    server.shutdown()
    server.server_close()


def test_the_bytes_leave_as_they_are_and_only_2xx_is_a_yes(program: tuple[str, list[Any]]) -> None:
    address, heard = program
    auth = {"auth": {"kind": "bearer"}, "headers": {"X-From": "hub"}}
    options = {"wire": "rest", "to": "/events?v=1", "settings": auth}
    line = bank_feed.open_system(options, Endpoint(address, password="t1"))
    assert (line.target, line.most, line.is_files) == ("/base/events?v=1", 1, False)
    line.post(b"{}", {"X-Try": "good"})
    path, headers, body = heard[0]
    assert (path, body) == (line.target, b"{}")
    assert (headers["Authorization"], headers["X-From"]) == ("Bearer t1", "hub")
    with pytest.raises(Retriable) as error:
        line.post(b"{}", {"X-Try": "bad"})
    assert (error.value.code, error.value.facts["status"]) == ("bank-feed.not-taken", 422)
    line.close()
