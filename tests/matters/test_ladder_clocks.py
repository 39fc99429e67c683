"""Periods by events: begun, interrupted, suspended, extended, counted back, over. The days themselves are
held against a table computed by hand in ``tests/mediation/test_deadlines.py``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange import times
from matters import ladder_clocks, working_days
from matters.ladder_clocks import Running
from matters.ladder_parts import Event
from tests.matters.ladders import MEDIATION

KNOWN = working_days.of(None)
MARCH = datetime(2026, 3, 2, 10, tzinfo=times.CHINA)


def said(name: str, days: float) -> Event:
    return Event(name, MARCH + timedelta(days=days), "hub")


def after(clock: str, *told: tuple[str, float]) -> Running:
    events = [said(name, days) for name, days in told]
    found = ladder_clocks.reckon(MEDIATION.clocks[clock], events, KNOWN)
    assert found is not None
    return found


def test_the_last_day_is_still_in_time_and_the_next_is_not() -> None:
    running = after("mediation", ("mediation-applied", 0))
    assert running.due(KNOWN).day == date(2026, 3, 17)
    last = datetime(2026, 3, 17, 23, 59, 59, tzinfo=times.CHINA)
    assert not running.is_over(last, KNOWN)
    assert running.is_over(last + timedelta(seconds=1), KNOWN)


def test_a_period_in_minutes_ends_at_its_minute() -> None:
    running = after("response", ("response-called", 0))
    assert running.ends(KNOWN) == MARCH + timedelta(minutes=30)
    assert not running.is_over(MARCH + timedelta(minutes=29, seconds=59), KNOWN)
    assert running.is_over(MARCH + timedelta(minutes=30), KNOWN)


def test_what_is_stopped_is_never_over_and_begins_anew_with_its_event() -> None:
    stopped = after("promise", ("accepted", 0), ("failed", 3))
    assert not stopped.is_over(MARCH + timedelta(days=400), KNOWN)
    again = after("promise", ("accepted", 0), ("failed", 3), ("accepted", 10))
    assert again.stopped is None
    assert again.due(KNOWN).day == date(2026, 3, 27)


def test_a_second_start_does_not_make_a_running_period_longer() -> None:
    assert after("promise", ("accepted", 0), ("accepted", 9)).due(KNOWN) == after(
        "promise", ("accepted", 0)
    ).due(KNOWN)


def test_while_it_is_suspended_nobody_can_tell_its_end() -> None:
    running = after("promise", ("accepted", 0), ("suspended", 3))
    assert running.ends(KNOWN) is None
    assert not running.is_over(MARCH + timedelta(days=300), KNOWN)


def test_an_extension_after_the_end_is_none() -> None:
    late = after("award", ("arbitration-accepted", 0), ("award-extended", 50))
    assert late.due(KNOWN) == after("award", ("arbitration-accepted", 0)).due(KNOWN)


def test_a_new_hearing_takes_the_place_of_the_first() -> None:
    running = after("hearing-notice", ("hearing-set", 7), ("hearing-set", 15))
    assert running.due(KNOWN).day == date(2026, 3, 12)


def test_a_period_that_nobody_began_is_none() -> None:
    assert ladder_clocks.reckon(MEDIATION.clocks["award"], [said("registered", 0)], KNOWN) is None


def test_of_a_year_that_is_not_known_the_doubt_is_told() -> None:
    due = after("limitation", ("right-known", 300)).due(KNOWN)
    assert due.day == date(2027, 12, 27)
    assert due.doubt is not None


@given(st.lists(st.integers(0, 300), min_size=1, max_size=5))
def test_an_interruption_in_time_always_gives_a_whole_year(days: list[int]) -> None:
    told = [("right-known", 0.0), *(("demanded", float(day)) for day in sorted(days))]
    due = after("limitation", *told).due(KNOWN).day
    assert due is not None
    assert due >= (MARCH + timedelta(days=max(days) + 365)).date()


def test_whose_clock_is_behind_says_it_after_all_the_same() -> None:
    told = [
        said("registered", 1),
        said("diverted", 1.001),
        said("accepted", 1),
        said("right-known", -30),
    ]
    names = [each.name for each in ladder_clocks.in_order(MEDIATION, told)]
    assert names == ["right-known", "registered", "diverted", "accepted"]
    running = ladder_clocks.reckon(
        MEDIATION.clocks["acceptance"], ladder_clocks.in_order(MEDIATION, told), KNOWN
    )
    assert running is not None
    assert running.stopped == MARCH + timedelta(days=1)


def test_a_wrong_day_is_corrected_by_telling_the_fact_again_earlier_or_later() -> None:
    for wrong, right in ((-300, -100), (-100, -300)):
        told = [said("right-known", wrong), said("registered", 0), said("right-known", right)]
        kept = ladder_clocks.in_order(MEDIATION, told)
        assert [each.name for each in kept] == ["right-known", "registered"]
        assert kept[0].at == MARCH + timedelta(days=right)
    twice = [said("demanded", -50), said("demanded", -20)]
    assert ladder_clocks.in_order(MEDIATION, twice) == twice, "what may happen twice counts twice"
