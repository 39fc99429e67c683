"""Spreads out of counts are those of the numbers written out."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from statistics import fmean, median_low

from hypothesis import given
from hypothesis import strategies as st

from exchange.store.grant_paid_rows import Paid
from matters import working_days
from zhida.report_days import FEW, Spans, day_of, share, spread

NUMBERS = st.lists(st.integers(-5, 60), min_size=1, max_size=60)


@given(NUMBERS)
def test_a_spread_is_that_of_the_numbers_themselves(numbers: list[int]) -> None:
    told = spread(Counter(numbers))
    assert (told["count"], told["median"]) == (len(numbers), median_low(numbers))
    ranked = sorted(numbers)
    assert told["p90"] == ranked[-(-len(ranked) * 9 // 10) - 1]
    assert abs(told["mean"] - fmean(numbers)) <= 0.05 + 1e-9
    assert told["few"] == (len(numbers) < FEW)


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_a_share_never_tells_more_than_there_is(part: int, more: int) -> None:
    told = share(part, part + more)
    assert told is not None
    assert told * (part + more) <= part * 100 < (told + 1) * (part + more)


def test_working_days_leave_out_the_spring_festival() -> None:
    holidays = working_days.of(None)
    told = Spans(holidays).told([Paid("p", "2026-02-13", "2026-02-24T16", 3)])
    days = (date(2026, 2, 13) + timedelta(days=n + 1) for n in range(12))
    assert told["days"] == spread({12: 3})
    assert told["working_days"] == spread({sum(map(holidays.is_working, days)): 3})
    assert told["working_days"]["median"] < 5


def test_a_year_that_nobody_knows_is_unknown_and_not_zero() -> None:
    told = Spans(working_days.of(None)).told(
        [Paid("p", "2099-01-05", "2099-01-06T01", 2), Paid("p", "2026-01-05", "2026-01-06T01", 1)]
    )
    assert told["unknown"] == 2
    assert told["working_days"]["count"] == 1
    assert told["days"]["count"] == 3


def test_the_day_is_china_s() -> None:
    assert day_of("2025-12-31T16") == date(2026, 1, 1)
