"""The last day of a legal period: 民法典 201–203, 行政许可法 82 and 45."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from matters import terms, working_days
from matters.terms import Ahead, Due, Pause, WorkingDays

KNOWN = working_days.of(None)
days = st.dates(date(2024, 1, 1), date(2026, 6, 30))


def last(text: str, begins: str, *pauses: tuple[str, str]) -> Due:
    spans = [Pause(date.fromisoformat(a), date.fromisoformat(b)) for a, b in pauses]
    return terms.last_day(terms.legal(text), date.fromisoformat(begins), KNOWN, spans)


@pytest.mark.parametrize(
    ("text", "begins", "end"),
    [
        ("1 working day", "2026-03-02", "2026-03-03"),
        ("1 working day", "2026-03-06", "2026-03-09"),
        ("1 working day", "2026-03-07", "2026-03-09"),
        (
            "3 working days",
            "2026-02-13",
            "2026-02-25",
        ),  # Saturday the 14th is worked, then 9 days off
        ("15 working days", "2026-04-30", "2026-05-25"),  # the 9th is worked
        ("5 working days", "2026-09-24", "2026-10-09"),
        ("30 days", "2026-03-02", "2026-04-01"),
        ("30 days", "2026-03-05", "2026-04-07"),  # 4 April, Qingming until the 6th
        ("1 month", "2026-01-15", "2026-02-24"),  # in the Spring Festival
        ("1 month", "2026-01-14", "2026-02-14"),  # a Saturday that is worked
        ("1 month", "2026-01-31", "2026-02-28"),  # the month's last, a Saturday that is worked
        ("1 month", "2026-06-11", "2026-07-13"),  # a Saturday
        ("2 hours", "2026-10-01", "2026-10-01"),
    ],
)
def test_known_last_days(text: str, begins: str, end: str) -> None:
    assert last(text, begins) == Due(date.fromisoformat(end))


@given(days, st.integers(1, 60))
def test_so_many_working_days_follow_the_day_of_the_event(begins: date, count: int) -> None:
    end = terms.last_day(WorkingDays(count), begins, KNOWN).day
    assert end is not None
    assert KNOWN.is_working(end)
    assert terms.between(begins, end, working=KNOWN) == count


@given(days, st.integers(1, 120))
def test_calendar_days_end_on_a_working_day_and_never_sooner_than_counted(
    begins: date, count: int
) -> None:
    end = terms.last_day(terms.legal(f"{count} days"), begins, KNOWN).day
    assert end is not None
    plain = begins + timedelta(days=count)
    assert end >= plain
    assert KNOWN.is_working(end)
    assert not any(KNOWN.is_working(plain + timedelta(days=n)) for n in range((end - plain).days))


def test_days_of_a_pause_do_not_count() -> None:
    assert last("5 working days", "2026-03-02") == Due(date(2026, 3, 9))
    assert last("5 working days", "2026-03-02", ("2026-03-03", "2026-03-05")) == Due(
        date(2026, 3, 11)
    ), "Wednesday and Thursday"
    assert last("10 days", "2026-03-02", ("2026-03-03", "2026-03-06")) == Due(date(2026, 3, 16)), (
        "three days more end on Sunday the 15th"
    )
    assert last("1 month", "2026-03-02", ("2026-03-10", "2026-03-12")) == Due(date(2026, 4, 7)), (
        "two days more end on 4 April, in Qingming"
    )


def test_a_pause_of_a_day_or_after_the_end_or_counted_twice_changes_nothing() -> None:
    plain = last("5 working days", "2026-03-02")
    assert last("5 working days", "2026-03-02", ("2026-03-04", "2026-03-04")) == plain
    assert last("5 working days", "2026-03-02", ("2026-03-09", "2026-03-20")) == plain
    once = last("5 working days", "2026-03-02", ("2026-03-03", "2026-03-05"))
    twice = last(
        "5 working days",
        "2026-03-02",
        ("2026-03-03", "2026-03-05"),
        ("2026-03-03", "2026-03-05"),
    )
    assert once == twice


@given(days, days, st.integers(0, 40), st.integers(1, 30))
def test_a_pause_never_brings_the_last_day_forward(
    begins: date, since: date, length: int, count: int
) -> None:
    pause = Pause(since, since + timedelta(days=length))
    plain = terms.last_day(WorkingDays(count), begins, KNOWN).day
    paused = terms.last_day(WorkingDays(count), begins, KNOWN, [pause]).day
    assert plain is not None
    assert paused is None or paused >= plain


def test_working_days_beyond_the_known_years_are_unknown() -> None:
    found = last("5 working days", "2026-12-28")
    assert found.day is None
    assert found.doubt is not None
    assert (found.doubt.code, found.doubt.facts["year"]) == ("calendar.no-year", 2027)
    assert last("3 working days", "2026-12-28") == Due(date(2026, 12, 31)), "all of it is known"


def test_of_a_calendar_period_the_earliest_last_day_is_certain() -> None:
    found = last("1 month", "2026-12-05")
    assert found.day == date(2027, 1, 5)
    assert found.doubt is not None
    assert found.doubt.code == "calendar.no-year"


def test_a_day_at_the_end_of_all_years_is_unknown_and_no_crash() -> None:
    assert last("1 month", "9999-12-31").day is None
    assert last("30 days", "9999-12-31").day is None


@pytest.mark.parametrize(
    ("text", "due", "day"),
    [
        ("5 days before", "2026-03-09", "2026-03-04"),
        ("1 working day before", "2026-03-09", "2026-03-06"),
        ("2 working days before", "2026-02-24", "2026-02-13"),
    ],
)
def test_a_reminder_is_counted_back_from_the_last_day(text: str, due: str, day: str) -> None:
    found = terms.reminder(terms.ahead(text), date.fromisoformat(due), KNOWN)
    assert found == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["", "5 days", "0 days before", "5 weeks before", "before", "５ days before"])  # fmt: skip
def test_any_other_reminder_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        terms.ahead(text)
    assert refused.value.code == "matter.ahead"


def test_days_left_are_negative_after_the_last_one() -> None:
    assert terms.between(date(2026, 3, 9), date(2026, 3, 6), working=None) == -3
    assert terms.between(date(2026, 3, 9), date(2026, 3, 6), working=KNOWN) == -1
    assert terms.ahead("3 days before") == Ahead(3, working=False)
