"""The 85 newborns under a real scheduler: Airflow with LocalExecutor, the store on PostgreSQL.

Once with the units' own interfaces and once where every unit has nothing but the OA; what each comes
to is what its rule says (``tests/newborn/expected.csv``).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.store import case_rows
from sandbox.production_kinds import district_of
from sandbox.world import World
from tests.production.conftest import command, environment
from tests.zhida import newborn_table
from tests.zhida.newborn_table import Row
from zhida import site
from zhida.hub import Hub

pytestmark = [pytest.mark.airflow, pytest.mark.peer("production"), pytest.mark.timeout(3600)]
LONGEST = 3000.0
"""Seconds: people are asked up to ten times in a row, and looked at with pauses."""


@pytest.fixture(params=["whole", "by-hand"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    kind: str = request.param
    try:
        up = command("up", tmp_path, "--district", kind)
        assert up.returncode == 0, up.stderr
        yield kind, tmp_path
    finally:
        assert command("down", tmp_path).returncode == 0


def test_each_comes_to_what_its_rule_says(running: tuple[str, Path]) -> None:
    kind, folder = running
    rows, world = newborn_table.rows(), _world(kind, folder)
    for row in rows:
        world.tell(row.child)
    first = [r for r in rows if kind == "by-hand" or r.opened_by == "form"]
    for row in first:
        world.declare(row.child)
    with_hub = Cases(folder)
    end, late = time.monotonic() + LONGEST, [r for r in rows if r not in first]
    while not with_hub.are_over(rows):
        assert time.monotonic() < end, with_hub.open(rows)
        world.work()
        if late and with_hub.all_opened(late):
            for row in late:
                world.declare(row.child)
            late = []
        time.sleep(2)
    found = {row.number: with_hub.states(row) for row in rows}
    with_hub.close()
    wanted = {row.number: _wanted(kind, row) for row in rows}
    assert {n: told for n, told in found.items() if told != wanted[n]} == {}


def _wanted(kind: str, row: Row) -> dict[str, str]:
    return newborn_table.by_hand_alone(row.expected) if kind == "by-hand" else dict(row.expected)


def _world(kind: str, folder: Path) -> World:
    district = district_of(folder.resolve(), kind)
    district.prepare()
    return World(district, by_hand=kind == "by-hand")


class Cases:
    """What the store says of the cases, by the certificates' numbers."""

    def __init__(self, folder: Path) -> None:
        env = environment(folder)
        self.hub = Hub(
            site.load(Path(env["ZHIDA_SITE"])),
            var=Path(env["ZHIDA_VAR"]),
            secret=env["ZHIDA_KEY_PASSWORD"].encode(),
            store=env["ZHIDA_STORE_URL"],
        )

    def row(self, row: Row) -> Any:
        identity = self.hub.vault.tag("case", "newborn", row.child.certificate)
        with self.hub.store.read() as connection:
            found = case_rows.by_identity(connection, "newborn", identity)
            return case_rows.get_case(connection, found) if found else None

    def all_opened(self, rows: list[Row]) -> bool:
        return all(self.row(row) is not None for row in rows)

    def open(self, rows: list[Row]) -> list[int]:
        found = {row.number: self.row(row) for row in rows}
        return [number for number, case in found.items() if case is None or case.state == "open"]

    def are_over(self, rows: list[Row]) -> bool:
        return not self.open(rows)

    def states(self, row: Row) -> dict[str, str]:
        with self.hub.store.read() as connection:
            found = case_rows.items(connection, self.row(row).id)
        states = {each.item: each.state for each in found}
        return {item: newborn_table.came_to(states, item) for item in row.expected}

    def close(self) -> None:
        self.hub.close()
