"""A worker dies at every line that it runs: then another finishes, and there is one effect (G1)."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

STORES = ("sqlite", "postgresql")
ROUNDS = 120


def _lines(make: Callable[[], tuple[Any, Any]], trace_class: Any) -> int:
    """How many lines one delivery runs; the first of a process also opens keys, so the second."""
    for _ in range(2):
        desk, peer = make()
        trace = trace_class()
        assert trace.run(lambda: desk.deliver(peer))
        desk.close()
    return trace.lines


def _die_at(line: int, make: Callable[[], tuple[Any, Any]], trace_class: Any) -> str:
    desk, peer = make()
    lived = trace_class(line).run(lambda: desk.deliver(peer))
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
    trace_class: Any,
    idempotence: str,
    database: Any,
) -> None:
    def make() -> tuple[Any, Any]:
        desk = make_desk()
        desk.open_case()
        return desk, peer_class(desk.clock, idempotence)

    lines = _lines(make, trace_class)
    assert lines > 150
    rounds = database.rounds(ROUNDS)
    chosen = sorted(random.Random(20260302).sample(range(1, lines + 1), rounds))
    outcomes = [_die_at(line, make, trace_class) for line in chosen]
    print(f"seed 20260302, {lines} lines, {rounds} deaths, sent again: {outcomes.count('again')}")
    assert "once" in outcomes


@pytest.mark.guarantee("G1")
def test_death_while_finding_out_leaves_one_effect(
    make_desk: Callable[[], Any], peer_class: Any, trace_class: Any, database: Any
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

    lines = _lines(make, trace_class)
    chosen = random.Random(7).sample(range(1, lines + 1), database.rounds(ROUNDS // 2))
    assert {_die_at(line, make, trace_class) for line in chosen} == {"once"}
