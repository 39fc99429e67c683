"""A dispute's way: every time that a period ran, who had it when it was over, what the ladder no longer knows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from exchange import times
from matters import ladder_clocks, mediation_trail, working_days
from matters.ladder_parts import Event
from matters.mediation_trail import Missed, Trail
from tests.matters.ladders import MEDIATION, event

HOLIDAYS = working_days.of(None)
MONDAY = datetime(2026, 3, 2, 10, tzinfo=times.CHINA)
LATER = datetime(2026, 12, 1, 10, tzinfo=times.CHINA)


def way(*told: tuple[str, float]) -> Trail:
    """Events and the days after a Monday on which they happened; ``diverted>union`` hands over."""
    events = []
    for each, days in told:
        name, _, to = each.partition(">")
        events.append(event(name, MONDAY + timedelta(days=days), to=to))
    return mediation_trail.trail(MEDIATION, "LT-1", events)


def missed(trail: Trail, period: str, now: datetime = LATER) -> list[Missed]:
    ran = mediation_trail.runs(MEDIATION.clocks[period], trail.events, HOLIDAYS)
    found = [mediation_trail.missed(each, trail, now, HOLIDAYS) for each in ran]
    return [each for each in found if each is not None]


def test_where_it_stood_is_kept_event_by_event() -> None:
    told = way(("registered", 0), ("diverted>union", 0), ("handed-over>people-mediation", 1))
    assert [each.holder for each in told.after] == ["", "union", "people-mediation"]
    assert told.before(1).state("dispute") == "registered"
    assert told.standing.state("dispute") == "diverted"


def test_what_the_ladder_no_longer_knows_is_counted_and_left_out() -> None:
    told = way(("registered", 0), ("agreed", 1), ("diverted", 2))
    assert [each.name for each in told.events] == ["registered", "diverted"]
    assert told.strange == 1


def test_nothing_has_happened() -> None:
    told = mediation_trail.trail(MEDIATION, "LT-1", [])
    assert (told.events, told.standing.states) == ((), {})


def test_a_period_that_was_kept_the_second_time_was_still_missed_the_first() -> None:
    told = way(("registered", 0), ("diverted>union", 0), ("declined", 7), ("diverted", 7), ("accepted", 8))  # fmt: skip
    (first,) = missed(told, "acceptance")
    assert (first.run.begun, first.run.ended) == (1, 2)
    assert times.civil_day(first.at) == date(2026, 3, 6)  # three working days: Thursday is the last
    assert missed(told, "triage") == []


def test_a_period_that_begins_anew_is_a_run_of_its_own() -> None:
    told = way(
        ("registered", 0), ("diverted>union", 0), ("handed-over", 2), ("handed-over>union", 9)
    )
    ran = mediation_trail.runs(MEDIATION.clocks["acceptance"], told.events, HOLIDAYS)
    assert [(each.begun, each.ended) for each in ran] == [(1, 2), (2, 3), (3, None)]
    assert [each.run.begun for each in missed(told, "acceptance", MONDAY + timedelta(days=9))] == [
        2
    ]


def test_who_had_it_when_it_was_over_is_who_had_it_then() -> None:
    told = way(("registered", 0), ("diverted>union", 0), ("declined", 9))
    (found,) = missed(told, "acceptance")
    assert told.after[found.place].holder == "union"
    assert found.place == 1


def test_the_last_day_is_in_time_and_the_next_is_not() -> None:
    told = way(("registered", 0), ("diverted", 0), ("accepted", 3))
    assert missed(told, "acceptance") == []
    assert missed(way(("registered", 0), ("diverted", 0), ("accepted", 4)), "acceptance") != []


def test_nobody_is_blamed_where_nobody_knows_the_holidays() -> None:
    far = datetime(2040, 3, 5, 10, tzinfo=times.CHINA)
    events = [event("registered", far), event("diverted", far)]
    told = mediation_trail.trail(MEDIATION, "LT-1", events)
    (run,) = mediation_trail.runs(MEDIATION.clocks["acceptance"], told.events, HOLIDAYS)
    assert mediation_trail.in_doubt(run, HOLIDAYS)
    assert missed(told, "acceptance", far + timedelta(days=90)) == []


def test_a_last_day_that_may_be_a_later_one_is_in_doubt_too() -> None:
    """Fifteen days end on a certain day, or on the first working day after it: nobody knows which."""
    far = datetime(2040, 3, 5, 10, tzinfo=times.CHINA)
    events = [event(name, far) for name in ("registered", "diverted", "accepted")]
    told = mediation_trail.trail(MEDIATION, "LT-1", events)
    (run,) = mediation_trail.runs(MEDIATION.clocks["promise"], told.events, HOLIDAYS)
    assert run.running.due(HOLIDAYS).day == date(2040, 3, 20)
    assert mediation_trail.in_doubt(run, HOLIDAYS)
    assert missed(told, "promise", far + timedelta(days=90)) == []


def test_minutes_need_no_calendar() -> None:
    far = datetime(2040, 3, 5, 10, tzinfo=times.CHINA)
    events = [event("registered", far), event("response-called", far)]
    told = mediation_trail.trail(MEDIATION, "LT-1", events)
    assert missed(told, "response", far + timedelta(minutes=29)) == []
    assert len(missed(told, "response", far + timedelta(minutes=30))) == 1


@given(
    st.lists(st.tuples(st.sampled_from(sorted(MEDIATION.says)), st.integers(0, 40)), max_size=25)
)
def test_the_last_run_is_what_the_clock_itself_says(told: list[tuple[str, int]]) -> None:
    """Whatever happens, in any order: open here if and only if the clock runs, from the same moment."""
    at, events = MONDAY, list[Event]()
    for name, days in told:
        at += timedelta(days=days, minutes=1)
        events.append(event(name, at))
    for clock in MEDIATION.clocks.values():
        ran = mediation_trail.runs(clock, events, HOLIDAYS)
        now = ladder_clocks.reckon(clock, events, HOLIDAYS)
        going = [each.running for each in ran if each.ended is None]
        assert going == ([now] if now is not None and now.stopped is None else [])
        for one, other in pairwise(ran):
            assert one.ended is not None and one.ended <= other.begun
        assert (ran == []) == (now is None)


def test_nobody_is_late_with_anything_of_a_dispute_that_is_over() -> None:
    told = [("registered", 0), ("arbitration-applied", 0), ("arbitration-accepted", 1)]
    (late,) = missed(way(*told), "service")
    assert late.over
    early = way(*told, ("awarded", 4), ("closed", 5))  # the fifth day is the last
    assert missed(early, "service") == []
    (past,) = missed(way(*told, ("awarded", 40), ("closed", 41)), "service")
    assert not past.over, "it was missed, but nothing is left to do"


def test_legal_aid_that_goes_on_does_not_keep_the_disputes_own_periods_open() -> None:
    told = [
        ("registered", 0),
        ("aid-applied", 0),
        ("aid-granted", 0),
        ("advised", 0),
        ("closed", 1),
    ]
    found = way(*told)
    assert found.ended(MEDIATION.clocks["triage"]) == found.events[-1].at
    assert found.ended(MEDIATION.clocks["aid-review"]) is None
    (late,) = missed(found, "aid-assignment")
    assert late.over
    again = way(*told, ("reopened", 3))
    assert again.ended(MEDIATION.clocks["triage"]) is None
