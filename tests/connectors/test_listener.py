"""Connections that are admitted, secured and ended, whatever is said on them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from connectors.listener import Listener


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    opened: list[Listener] = []

    def start(converse: Callable[[socket.socket], None], most: int = 8) -> Listener:
        told = {"tls": None, "max_connections": most, "patience": 5.0}
        opened.append(Listener(socket.create_server(("127.0.0.1", 0)), converse, **told))  # type: ignore[arg-type]
        opened[-1].start()
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def call(listener: Listener) -> socket.socket:
    return socket.create_connection(("127.0.0.1", listener.port), timeout=5)


def echo(connection: socket.socket) -> None:
    while data := connection.recv(100):
        connection.sendall(data)


def test_who_comes_when_all_places_are_taken_is_hung_up_on(listen: Callable[..., Listener]) -> None:
    listener = listen(echo, most=1)
    with closing(call(listener)) as first:
        first.sendall(b"a")
        assert first.recv(10) == b"a"
        with closing(call(listener)) as second:
            assert second.recv(10) == b""
        first.sendall(b"b")
        assert first.recv(10) == b"b"


def test_a_broken_connection_gives_its_place_back(listen: Callable[..., Listener]) -> None:
    heard: list[socket.socket] = []

    def broken(connection: socket.socket) -> None:
        heard.append(connection)
        raise ConnectionResetError

    listener, end = listen(broken, most=1), time.monotonic() + 5
    while len(heard) < 3:
        assert time.monotonic() < end, "its place is still taken"
        with closing(call(listener)) as caller:
            assert caller.recv(10) == b""


def test_closing_ends_idle_connections_and_waits_for_what_is_at_work(
    listen: Callable[..., Listener],
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(connection: socket.socket) -> None:
        begun.set()
        go_on.wait(5)
        connection.sendall(b"done" if listener.closing else b"early")

    listener = listen(slow)
    with closing(call(listener)) as caller:
        assert begun.wait(5)
        closer = threading.Thread(target=listener.close)
        closer.start()
        closer.join(0.2)
        assert closer.is_alive()
        go_on.set()
        assert caller.recv(10) == b"done"
        closer.join(5)
        assert not closer.is_alive()
    with pytest.raises(OSError, match="refused"):
        call(listener)
