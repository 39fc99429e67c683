"""Only so many files are fetched at once, however many are asked for, and each by one thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Retriable
from tests.zhida.large_office import Office
from zhida import file_intake
from zhida.file_claims import Known
from zhida.file_fetching import Fetching
from zhida.files_served import FileDesk
from zhida.serve_file import load
from zhida.serve_route import Call

PATIENCE = 60


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = Office(tmp_path / "town")
    yield found
    found.hub.close()


class Gate:
    """Stands in the way of every fetch until it is opened; knows who came to it."""

    def __init__(self) -> None:
        self.came: list[str] = []
        self._open = threading.Event()

    def __call__(self, hub: Any, known: Known, *_: Any) -> str:
        self.came.append(known.claim.id)
        assert self._open.wait(PATIENCE)
        return self._take_in(hub, known)

    _take_in = staticmethod(file_intake.take_in)

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch, office: Office) -> Iterator[Gate]:
    found = Gate()
    monkeypatch.setattr(file_intake, "take_in", found)
    yield found
    found.open()


def claims(office: Office, count: int) -> list[Known]:
    return [office.claim(f"{number}.dwg", b"%d" % number) for number in range(count)]


def test_who_finds_all_busy_is_not_fetched_until_there_is_room(office: Office, gate: Gate) -> None:
    fetching, known = Fetching(office.hub, at_once=2), claims(office, 4)
    assert [fetching.begin(each) for each in known] == [True, True, False, False]
    assert [fetching.begin(each) for each in known] == [True, True, False, False]
    gate.open()
    fetching.wait()
    assert sorted(gate.came) == sorted(each.claim.id for each in known[:2])
    assert [office.hub.files.has(each.tag) for each in known] == [True, True, False, False]
    assert [fetching.begin(each) for each in known[2:]] == [True, True]
    fetching.wait()
    assert all(office.hub.files.has(each.tag) for each in known)


def test_a_thousand_requests_for_what_is_not_here_make_no_more_threads_than_may_be(
    office: Office, gate: Gate
) -> None:
    desk, client = FileDesk(office.hub), load(office.hub.site).clients["portal"]
    before = set(threading.enumerate())
    for known in claims(office, 20):
        for _ in range(50):
            with pytest.raises(Retriable, match=r"file\.not-here"):
                desk.give(Call("1", client, {"claim": known.claim.id}))
    assert len(set(threading.enumerate()) - before) == 16
    gate.open()
    desk.wait()
    assert len(gate.came) == 16


def test_what_can_t_be_fetched_gives_its_place_back_and_is_told_by_its_code(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetching, known = Fetching(office.hub, at_once=1), office.claim("a.dwg", b"1", sm3="0" * 64)
    with caplog.at_level(logging.WARNING):
        assert fetching.begin(known)
        fetching.wait()
    assert f"file claim={known.claim.id} code=file.digest" in caplog.text
    monkeypatch.setattr(file_intake, "take_in", lambda *_: 1 // 0)
    assert fetching.begin(office.claim("b.dwg", b"2"))
    fetching.wait()
    assert "defect=ZeroDivisionError" in caplog.text
    assert "dwg" not in caplog.text
    assert fetching.begin(office.claim("c.dwg", b"3"))
    fetching.wait()
