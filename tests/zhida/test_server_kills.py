"""``kill -9`` of the database server with a delivery in flight: nothing lost, one effect (G1, G2).

A round counts only if the request stood in the police's hands when the server died. ``before``:
they had not yet registered the child (sent); ``after``: they had, and the answer was on its way
(applied, not recorded). The worker itself lives on, or is killed in the same moment.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.postgres import Postgres
from tests.kills import APPLIED, SENT, Kills

ROUNDS = {"": 6, "full": 60}[os.environ.get("ZHIDA_ROUNDS", "")]
NUMBERS = iter(range(100, 999))


@pytest.fixture(scope="module")
def police_options() -> dict[str, int]:
    return {"timeout_s": 20, "settle_s": 1}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One of this module's own, to be killed."""
    with Postgres(tmp_path_factory.mktemp("server"), durable=False) as found:
        yield found


@pytest.fixture(scope="module")
def store_address(server: Postgres) -> str:
    return server.database("town")


@pytest.mark.guarantee("G1")
@pytest.mark.guarantee("G2")
def test_a_killed_server_loses_nothing_and_makes_nothing_twice(
    town: Any,
    server: Postgres,
    until: Callable[..., None],
    seed: int,
    kills: Kills,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("rounds", ROUNDS)
    kills.of("the PostgreSQL server", seed=seed)
    chance = random.Random(seed)
    for number in range(ROUNDS):
        stage = ("before", "after")[number % 2]
        certificate = town.bear_ready(next(NUMBERS))
        town.police.fault("hold", operation="csdj", stage=stage, times=1)
        with town.item_worker("household") as worker:
            until(town.police.held)
            kills.fell[town.struck(certificate, until)] += 1
            server.kill()
            if chance.random() < 0.5:
                worker.kill()
            time.sleep(chance.random() / 5)
            server.start()
            town.police.release()
            worker.wait(60)
        until(town.is_quiet)
        town.clock.skip(90)
        town.finish(certificate)
        assert town.effects(certificate) == (1, 1, 1), (seed, number)
        assert town.calls(certificate) == 1, (seed, number)
        town.audit()
    assert kills.fell == {SENT: ROUNDS // 2, APPLIED: ROUNDS // 2}
