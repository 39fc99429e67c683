"""Instants in UTC, days as they are counted in China."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import times

instants = st.datetimes(
    datetime(1900, 1, 1), datetime(2999, 1, 1), timezones=st.timezones()
).filter(lambda each: each.utcoffset() is not None)


@given(instants, instants)
def test_stamps_sort_as_the_instants_do(one: datetime, other: datetime) -> None:
    one, other = one.astimezone(UTC), other.astimezone(UTC)
    assert (times.stamp(one) < times.stamp(other)) == (one < other)


@given(instants)
def test_a_stamp_is_read_back_exactly(moment: datetime) -> None:
    assert times.instant(times.stamp(moment)) == moment.astimezone(UTC)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        times.stamp(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    "text", ["2026-01-05", "2026-01-05T01:02:03Z", "2026-01-05T01:02:03.0", ""]
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        times.instant(text)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 4, 15, 59, 59, tzinfo=UTC), date(2026, 1, 4)),
        (datetime(2026, 1, 4, 16, 0, tzinfo=UTC), date(2026, 1, 5)),
        (datetime(2026, 1, 5, 0, 0, tzinfo=timezone(timedelta(hours=8))), date(2026, 1, 5)),
        (datetime(2026, 1, 4, 20, 0, tzinfo=timezone(timedelta(hours=-5))), date(2026, 1, 5)),
        # Summer time was UTC+9 in 1986 to 1991.
        (datetime(1988, 7, 1, 15, 30, tzinfo=UTC), date(1988, 7, 2)),
        (datetime(1988, 1, 1, 15, 30, tzinfo=UTC), date(1988, 1, 1)),
        (datetime(1991, 9, 14, 14, 59, tzinfo=UTC), date(1991, 9, 14)),
        (datetime(1992, 7, 1, 15, 30, tzinfo=UTC), date(1992, 7, 1)),
    ],
)
def test_a_day_is_counted_in_china(moment: datetime, day: date) -> None:
    assert times.civil_day(moment) == day


FAR = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""What a certificate bears that has no well-defined end (RFC 5280, 4.1.2.5)."""


def test_what_never_ends_ends_with_the_last_year_that_there_is() -> None:
    assert times.civil_day(FAR) == date(9999, 12, 31)
    assert times.in_china(FAR).strftime("%Y-%m-%d %H:%M:%S") == "9999-12-31 23:59:59"
    last = datetime(9999, 12, 31, 15, 59, 58, tzinfo=UTC)
    assert times.in_china(last) == last
