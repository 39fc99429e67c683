"""A district's grants under a real scheduler, on PostgreSQL: from the bureaus' lists to the last fen.

``kill -9`` of the scheduler, alone or with all its tasks, falls while orders are on their way to the
treasury; what it pays twice would stand in its books twice. At the end everything is held against
SQL that was written from the policies' clauses, and against the books of those who paid and asked.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.grants.chain_ending import Ending
from tests.kills import RECORDED, Kills
from tests.production.conftest import command
from tests.production.grants_chain import Chain
from tests.production.schedulers import Schedulers

FULL = os.environ.get("ZHIDA_ROUNDS", "") == "full"
FIRMS, ROUNDS = (200_000, 10) if FULL else (2_000, 2)
LONGEST = 7200.0 if FULL else 1200.0
pytestmark = [
    pytest.mark.airflow,
    pytest.mark.peer("production"),
    pytest.mark.timeout(4 * 7200 if FULL else 3600),
]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    folder = tmp_path_factory.mktemp("grants")
    try:
        up = command("up", folder, "--district", "grants", "--firms", str(FIRMS))
        assert up.returncode == 0, up.stderr
        found = Chain(folder)
        yield found
        found.close()
    finally:
        assert command("down", folder).returncode == 0


@pytest.fixture
def schedulers(chain: Chain) -> Iterator[Schedulers]:
    found = Schedulers(chain.folder)
    yield found
    found.stop()


class Strikes:
    """Kills while payments are on their way, until there were enough."""

    def __init__(self, chain: Chain, schedulers: Schedulers, kills: Kills, seed: int) -> None:
        self.chain, self.schedulers, self.kills = chain, schedulers, kills
        self.chance, self.is_over = random.Random(seed), False

    def __call__(self) -> None:
        """The first falls while somebody else holds the treasury's tables: so there is one surely."""
        done, states = self.kills.fell.total(), self.chain.states()
        if done == 0 and (states["in-review"] or states["approved"]):
            with self.chain.busy_tables():
                self._first()
        elif done < ROUNDS and self.chain.to_pay():
            time.sleep(self.chance.uniform(0, 3))
            self._strike(20.0)
        elif done == ROUNDS and not self.is_over:
            self.is_over = True
            self.schedulers.calm()

    def _first(self) -> None:
        end = time.monotonic() + 180
        while not self.kills.fell.total() and time.monotonic() < end:
            self.chain.people.agree()
            self.chain.advance()
            self._strike(5.0)

    def _strike(self, seconds: float) -> None:
        whole = self.kills.fell.total() % 3 != 2
        found = self.chain.strike(self.schedulers, whole=whole, seconds=seconds)
        if found != RECORDED:
            self.kills.fell[found] += 1
            self.chain.say("killed", "with its tasks" if whole else "alone", found)


@pytest.mark.guarantee("G2")
def test_each_award_is_paid_once_and_all_sums_are_those_of_the_clauses(
    chain: Chain,
    schedulers: Schedulers,
    kills: Kills,
    seed: int,
    record_property: Callable[[str, object], None],
) -> None:
    kills.of("the Airflow scheduler while grants are paid", store="postgres", seed=seed)
    chain.say("night", tasks := chain.night(LONGEST))
    record_property("night", str(tasks))
    chain.until_still(LONGEST, Strikes(chain, schedulers, kills, seed))
    ending = Ending(chain.folder, chain.hub, FIRMS)
    chain.say("ended", ending.summary())
    ending.check()
    assert max(ending.tables_of_the_treasury().values()) == 1
    assert kills.in_flight >= 1
    assert kills.in_flight == ROUNDS or not FULL


def test_the_folder_holds_no_password_in_clear(chain: Chain) -> None:
    told = "".join(p.read_text("utf-8") for p in (Path(chain.folder) / "site").rglob("*.yaml"))
    assert chain.runs.password not in told
