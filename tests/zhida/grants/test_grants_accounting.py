"""Whatever people do, and in whatever order: every match is in one state, and no fen is lost or paid twice."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.store import award_rows
from matters.award_states import STATES, may_become
from tests.zhida import grant_town
from tests.zhida.grant_town import YES, Town, policy

AMOUNTS = [0, 100, 250, 999_999_99]
DOES = st.sampled_from(
    [
        "turn",
        "head",
        "head-no",
        "publish",
        "object",
        "firm",
        "firm-no",
        "review",
        "review-no",
        "pay",
        "return",
        "refuse",
        "account",
        "another-run",
    ]
)


@pytest.fixture
def fresh(site_folder: Path, tmp_path: Path) -> Iterator[Path]:
    for name in ("site", "secrets.json", "trust", "operators"):
        (tmp_path / name).symlink_to(site_folder / name)
    with grant_town.installed():
        yield tmp_path


def do(town: Town, what: str) -> None:
    acts = {
        "head": town.head,
        "head-no": lambda: town.head(agreed=False),
        "publish": town.close_publicity,
        "object": lambda: town.close_publicity(town.awards()[1].id),
        "firm": lambda: town.firm(YES, where=town.awards()[1].id),
        "firm-no": lambda: town.firm(None, where=town.awards()[2].id),
        "review": town.review,
        "review-no": lambda: town.review(agreed=False),
        "pay": town.treasury,
        "return": lambda: town.treasury("refused"),
        "refuse": lambda: town.treasury("refused", "treasury.no-budget"),
        "account": lambda: town.books.answer("ask_account", "applied", YES | {"attempt": 2}),
        "another-run": lambda: town.match(policy(), AMOUNTS),
    }
    if what != "turn":
        acts[what]()
    town.turn()


def check(town: Town, before: dict[str, str], runs: int) -> dict[str, str]:
    """In one state each, moved only as the table says; the sums are those that were matched."""
    rows = town.awards()
    told = Counter(row.run for row in rows)
    newest = f"r{runs}"
    assert told[newest] == len(AMOUNTS)
    with town.hub.store.read() as connection:
        sums = award_rows.count_states(connection, run=newest)
    assert sum(total for _, total in sums.values()) == sum(AMOUNTS)
    assert set(sums) <= set(STATES)
    claims = Counter(row.firm for row in rows if row.state != "screened-out")
    assert set(claims.values()) <= {1}
    for row in rows:
        was = before.get(row.id, row.state)
        assert was == row.state or may_become(was, row.state), (was, row.state)
    returned = town.books.run(
        "SELECT count(*) FROM effect WHERE operation='pay_award' AND state='refused'"
    )[0][0]
    assert town.paid().total() - returned <= len({row.firm for row in rows})
    for award, times in town.paid().items():
        orders = town.books.run(
            "SELECT state FROM effect WHERE key IN (SELECT key FROM paid WHERE award=?)", award
        )
        assert len(orders) == times
        assert sum(state != "refused" for (state,) in orders) <= 1
    return {row.id: row.state for row in rows}


@pytest.mark.guarantee("G13")
@given(st.lists(DOES, min_size=3, max_size=9))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_match_is_in_one_state_whatever_happens(fresh: Path, acts: list[str]) -> None:
    shutil.rmtree(fresh / "var", ignore_errors=True)
    for file in fresh.glob("office.sqlite*"):
        file.unlink()
    town, states = Town(fresh), dict[str, str]()
    town.match(policy(), AMOUNTS)
    states = check(town, states, 1)
    for place, what in enumerate(acts):
        runs = 1 + acts[: place + 1].count("another-run")
        do(town, what)
        states = check(town, states, runs)
    town.audit()
    town.close()
