"""Periods of law: a month ends on the day of the same number, or on the month's last."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from matters import durations
from matters.durations import Duration

days = st.dates(date(1949, 10, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("text", "day", "end"),
    [
        ("1 month", "2026-01-31", "2026-02-28"),
        ("1 month", "2028-01-31", "2028-02-29"),
        ("1 month", "2026-02-28", "2026-03-28"),
        ("1 month", "2026-12-15", "2027-01-15"),
        ("1 month", "2026-03-31", "2026-04-30"),
        ("12 months", "2028-02-29", "2029-02-28"),
        ("1 year", "2028-02-29", "2029-02-28"),
        ("4 years", "2028-02-29", "2032-02-29"),
        ("3 years", "2026-11-23", "2029-11-23"),
        ("30 days", "2026-02-01", "2026-03-03"),
        ("1 day", "2026-12-31", "2027-01-01"),
        ("2 hours", "2026-12-31", "2026-12-31"),
        ("30 minutes", "2026-12-31", "2026-12-31"),
    ],
)
def test_known_ends(text: str, day: str, end: str) -> None:
    assert durations.parse(text).after(date.fromisoformat(day)) == date.fromisoformat(end)


@given(days, st.integers(1, 2000))
def test_days_are_counted_one_by_one(day: date, count: int) -> None:
    assert Duration(count, "day").after(day) - day == timedelta(days=count)


@given(days, st.integers(1, 1200))
def test_months_keep_the_day_or_take_the_last(day: date, count: int) -> None:
    end = Duration(count, "month").after(day)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == count
    assert end.day == day.day or (end + timedelta(days=1)).day == 1
    assert end.day <= day.day


@given(days, st.integers(1, 400))
def test_a_year_is_twelve_months(day: date, count: int) -> None:
    assert Duration(count, "year").after(day) == Duration(12 * count, "month").after(day)


@given(days, days, st.sampled_from(["1 month", "3 months", "1 year", "30 days"]))
def test_who_begins_later_never_ends_sooner(one: date, other: date, text: str) -> None:
    duration = durations.parse(text)
    assert (one <= other) <= (duration.after(one) <= duration.after(other))


@given(st.from_regex(durations.PATTERN, fullmatch=True))
def test_whatever_can_be_written_can_be_counted(text: str) -> None:
    duration = durations.parse(text.rstrip("\n"))
    assert duration.after(date(2100, 12, 31)) >= date(2100, 12, 31)


@pytest.mark.parametrize(
    "text",
    ["", "month", "0 days", "01 days", "1  day", "1 week", "5 working days", "一个月", "-1 days",
     "1.5 years", "10000 days", "1000 years", "1 day ", "1 day\n", "１ day", "1 dayss"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        durations.parse(text)
    assert refused.value.code == "matter.duration"
    assert not re.match(durations.PATTERN, text) or text.endswith("\n")
