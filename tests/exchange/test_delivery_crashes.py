"""A worker dies at every line that it runs: then another finishes, and there is one effect (G1)."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import exchange

STORES = ("sqlite", "postgresql")

HERE = str(Path(exchange.__path__[0]))
ROUNDS = 120


class Trace:
    """Counts the lines that ``exchange`` runs, and dies at the wanted one.

    What unwinds then is only what the operating system would take back from a killed process:
    the transaction, the connection, the lock.
    """

    def __init__(self, death: type[BaseException], at: int = 0) -> None:
        self.death, self.at, self.lines = death, at, 0

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(HERE):
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                raise self.death
        return self

    def run(self, work: Callable[[], object]) -> bool:
        """True if the worker lived to the end."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            work()
        except self.death:
            return False
        finally:
            sys.settrace(before)
        return True


def _lines(make: Callable[[], tuple[Any, Any]], death: type[BaseException]) -> int:
    """How many lines one delivery runs; the first of a process also opens keys, so the second."""
    for _ in range(2):
        desk, peer = make()
        trace = Trace(death)
        assert trace.run(lambda: desk.deliver(peer))
        desk.close()
    return trace.lines


def _die_at(line: int, make: Callable[[], tuple[Any, Any]], death: type[BaseException]) -> str:
    desk, peer = make()
    lived = Trace(death, line).run(lambda: desk.deliver(peer))
    assert not lived, line
    desk.reopen()
    desk.until_quiet(peer)
    peer.work_late()
    assert len(peer.books) == 1, line
    assert desk.item().state == "applied", line
    assert desk.row(peer).state == "applied", line
    assert desk.problems() == [], line
    assert len(desk.entries("followed")) == 1, line
    desk.close()
    return "once" if peer.calls["submit"] == 1 else "again"


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize("idempotence", ["probe", "keyed"])
def test_death_at_any_line_leaves_one_effect(
    make_desk: Callable[[], Any],
    peer_class: Any,
    killed: type,
    idempotence: str,
    database: Any,
) -> None:
    def make() -> tuple[Any, Any]:
        desk = make_desk()
        desk.open_case()
        return desk, peer_class(desk.clock, idempotence)

    lines = _lines(make, killed)
    assert lines > 150
    rounds = database.rounds(ROUNDS)
    chosen = sorted(random.Random(20260302).sample(range(1, lines + 1), rounds))
    outcomes = [_die_at(line, make, killed) for line in chosen]
    print(f"seed 20260302, {lines} lines, {rounds} deaths, sent again: {outcomes.count('again')}")
    assert "once" in outcomes


@pytest.mark.guarantee("G1")
def test_death_while_finding_out_leaves_one_effect(
    make_desk: Callable[[], Any], peer_class: Any, killed: type, database: Any
) -> None:
    """The second worker dies too, at any line of its probe."""

    def make() -> tuple[Any, Any]:
        desk = make_desk()
        desk.open_case()
        peer = peer_class(desk.clock, "probe")
        peer.faults = ["lost-after"]
        desk.deliver(peer)
        desk.clock.forward(31)
        return desk, peer

    lines = _lines(make, killed)
    chosen = random.Random(7).sample(range(1, lines + 1), database.rounds(ROUNDS // 2))
    assert {_die_at(line, make, killed) for line in chosen} == {"once"}
