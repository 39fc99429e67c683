"""``kill -9`` on both sides of a gate that loses and repeats: nothing is lost, nothing twice, all adds up (G1, G2, G13).

The far table has no key of its own, so that a batch that came twice would be seen.
"""

from __future__ import annotations

import random

import pytest

from connectors.files import Disk
from connectors.gate_receive import GateFeed
from exchange.errors import Invalid, Retriable
from exchange.ledger import Ledger
from tests.conftest import FULL
from tests.zhida.syncs.conftest import TABLE, Town, firm
from tests.zhida.syncs.dying import killed
from tests.zhida.syncs.gate_towns import lay_gap, sync_both
from zhida.sync_arrival_books import ArrivalBooks
from zhida.sync_away import AwayBooks
from zhida.sync_given import GivenTarget
from zhida.sync_line import Work

ROUNDS = 40 if FULL else 5
ROWS = 24
NEAR = (
    (AwayBooks, "send"),
    (Disk, "reveal"),
    (GivenTarget, "_note"),
    (AwayBooks, "done"),
    (Ledger, "_try_group"),
)
FAR = (
    (ArrivalBooks, "arrived"),
    (Work, "apply"),
    (ArrivalBooks, "answer"),
    (Disk, "reveal"),
    (GateFeed, "settle"),
)


@pytest.mark.guarantee("G13")
def test_killed_at_random_points_on_both_sides(town: Town, seed: int) -> None:
    gap = lay_gap(town)
    sync_both(gap, far={"mode": "append"}, batch=6)
    gap.far.front.run("DROP TABLE firm_in")
    gap.far.front.run(TABLE.format(name="firm_in", key=""))
    gap.put(*(firm(n) for n in range(ROWS)))
    draw, hit = random.Random(seed), [0, 0]
    for number in range(ROUNDS):
        do = draw.choice(("lose", "repeat", "cut")) if number else "lines"
        gap.rules = {"faults": [{"match": "*", "do": do, "times": 1}]}
        hit[0] += killed(gap.near, NEAR, draw.randrange(5, 30))
        gap.cross()
        hit[1] += killed(gap.far, FAR, draw.randrange(12))
        gap.cross()
        gap.go(11)
        gap.counts(gap.near)
        gap.counts(gap.far)
    for _ in range(40):
        if gap.is_equal and not gap.status()["away"]:
            break
        for side in (gap.near, gap.far):
            _run(side)
            gap.cross()
        gap.go(11)
    print(f"killed of {ROUNDS}: {hit[0]} near, {hit[1]} far")
    assert all(hit)
    assert gap.is_equal
    assert len(gap.far.front.rows("firm_in")) == ROWS
    near, far = gap.counts(gap.near), gap.counts(gap.far)
    assert (near.applied, near.in_flight, near.wrong) == (ROWS, 0, 0)
    assert (far.read, far.in_flight, far.wrong) == (ROWS, 0, 0)
    assert gap.status()["away"] == {}


def _run(side: Town) -> None:
    """It may tell what is missing or was damaged, and nothing else."""
    try:
        side.run()
    except (Invalid, Retriable) as error:
        assert error.code.startswith("gate.") or error.code in (
            "sync.unanswered",
            "sync.batch-missing",
        )
