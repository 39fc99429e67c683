"""``kill -9`` of the item process in household registration: still one row, and the case ends.

The process dies at lines drawn by stratum: before and in T1 (the delivery row), between T1 and the
call, in the call, between the answer and T3 (what came of it), in T3, after it. Or it is killed
while the police stand still with its call in hand. Where each kill really fell is read from the
store and from the police's wire and books, and printed.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kills import APPLIED, BEFORE, OWNED, RECORDED, SENT, Kills

STORES = ("sqlite", "postgresql")

DRIVER = str(Path(__file__).with_name("sweep_until_killed.py"))
MODE = os.environ.get("ZHIDA_ROUNDS", "")
ROUNDS = {"": 25, "full": 200}[MODE]
SHARES = {
    "": 3,
    "begin.begins": 7,
    "begin.ends": 10,
    "call.begins": 12,
    "call.ends": 6,
    "finish.begins": 9,
    "finish.ends": 3,
}
"""Mark → how many of 50 kills fall between it and the next one; most where something is in flight."""
HELD = {"": {"before": 2, "after": 1}, "full": {"before": 50, "after": 10}}[MODE]
"""How many are killed besides while the police stand still: before they register, or after."""
LEAST = {"": 1, "full": 25}[MODE]
"""Kills in each of the states in flight, on each store; so twice as many on both."""
NUMBERS = iter(range(100, 999))


class Killer:
    """Gives orders to the driver."""

    def __init__(self, process: Any, clock: Any) -> None:
        self.process = process
        self.clock = clock
        assert self.tell() == {"ready": 1}

    def tell(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told

    def begin(self, mark: str = "", line: int = 0) -> int:
        """The child's pid."""
        ahead = self.clock.ahead.total_seconds()
        order = {"item": "household", "mark": mark, "line": line, "ahead": ahead}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.tell()["pid"])

    def run(self, mark: str = "", line: int = 0) -> dict[str, Any]:
        self.begin(mark, line)
        return self.tell()


@pytest.fixture(scope="module")
def killer(town: Any) -> Iterator[Killer]:
    with town.worker(DRIVER) as process:
        yield Killer(process, town.clock)
        process.stdin.close()
        assert process.wait(20) == 0


def _lengths(rehearsal: dict[str, Any]) -> dict[str, int]:
    """Mark → lines of ours from it to the next mark."""
    at = rehearsal["marks"]
    assert list(at) == list(SHARES)
    ends = [*at.values(), rehearsal["lines"]]
    return {mark: b - a for mark, (a, b) in zip(SHARES, itertools.pairwise(ends), strict=True)}


def _points(lengths: dict[str, int], chance: random.Random) -> list[tuple[str, int]]:
    drawn = [
        (mark, chance.randint(1, lengths[mark]))
        for mark, share in SHARES.items()
        for _ in range(share * ROUNDS // 50)
    ]
    drawn += [(stage, 0) for stage, count in HELD.items() for _ in range(count)]
    chance.shuffle(drawn)
    return drawn


def _kill(town: Any, killer: Killer, until: Callable[..., None], point: tuple[str, int]) -> None:
    mark, line = point
    if mark in HELD:
        town.police.fault("hold", operation="csdj", stage=mark, times=1)
        pid = killer.begin()
        until(town.police.held)
        os.kill(pid, signal.SIGKILL)
        told = killer.tell()
    else:
        told = killer.run(mark, line)
    assert told.get("killed"), (point, told)


@pytest.mark.guarantee("G1")
@pytest.mark.guarantee("G2")
def test_a_kill_at_any_line_leaves_one_effect(
    town: Any,
    killer: Killer,
    until: Callable[..., None],
    seed: int,
    kills: Kills,
    record_property: Callable[[str, object], None],
) -> None:
    kills.of("the item process", store="PostgreSQL" if town.store else "SQLite", seed=seed)
    rehearsal = town.bear_ready(next(NUMBERS))
    lengths = _lengths(killer.run())
    town.finish(rehearsal)
    points = _points(lengths, random.Random(seed))
    record_property("rounds", len(points))
    for number, point in enumerate(points):
        certificate = town.bear_ready(next(NUMBERS))
        _kill(town, killer, until, point)
        kills.fell[town.struck(certificate, until)] += 1
        town.police.release()
        until(town.is_quiet)
        town.finish(certificate)
        assert town.effects(certificate) == (1, 1, 1), (seed, point)
        assert town.case(certificate).state == "done"
        if number % 10 == 0:  # it reads the whole ledger
            town.audit()
    town.audit()
    assert kills.fell.total() == len(points)
    assert set(kills.fell) == {BEFORE, OWNED, SENT, APPLIED, RECORDED}
    assert min(kills.fell[state] for state in (OWNED, SENT, APPLIED)) >= LEAST, kills.line()


@pytest.mark.guarantee("G1")
@pytest.mark.guarantee("G2")
@pytest.mark.parametrize(("stage", "rows"), [("before", 0), ("after", 1)])
def test_a_worker_killed_while_the_police_work_on_its_request(
    town: Any, until: Callable[..., None], stage: str, rows: int
) -> None:
    certificate = town.bear_ready(next(NUMBERS))
    town.police.fault("hold", operation="csdj", stage=stage, times=1)
    with town.sweeper() as worker:
        until(town.police.held)
        worker.kill()
    assert town.delivery(certificate, "household") == "sent"
    assert len(town.registered(certificate)) == rows
    town.police.release()
    until(lambda: len(town.registered(certificate)) == 1)
    until(town.is_quiet)
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    assert town.calls(certificate) == 1
    town.audit()
