"""A rate that is never passed, and hours of the day as they are counted in China."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta

import pytest

from exchange import limits

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""12:00 in China."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-02T{text}+08:00")


# --- the rate ----------------------------------------------------------------------------------


def test_permits_come_at_even_distances_once_the_burst_is_used() -> None:
    rate, next_at, given = limits.rate("20 per second"), NOON, []
    for millisecond in range(300):
        now = NOON + timedelta(milliseconds=millisecond)
        granted, next_at = limits.take(rate, next_at, now, 8)
        given += [millisecond] * granted
    assert given == [0, 53, 106, 158, 211, 264]
    later, _ = limits.take(rate, next_at, NOON + timedelta(minutes=1), 8)
    assert later == rate.burst == 2


@pytest.mark.parametrize(
    "text", ["1 per second", "7 per second", "10 per second", "100 per second", "600 per minute"]
)
def test_no_stretch_of_time_has_more_calls_than_the_rate_says(
    text: str, seeded: random.Random
) -> None:
    rate = limits.rate(text)
    next_at, now, given = NOON, NOON, []
    for _ in range(4000):
        now += rate.per * seeded.choice([0, 0.001, 0.01, 0.4]) / 2
        granted, next_at = limits.take(rate, next_at, now, seeded.randint(1, 16))
        given += [now] * granted
    assert len(given) > rate.calls
    for first, last in zip(given, given[rate.calls :], strict=False):
        assert last - first >= rate.per, (first, last)


def test_who_asks_all_the_time_gets_nearly_the_whole_rate() -> None:
    rate, next_at, given = limits.rate("100 per second"), NOON, 0
    for millisecond in range(10_000):
        granted, next_at = limits.take(rate, next_at, NOON + timedelta(milliseconds=millisecond), 9)
        given += granted
    assert 900 < given <= 1000


def test_only_what_is_wanted_is_taken() -> None:
    rate = limits.rate("100 per second")
    granted, next_at = limits.take(rate, NOON, NOON + timedelta(hours=1), 3)
    assert granted == 3
    assert limits.take(rate, next_at, NOON + timedelta(hours=1), 99)[0] == rate.burst - 3


def test_a_clock_put_back_or_a_slower_rate_of_before_stops_nobody_for_long() -> None:
    stored = NOON + timedelta(hours=1)
    rate = limits.rate("10 per second")
    assert limits.next_permit(rate, stored, NOON) == NOON + rate.spacing
    assert limits.take(rate, stored, NOON, 1)[0] == 0


@pytest.mark.parametrize(
    "text", ["10", "0 per second", "10 per day", "10/s", "10 PER second", "1000000 per hour", " 1"]
)
def test_what_is_no_rate_is_no_rate(text: str) -> None:
    assert re.search(limits.RATE, text) is None


# --- the hours ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "clock", "expected"),
    [
        ("08:00-18:00", "07:59:59", False),
        ("08:00-18:00", "08:00:00", True),
        ("08:00-18:00", "17:59:59", True),
        ("08:00-18:00", "18:00:00", False),
        ("22:00-06:00", "21:59:59", False),
        ("22:00-06:00", "00:00:00", True),
        ("22:00-06:00", "06:00:00", False),
        ("08:30-12:00, 13:30-17:30", "12:30:00", False),
        ("08:30-12:00, 13:30-17:30", "13:30:00", True),
        ("00:00-00:00", "03:00:00", True),
    ],
)
def test_hours_are_those_of_china_and_their_end_is_outside(
    hours: str, clock: str, expected: bool
) -> None:
    assert re.search(limits.WINDOW, hours)
    assert limits.is_open(limits.windows(hours), at(clock)) is expected


def test_a_system_without_hours_is_always_open() -> None:
    assert limits.is_open((), NOON)


@pytest.mark.parametrize("text", ["8:00-18:00", "08:00-24:00", "08:00–18:00", "08:00 - 18:00", "x"])
def test_what_are_no_hours_are_no_hours(text: str) -> None:
    assert re.search(limits.WINDOW, text) is None
