"""The faults as a client of the real port meets them; the police stand for all."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPConnection, RemoteDisconnected
from typing import Any

import pytest

from sandbox.district import District
from sandbox.handle import BadAction, Handle

Births = Any
"""The ``BirthClient`` of conftest, which has no import path."""


Wait = Callable[..., None]
"""``wait_until`` of conftest."""


def _in_background(pool: ThreadPoolExecutor, births: Births, postid: str) -> Future[str]:
    return pool.submit(lambda: births.code(births.register(postid)))


def test_down_refuses_connections_until_cleared(police: Handle, births: Births) -> None:
    police.fault("down")
    with pytest.raises(ConnectionRefusedError):
        births.register("down-1")
    police.clear()
    assert births.code(births.register("down-2")) == "0"


def test_down_hangs_up_on_open_connections(police: Handle, births: Births) -> None:
    connection = HTTPConnection("127.0.0.1", police.port)
    connection.request("GET", "/services/BirthRegister?wsdl")
    connection.getresponse().read()
    police.fault("down")
    with pytest.raises((RemoteDisconnected, ConnectionError)):
        connection.request("GET", "/services/BirthRegister?wsdl")
        connection.getresponse()
    connection.close()


def test_reset_applies_and_then_breaks_the_connection(police: Handle, births: Births) -> None:
    before = len(police.books())
    police.fault("reset", times=1, operation="csdj")
    with pytest.raises(ConnectionResetError):
        births.register("reset-1")
    assert len(police.books()) == before + 1
    assert births.code(births.ask("reset-1")) == "0"


def test_reset_is_an_rst_and_not_a_quiet_end(police: Handle, births: Births) -> None:
    police.fault("reset", times=1)
    body = births.envelope("csdjcx", {"postid": "reset-2"})
    head = (
        f"POST /services/BirthRegister HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", police.port)) as raw:
        raw.sendall(head.encode() + body)
        with pytest.raises(ConnectionResetError):
            raw.recv(1)


def test_once503_applies_nothing_once(police: Handle, births: Births) -> None:
    before = len(police.books())
    police.fault("once503")
    assert births.register("503-1").status == 503
    assert len(police.books()) == before
    assert births.code(births.register("503-1")) == "0"


def test_html_is_a_login_page_with_200(police: Handle, births: Births) -> None:
    before = len(police.books())
    police.fault("html", times=1)
    answer = births.register("html-1")
    assert (answer.status, answer.content_type) == (200, "text/html; charset=utf-8")
    assert "统一身份认证".encode() in answer.body
    assert len(police.books()) == before


def test_slow_before_applies_late_even_when_the_client_has_left(
    police: Handle, births: Births, wait_until: Wait
) -> None:
    police.fault("slow", seconds=0.4, stage="before", times=1)
    with pytest.raises(TimeoutError):
        births.register("slow-1", timeout=0.1)
    assert births.code(births.ask("slow-1")) == "9"
    wait_until(10, lambda: births.code(births.ask("slow-1")) == "0", police.books)


def test_hold_before_stands_before_applying(
    police: Handle, births: Births, wait_until: Wait
) -> None:
    police.fault("hold", operation="csdj", times=1)
    with ThreadPoolExecutor(1) as pool:
        waiting = _in_background(pool, births, "hold-1")
        wait_until(10, police.held, police.wire)
        assert births.code(births.ask("hold-1")) == "9"
        assert police.release() == 1
        assert waiting.result(10) == "0"


def test_hold_after_stands_between_applying_and_answering(
    police: Handle, births: Births, wait_until: Wait
) -> None:
    police.fault("hold", operation="csdj", stage="after", times=1)
    with ThreadPoolExecutor(1) as pool:
        waiting = _in_background(pool, births, "hold-2")
        wait_until(10, police.held, police.wire)
        assert births.code(births.ask("hold-2")) == "0"
        assert not waiting.done()
        police.clear()
        assert waiting.result(10) == "0"


def test_killed_while_held_nothing_was_answered_and_the_books_say_what_was_done(
    police: Handle, births: Births, wait_until: Wait
) -> None:
    police.fault("hold", operation="csdj", stage="after", times=1)
    with ThreadPoolExecutor(1) as pool:
        waiting = _in_background(pool, births, "kill-1")
        wait_until(10, police.held, police.wire)
        police.kill()
        with pytest.raises((RemoteDisconnected, ConnectionError)):
            waiting.result(10)
    police.restart()
    assert births.code(births.ask("kill-1")) == "0"


def test_the_wire_is_kept_as_it_was(police: Handle, births: Births) -> None:
    body = births.envelope("csdjcx", {"postid": "wire-1"})
    answer = births.ask("wire-1")
    came, went = police.wire()[-2:]
    assert (came["direction"], came["operation"], came["body"]) == ("in", "csdjcx", body)
    assert (went["direction"], went["body"]) == ("out", answer.body)


def test_an_unknown_fault_is_told(police: Handle, births: Births) -> None:
    with pytest.raises(BadAction, match="no fault 'explode'"):
        police.fault("explode")


def test_control_tells_its_actions(district: District) -> None:
    with pytest.raises(BadAction, match="no such action"):
        district.system("police").ask("GET", "/nothing")
