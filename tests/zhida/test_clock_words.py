"""A legal period in a cell: how long still, or since when over, or why nobody knows."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

from zhida import clock_words

TOLD = {"due_on": "2026-03-09", "left": 5, "unit": "day", "paused": False, "overdue": False, "code": ""}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "cell"),
    [
        ({}, "2026-03-09\n还剩 5 天"),
        ({"unit": "working day", "paused": True}, "2026-03-09\n还剩 5 个工作日（暂停中）"),
        ({"left": 0}, "2026-03-09\n今天到期"),
        ({"left": -3, "overdue": True}, "2026-03-09\n已逾期 3 天"),
        ({"due_on": "", "left": None, "code": "calendar.no-year"}, "未知（缺节假日表）"),
        ({"code": "calendar.no-year"}, "2026-03-09 或更晚\n还剩 5 天"),
        ({"left": None, "code": "calendar.no-year"}, "2026-03-09 或更晚\n"),
    ],
)
def test_cells(changed: dict[str, Any], cell: str) -> None:
    assert clock_words.until({"due_at": "2026-03-09", "clock": TOLD | changed}) == cell


def test_what_has_no_clock_shows_its_day_only() -> None:
    assert clock_words.until({"due_at": "2026-03-09", "clock": None}) == "2026-03-09"


def test_examples() -> None:
    assert doctest.testmod(clock_words).failed == 0
