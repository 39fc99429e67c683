"""A cursor of several columns: day and time, day and number, as old tables keep when a row was changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.zhida.syncs.conftest import Town, both, counted

TABLE = 'CREATE TABLE firm ("CODE" VARCHAR(18) PRIMARY KEY, "NAME" VARCHAR(40), "GXRQ" {day}, "{second}" {kind})'
DAY_TIME, TEXTS, DAY_NUMBER = "day and time", "texts", "day and number"
SHAPES: dict[str, tuple[str, str, str]] = {
    DAY_TIME: ("DATE", "GXSJ", "TIME"),
    TEXTS: ("VARCHAR(8)", "GXSJ", "VARCHAR(6)"),
    DAY_NUMBER: ("DATE", "XH", "INTEGER"),
}


def lay(town: Town, shape: str, **changes: Any) -> None:
    day, second, kind = SHAPES[shape]
    for base, table in (("registry", "firm"), ("front", "firm_in")):
        town.bases[base].run(f"DROP TABLE {table}")
    town.registry.run(TABLE.format(day=day, second=second, kind=kind))
    town.front.run('CREATE TABLE firm_in ("CODE" VARCHAR(18) PRIMARY KEY, "NAME" VARCHAR(40))')
    source = {"system": "registry", "table": "firm", "columns": ["CODE", "NAME"]}
    town.sync(source=source, cursor={"columns": ["GXRQ", second], **changes})


def put(town: Town, shape: str, *rows: tuple[int, int, int]) -> None:
    """Rows as (number, day of January, minute of the day)."""
    made = []
    for number, day, minute in rows:
        clock = f"{minute // 60:02}:{minute % 60:02}:00"
        date = f"2026-01-{day:02}" if shape != TEXTS else f"202601{day:02}"
        second = {DAY_TIME: clock, TEXTS: clock.replace(":", ""), DAY_NUMBER: minute}[shape]
        made.append((f"{number:06}", f"企业{number}", date, second))
    town.registry.put("firm", *made)


def codes(town: Town) -> list[int]:
    return [int(row[0]) for row in town.front.run('SELECT "CODE" FROM firm_in ORDER BY "CODE"')]


@both
@pytest.mark.parametrize("shape", SHAPES)
def test_pages_at_equal_values_lose_and_repeat_nothing(town: Town, shape: str) -> None:
    """Batches of seven: many rows of one day, and many of the very same time."""
    lay(town, shape)
    rows = [(n, 4, 60) for n in range(16)] + [(n, 4, 61) for n in range(16, 20)]
    put(town, shape, *rows, *((n, 5, 0) for n in range(20, 29)))
    assert town.counts() == counted(read=29, applied=29)
    put(town, shape, (40, 5, 0), (41, 5, 1), (42, 4, 1435))
    found = town.counts()
    assert found.applied == 3
    assert codes(town) == [*range(29), 40, 41, 42]


@both
@pytest.mark.parametrize("shape", [DAY_TIME, TEXTS])
def test_looking_back_goes_over_midnight_and_no_further(town: Town, shape: str) -> None:
    lay(town, shape)
    put(town, shape, (1, 3, 600), (2, 5, 3))
    town.run()
    put(town, shape, (3, 4, 1434), (4, 4, 1431))  # 10 minutes before 00:03 is 23:53
    assert town.counts() == counted(read=2, applied=1, unchanged=1)
    assert codes(town) == [1, 2, 3]
    assert (
        town.counts(
            between=("2026-01-04", "2026-01-04") if shape == DAY_TIME else ("20260104",) * 2
        ).applied
        == 1
    )


def test_of_a_number_beside_a_day_the_day_is_looked_back(town: Town) -> None:
    lay(town, DAY_NUMBER)
    put(town, DAY_NUMBER, (1, 3, 9), (2, 5, 1))
    town.run()
    put(town, DAY_NUMBER, (3, 4, 900), (4, 3, 10))
    assert town.counts() == counted(read=2, applied=1, unchanged=1)


@both
def test_a_clock_that_is_ahead_hides_nothing(town: Town) -> None:
    lay(town, DAY_TIME)
    put(town, DAY_TIME, (1, 28, 0))
    town.run()
    put(town, DAY_TIME, (2, 6, 9 * 60 - 1))  # a minute ago: the town's clock says 09:00 on the 6th
    assert town.counts() == counted(read=2, applied=1, unchanged=1)


def test_a_row_that_lacks_one_of_them_is_held(town: Town) -> None:
    lay(town, DAY_TIME)
    put(town, DAY_TIME, (1, 4, 1))
    town.registry.run("INSERT INTO firm VALUES ('000002', 'x', '2026-01-04', NULL)")
    assert town.counts() == counted(read=2, applied=1, quarantined=1)


def test_along_another_cursor_everything_is_read_once_more(town: Town) -> None:
    lay(town, DAY_TIME)
    put(town, DAY_TIME, *((n, 3, n) for n in range(5)))
    town.run()
    source = {"system": "registry", "table": "firm", "columns": ["CODE", "NAME"]}
    town.sync(source=source, cursor={"column": "GXRQ", "look_back": 0})
    assert town.counts() == counted(read=5, unchanged=5)
    put(town, DAY_TIME, (7, 4, 1))
    assert town.counts() == counted(read=6, applied=1, unchanged=5)
    assert town.counts() == counted(read=1, unchanged=1)
