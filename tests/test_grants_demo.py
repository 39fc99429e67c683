"""``make grants`` as a visitor runs it, held against the clauses' SQL and the books of who paid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.store.award_rows import AwardRow
from sandbox import grants_district
from sandbox.district import District
from tests import visitor
from tests.grants.chain_ending import Ending
from tests.visitor import Done
from zhida import site
from zhida.hub import Hub

pytestmark = [pytest.mark.airflow, pytest.mark.timeout(1800)]
FIRMS = 600
FOLDER = "var/grants"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    folder = tmp_path_factory.mktemp("grants")
    done = visitor.run(folder, "sandbox.grants", "--firms", str(FIRMS), timeout=1500)
    return folder / FOLDER, done


@pytest.fixture(scope="module")
def ending(demo: tuple[Path, Any]) -> Iterator[Ending]:
    district = District(demo[0], systems=grants_district.SYSTEMS, signer=False, grants=True)
    district.prepare()
    env = district.env
    hub = Hub(
        site.load(Path(env["ZHIDA_SITE"])),
        var=Path(env["ZHIDA_VAR"]),
        secret=env["ZHIDA_KEY_PASSWORD"].encode(),
    )
    yield Ending(demo[0], hub, FIRMS)
    hub.close()


@pytest.fixture
def summary(demo: tuple[Path, Any]) -> dict[str, Any]:
    return visitor.summary(demo[0])


def test_it_ends_well_and_says_so(demo: tuple[Path, Done]) -> None:
    visitor.check_ending(demo[1], "离线核验通过", "一笔不重")


def test_the_chain_has_come_to_what_the_clauses_say(ending: Ending) -> None:
    ending.check()


def test_every_way_is_gone(ending: Ending) -> None:
    """Paid, silent, declined, objected to, sent back and paid elsewhere."""
    states = ending.states()
    assert states["paid"] > 10
    assert states["awaiting-confirmation"]
    assert states["declined"]
    assert states["objected"] == 1
    back = {each.award for each in ending.payments if each.status == "3"}
    assert back & {row.id for row in ending.rows if row.state == "paid"}


def test_the_summary_is_that_of_the_books(ending: Ending, summary: dict[str, Any]) -> None:
    policies = {row["policy"]: row for row in summary["policies"]}
    for policy, told in policies.items():
        matched, _ = ending.night.awards(policy)
        assert told["matched"] == matched
        open_ = sum(told["open"].values())
        assert matched == told["paid"] + open_
    paid = [row for row in ending.rows if row.state == "paid"]
    assert summary["treasury"]["awards"] == len(paid) == sum(p["paid"] for p in policies.values())
    assert summary["treasury"]["fen"] == _fen(paid) == sum(p["fen"] for p in policies.values())
    assert summary["objected"] in {row.id for row in ending.rows if row.state == "objected"}
    assert summary["proof"]["verified"]


def _fen(rows: list[AwardRow]) -> int:
    return sum(row.amount_fen for row in rows)
