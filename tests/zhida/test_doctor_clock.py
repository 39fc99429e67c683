"""Clocks that are really off: the store's against one put forward, a peer's ``Date`` header."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from connectors.http_message import Request, Response
from connectors.http_server import HttpServer
from exchange.errors import ZhidaError
from exchange.ports import Clock, Endpoint, utc_now
from exchange.store.engine import Store
from sandbox.postgres import Postgres
from zhida import doctor_clock


def off(seconds: float) -> Clock:
    return lambda: utc_now() + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "state", "code"),
    [
        (0, "good", ""),
        (-8, "note", "doctor.clock-drifts"),
        (8, "note", "doctor.clock-drifts"),
        (600, "bad", "doctor.clock"),
        (-600, "bad", "doctor.clock"),
    ],
)
def test_the_stores_clock(postgres: Postgres, seconds: float, state: str, code: str) -> None:
    with closing(Store(postgres.url("postgres"))) as store:
        line = doctor_clock.of_store(store, off(seconds))
    assert (line.state, line.code) == (state, code)
    assert "?" not in line.what
    assert not seconds or f"相差 {'+' if seconds > 0 else '-'}" in line.what, (
        "ours is ahead by that"
    )


def test_sqlite_has_none_of_its_own(tmp_path: Path) -> None:
    with closing(Store(f"sqlite:///{tmp_path}/s.db")) as store:
        assert doctor_clock.of_store(store, utc_now).state == "open"


class Peer:
    """Answers with a ``Date`` of its own, or with none."""

    def __init__(self, date: Callable[[], str]) -> None:
        self._date = date

    def answer(self, request: Request) -> Response:
        told = self._date()
        return Response(404, headers={"Date": told} if told else {})

    def refuse(self, error: ZhidaError) -> Response:
        return Response(400)


@pytest.fixture
def asked() -> Iterator[Callable[[Callable[[], str]], tuple[str, str]]]:
    def ask(date: Callable[[], str]) -> tuple[str, str]:
        with HttpServer(("127.0.0.1", 0), Peer(date)) as server:
            peer = Endpoint(f"http://127.0.0.1:{server.port}")
            (line,) = doctor_clock.peers({"医院": peer}, utc_now)
        return line.state, line.code

    yield ask


def http(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def test_a_peers_clock(asked: Callable[[Callable[[], str]], tuple[str, str]]) -> None:
    assert asked(lambda: http(utc_now())) == ("good", "")
    assert asked(lambda: http(utc_now() - timedelta(hours=8))) == ("bad", "doctor.clock")
    assert asked(lambda: http(utc_now()).replace("GMT", "-0000")) == ("good", "")
    assert asked(lambda: "yesterday") == ("open", "")


def test_who_does_not_answer_is_not_judged() -> None:
    (line,) = doctor_clock.peers({"医院": Endpoint("http://127.0.0.1:1")}, utc_now)
    assert line.state == "open"
    assert "wire.refused" in line.what
