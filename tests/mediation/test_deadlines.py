"""The periods of the ladder against a table that was computed by hand, row by row, before the code was."""

from __future__ import annotations

import csv
from datetime import date, datetime, time
from pathlib import Path

import pytest

from exchange import times
from matters import ladder_clocks, ladder_file, working_days
from matters.ladder_parts import Event

TABLE = Path(__file__).with_name("deadlines.csv")
LADDER = ladder_file.load(ladder_file.SHIPPED)
HOLIDAYS = working_days.of(None)
NONE = "none"


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def events(told: str) -> list[Event]:
    """``accepted 2026-01-30; suspended 2026-02-02``, each at noon."""
    pairs = [each.split() for each in told.split(";")]
    return [
        Event(name, datetime.combine(date.fromisoformat(day), time(12), times.CHINA), "hub")
        for name, day in pairs
    ]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["case"])
def test_the_last_day_is_that_of_the_table(row: dict[str, str]) -> None:
    running = ladder_clocks.reckon(LADDER.clocks[row["clock"]], events(row["events"]), HOLIDAYS)
    if row["last_day"] == NONE:
        assert running is None
        return
    assert running is not None
    assert running.due(HOLIDAYS).day == date.fromisoformat(row["last_day"])


def test_every_period_of_law_stands_in_the_table() -> None:
    """The others are the district's own, and say so."""
    told = {row["clock"] for row in rows()}
    for clock in LADDER.clocks.values():
        assert clock.name in told or clock.article.startswith("示例"), clock.name


def test_every_row_names_the_article_that_its_period_has() -> None:
    for row in rows():
        law = LADDER.clocks[row["clock"]].article.split("第")[0]
        assert row["article"].startswith(law), row["case"]
