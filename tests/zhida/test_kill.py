"""``kill -9`` of the item process in household registration: still one row, and the case ends.

The process dies at lines drawn by stratum: before and in T1 (the delivery row), between T1 and the
call, in the call, between the answer and T3 (what came of it), in T3, after it. Where each kill really fell is
read from the store and from the police's books, and printed.
"""

from __future__ import annotations

import itertools
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

STORES = ("sqlite", "postgresql")

DRIVER = str(Path(__file__).with_name("sweep_until_killed.py"))
ROUNDS = {"": 30, "full": 150}[os.environ.get("ZHIDA_ROUNDS", "")]
SHARES = {
    "": 5,
    "begin.begins": 7,
    "begin.ends": 6,
    "call.begins": 10,
    "call.ends": 5,
    "finish.begins": 12,
    "finish.ends": 5,
}
"""Mark → how many of 50 kills fall between it and the next one."""
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

    def run(self, mark: str = "", line: int = 0) -> dict[str, Any]:
        ahead = self.clock.ahead.total_seconds()
        order = {"item": "household", "mark": mark, "line": line, "ahead": ahead}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self.tell()


@pytest.fixture(scope="module")
def killer(town: Any) -> Iterator[Killer]:
    with town.worker(DRIVER) as process:
        yield Killer(process, town.clock)
        process.stdin.close()
        assert process.wait(20) == 0


def _ready(town: Any) -> str:
    """A new birth whose household registration can begin."""
    certificate: str = town.bear(next(NUMBERS))
    town.take_in()
    reports = town.sweep("birth")
    assert town.states(certificate)["household"] == "ready", (reports, town.states(certificate))
    return certificate


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
    chance.shuffle(drawn)
    return drawn


@pytest.mark.guarantee("G1")
@pytest.mark.guarantee("G2")
def test_a_kill_at_any_line_leaves_one_effect(
    town: Any,
    killer: Killer,
    until: Callable[..., None],
    seed: int,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    record_property("rounds", sum(share * ROUNDS // 50 for share in SHARES.values()))
    rehearsal = _ready(town)
    lengths = _lengths(killer.run())
    town.finish(rehearsal)
    fell: Counter[str] = Counter()
    points = _points(lengths, random.Random(seed))
    for mark, line in points:
        certificate = _ready(town)
        told = killer.run(mark, line)
        assert told.get("killed"), (mark, line, told)
        row = town.delivery(certificate, "household")
        fell[f"delivery {row}, police {len(town.registered(certificate))}"] += 1
        until(town.is_quiet)
        town.finish(certificate)
        assert town.effects(certificate) == (1, 1, 1), (seed, mark, line)
        assert town.case(certificate).state == "done"
        town.audit()
    with capsys.disabled():
        print(f"\nkill -9 of the item process, seed {seed}, {len(points)} points:", dict(fell))
    assert fell.total() == len(points)
    assert set(fell) == {
        "delivery none, police 0",
        "delivery sent, police 0",
        "delivery sent, police 1",
        "delivery applied, police 1",
    }


@pytest.mark.guarantee("G1")
@pytest.mark.guarantee("G2")
@pytest.mark.parametrize(("stage", "rows"), [("before", 0), ("after", 1)])
def test_a_worker_killed_while_the_police_work_on_its_request(
    town: Any, until: Callable[..., None], stage: str, rows: int
) -> None:
    certificate = _ready(town)
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
