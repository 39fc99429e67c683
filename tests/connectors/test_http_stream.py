"""An answer in pieces: where it begins, how long the whole is, and what a cut one is told as."""

from __future__ import annotations

import http.server
import threading
from contextlib import closing
from typing import ClassVar

import pytest

from connectors import large
from connectors.http import open_session
from connectors.http_stream import ranged, streaming
from exchange.errors import Fatal, Rejected, Retriable
from exchange.ports import Endpoint

DATA = bytes(range(256)) * 3000


class Peer(http.server.BaseHTTPRequestHandler):
    """Each path is another server's way with ranges."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[tuple[str, str]]] = []

    def log_message(self, *_):
        pass

    def do_GET(self):
        wanted = self.headers.get("Range", "")
        Peer.asked.append((self.path, wanted))
        way = self.path.split("/")[1]
        start, stop = 0, len(DATA)
        if wanted and way in ("good", "cut", "shifted", "mute"):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start, stop = int(first), int(last) + 1 if last else len(DATA)
        self.send(way, wanted, start, stop)

    def send(self, way, wanted, start, stop):
        if way.isdigit():
            self.send_response(int(way))
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"no")
            return
        partial = bool(wanted) and way in ("good", "cut", "shifted", "mute")
        self.send_response(206 if partial else 200)
        told = {"shifted": start + 1}.get(way, start)
        if partial and way != "mute":
            self.send_header("Content-Range", f"bytes {told}-{stop - 1}/{len(DATA)}")
        if way != "endless":
            self.send_header("Content-Length", str(stop - start))
        self.send_header("ETag", '"v1"')
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        self.wfile.write(DATA[start : stop - 100 if way == "cut" else stop])


@pytest.fixture(scope="module")
def base():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Peer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def place(base):
    def made(way):
        opened.append(large.open_place("rest", {}, Endpoint(base), f"/{way}/{{name}}/content"))
        return opened[-1]

    opened = []
    yield made
    for each in opened:
        each.close()


def read(place, offset):
    with closing(place.read("a b/结", offset)) as pieces:
        return b"".join(pieces)


@pytest.mark.parametrize("way", ["good", "plain"])
@pytest.mark.parametrize("offset", [0, 1, 65_536, len(DATA) - 1])
def test_with_ranges_and_without(place, way, offset):
    Peer.asked.clear()
    found = place(way)
    seen = found.seen("a b/结")
    assert (seen.bytes, seen.mark) == (len(DATA), '"v1"')
    assert read(found, offset) == DATA[offset:]
    path = f"/{way}/a%20b/%E7%BB%93/content"
    assert Peer.asked == [(path, "bytes=0-0"), (path, f"bytes={offset}-" if offset else "")]


def test_a_cut_answer_is_no_whole_one(place):
    with pytest.raises(Retriable, match=r"wire\.cut-answer"):
        read(place("cut"), 5)


@pytest.mark.parametrize(("way", "offset"), [("shifted", 5), ("mute", 5)])
def test_a_part_that_begins_elsewhere_or_nowhere_is_refused(place, way, offset):
    with pytest.raises(Rejected, match=r"large\.no-length"):
        read(place(way), offset)


def test_who_tells_no_length_can_t_be_compared(place):
    with pytest.raises(Rejected, match=r"large\.no-length"):
        place("endless").seen("a")


@pytest.mark.parametrize(
    ("status", "leaf", "code"),
    [
        (403, Rejected, "wire.status-refused"),
        (401, Fatal, "wire.login-refused"),
        (302, Retriable, "wire.redirected"),
        (503, Retriable, "wire.busy"),
        (500, Retriable, "wire.status-unknown"),
    ],
)
def test_statuses_are_told_as_elsewhere(place, status, leaf, code):
    with pytest.raises(leaf) as raised:
        place(str(status)).seen("a")
    assert raised.value.code == code


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_nothing(place, status):
    assert place(str(status)).seen("a") is None


def test_nobody_there_is_told_as_elsewhere(free_port):
    with (
        pytest.raises(Retriable, match=r"wire\.refused"),
        closing(open_session()) as session,
        streaming(session, f"http://127.0.0.1:{free_port()}/", seconds=2),
    ):
        pass
    assert ranged(3) == {"Range": "bytes=3-"}
