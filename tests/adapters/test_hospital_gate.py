"""A hospital beyond a gate: what its adapter can do without a line (the whole way: tests/signer/test_signer_gate.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters import hospital
from adapters._hospital_gate import CHANNEL
from adapters.gate import GateSystem
from exchange.errors import Fatal, Retriable
from exchange.ports import Endpoint

GATE = {"out": "out", "in": "in", "state": "state", "us": "hub", "them": "hospital"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("out", "in", "state", "theirs"):
        (tmp_path / name).mkdir()
    return tmp_path


def opened(folder: Path, secret: str = "s") -> hospital.Hospital:
    return hospital.open_system({"gate": GATE}, Endpoint(str(folder), "", secret))


def send(folder: Path, content: bytes) -> None:
    """What the other side puts comes at once."""
    theirs = GATE | {"out": "in", "in": "out", "state": "theirs", "us": "hospital", "them": "hub"}
    made = GateSystem({"channels": {CHANNEL: theirs}}, Endpoint(str(folder), "", "s"))
    made.send(CHANNEL, "m", content)


def test_it_speaks_the_wire_that_its_options_mean() -> None:
    assert hospital.wire({"gate": GATE}) == ("gate", {"channels": {CHANNEL: GATE}})
    assert hospital.wire({}) == ("rest", {"timeout_s": 30})


def test_nothing_can_be_asked_so_a_question_waits_for_the_files(folder: Path) -> None:
    adapter = opened(folder)
    inputs = {"declaration": {"certificate": {"number": "X320117001"}}}
    answer = adapter.fetch(adapter.prepare("birth_record", inputs, ""))
    assert (answer.waiting, answer.signed) == (True, "")
    assert [each.name for each in (folder / "out").iterdir()] == []


def test_there_are_two_lists_and_no_other(folder: Path) -> None:
    with pytest.raises(Fatal, match=r"hospital\.no-such-operation"):
        opened(folder).poll("query", "")


def test_without_an_agreed_secret_nothing_is_opened(folder: Path) -> None:
    with pytest.raises(Fatal, match=r"gate-cover\.no-secret"):
        opened(folder, secret="")


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"stream":"births","documents":[1],"next":""}'])
def test_a_message_that_is_no_answer_stays_and_is_told(folder: Path, content: bytes) -> None:
    send(folder, content)
    adapter: Any = opened(folder)
    for _ in range(2):
        with pytest.raises(Retriable, match=r"hospital\.unreadable-answer"):
            adapter.poll("births", "")
        adapter.settle("births", [])
    adapter.close()
