"""85 newborns, every exception among them, come to what the rules say: by interface and by hand.

The table was committed before the first run; each of its rows cites its rule.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.district import District
from sandbox.layout import SYSTEMS, UNITS
from sandbox.world import World
from tests.zhida import newborn_table
from tests.zhida.newborn_table import Row
from zhida.flows import flows

pytestmark = pytest.mark.timeout(900)
ROWS = newborn_table.rows()
KINDS = newborn_table.one_of_each()


class Run:
    """A whole district in which these newborns are registered."""

    def __init__(self, town: Any, world: World, rows: list[Row]) -> None:
        self.town, self.world, self.rows = town, world, rows

    def __call__(self) -> None:
        for row in self.rows:
            self.world.tell(row.child)
        if not self.world.by_hand:
            self._wait_for_the_signer()
        first = [row for row in self.rows if self._is_declared_first(row)]
        self._declare(first)
        self._turn(90)
        self._declare([row for row in self.rows if row not in first])
        for _ in range(60):
            self._turn(60)
            if all(self.town.is_over(row.child.certificate) for row in self.rows):
                return
        raise AssertionError(
            [r.number for r in self.rows if not self.town.is_over(r.child.certificate)]
        )

    def _wait_for_the_signer(self) -> None:
        end = time.monotonic() + 120
        while any(row["ack"] != "AA" for row in self.world.district.system("hospital").books()):
            assert time.monotonic() < end, "the signer has not taken every birth"
            time.sleep(0.1)

    def _is_declared_first(self, row: Row) -> bool:
        return self.world.by_hand or row.opened_by == "form"

    def _declare(self, rows: list[Row]) -> None:
        for row in rows:
            self.world.declare(row.child)

    def _turn(self, seconds: int) -> None:
        self.town.sweep()
        self.world.work()
        self.town.clock.skip(seconds)

    def states(self, row: Row) -> dict[str, str]:
        found = self.town.states(row.child.certificate)
        return {item: newborn_table.came_to(found, item) for item in row.expected}


@pytest.fixture(scope="module")
def by_interface(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[[District], Any]
) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("whole")
    with District(folder, systems=SYSTEMS + UNITS, whole=True) as district:
        town = open_town(district)
        run = Run(town, World(district), ROWS)
        run()
        yield run
        town.close()


@pytest.fixture(scope="module")
def by_hand(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[[District], Any]
) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("hands")
    with District(folder, systems=("oa",), signer=False, whole=True, by_hand=True) as district:
        town = open_town(district)
        run = Run(town, World(district, by_hand=True), KINDS)
        run()
        yield run
        town.close()


def test_the_table_has_85_newborns_and_each_names_its_rule() -> None:
    assert [row.number for row in ROWS] == list(range(1, 86))
    assert all(row.rule for row in ROWS)
    assert len(KINDS) > 30


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number}")
def test_each_comes_to_what_its_rule_says(by_interface: Run, row: Row) -> None:
    assert by_interface.states(row) == row.expected, row.situation


@pytest.mark.parametrize("row", KINDS, ids=lambda row: f"{row.number}")
def test_where_units_have_only_the_oa_it_comes_to_the_same(by_hand: Run, row: Row) -> None:
    expected = newborn_table.by_hand_alone(row.expected)
    assert by_hand.states(row) == expected, row.situation


def test_the_window_hears_of_each(by_interface: Run, by_hand: Run) -> None:
    for run in (by_interface, by_hand):
        told = {r.number: run.town.states(r.child.certificate)["reply"] for r in run.rows}
        assert set(told.values()) == {"applied"}, told


def test_each_is_registered_once_and_the_number_is_nobody_else_s(by_interface: Run) -> None:
    books = by_interface.world.district.system("police").books()
    certificates = [row["cszmbh"] for row in books]
    direct = [r.child.certificate for r in ROWS if r.expected["household"] == "applied"]
    assert sorted(certificates) == sorted(direct)
    assert len({row["gmsfhm"] for row in books}) == len(books)


def test_the_books_balance_and_the_ledger_is_whole(by_interface: Run, by_hand: Run) -> None:
    for run in (by_interface, by_hand):
        run.town.audit()
        assert all(flow.balanced for flow in flows(run.town.hub.store))
