"""When a legal period that has begun is next looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from zhida import clock_start
from zhida.clock import Reading

TODAY = date(2026, 3, 2)
READING = Reading(
    due=date(2026, 3, 10),
    doubt=None,
    remind=date(2026, 3, 8),
    left=8,
    in_working_days=False,
    paused=False,
)


@pytest.mark.parametrize(
    ("changed", "today", "expected"),
    [
        ({}, TODAY, "2026-03-08"),
        ({"remind": None}, TODAY, "2026-03-11"),
        ({}, date(2026, 3, 8), "2026-03-11"),
        ({}, date(2026, 3, 10), "2026-03-11"),
        ({}, date(2026, 3, 11), ""),
        ({"paused": True}, TODAY, "2026-03-03"),
        ({"due": None}, TODAY, "2026-03-03"),
    ],
    ids=["reminder", "no reminder", "reminded", "last day", "over", "stands still", "not known"],
)
def test_the_next_look(changed: dict[str, object], today: date, expected: str) -> None:
    assert clock_start.next_look(replace(READING, **changed), today) == expected
