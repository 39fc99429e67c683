"""How the clock of one item stands on a day."""

from __future__ import annotations

from datetime import date

import pytest

from exchange.store.delivery_rows import DeliveryRow
from matters import terms, working_days
from matters.terms import Pause, Term
from zhida import clock
from zhida.clock import NEAR, OVERDUE, UNKNOWN, Reading, Stops

KNOWN = working_days.of(None)
BEGINS = date(2026, 3, 2)  # a Monday


def term(legal: str = "5 working days", remind: str = "2 working days before") -> Term:
    ahead = terms.ahead(remind) if remind else None
    return Term(terms.legal(legal), "form/day", "甲", remind=ahead, pauses_while=("papers",))


def at(day: str, told: Term | None = None, stops: Stops | None = None) -> Reading:
    today = date.fromisoformat(day)
    return clock.read(told or term(), BEGINS, today, holidays=KNOWN, stops=stops or Stops())


def sent(item: str, state: str, since: str, until: str = "") -> DeliveryRow:
    stamp = "{}T02:00:00.000000Z".format
    over = stamp(until) if until else ""
    return DeliveryRow("e", "c", item, "desk", "ask", "", state, 1, stamp(since), over, "")


@pytest.mark.parametrize(
    ("day", "stage", "left"),
    [
        ("2026-03-02", "", 5),
        ("2026-03-04", "", 3),
        ("2026-03-05", NEAR, 2),
        ("2026-03-07", NEAR, 1),
        ("2026-03-09", NEAR, 0),
        ("2026-03-10", OVERDUE, -1),
        ("2026-03-15", OVERDUE, -4),
    ],
)
def test_a_reminder_comes_first_and_the_last_day_is_still_in_time(
    day: str, stage: str, left: int
) -> None:
    found = at(day)
    assert found.due == date(2026, 3, 9)
    assert (found.stage(date.fromisoformat(day)), found.left) == (stage, left)
    assert found.in_working_days


def test_without_a_reminder_only_the_end_is_told() -> None:
    assert at("2026-03-09", term(remind="")).stage(date(2026, 3, 9)) == ""


def test_calendar_days_are_counted_as_such() -> None:
    found = at("2026-03-07", term("10 days", "3 days before"))
    assert (found.due, found.left, found.in_working_days) == (date(2026, 3, 12), 5, False)


def test_while_somebody_is_asked_the_clock_stands_still() -> None:
    """Asked on Tuesday: four working days are left then, and on every day until the answer."""
    for day in ("2026-03-04", "2026-03-06", "2026-03-13"):
        today = date.fromisoformat(day)
        stops = clock.stops(term(), [sent("papers", "stored", "2026-03-03")], today)
        found = at(day, stops=stops)
        assert (found.paused, found.left, found.stage(today)) == (True, 4, "")
    over = [sent("papers", "applied", "2026-03-03", "2026-03-13")]
    found = at("2026-03-16", stops=clock.stops(term(), over, date(2026, 3, 16)))
    assert (found.paused, found.due, found.left) == (False, date(2026, 3, 19), 3)


def test_only_what_waits_on_the_person_that_the_matter_names_stops_the_clock() -> None:
    rows = [
        sent("papers", "unknown", "2026-03-03"),
        sent("papers", "sent", "2026-03-03"),
        sent("other", "stored", "2026-03-03"),
    ]
    assert clock.stops(term(), rows, date(2026, 3, 6)) == Stops()
    again = [sent("papers#1", "refused", "2026-03-03", "2026-03-04")]
    assert clock.stops(term(), again, date(2026, 3, 6)) == Stops(
        (Pause(date(2026, 3, 3), date(2026, 3, 4)),)
    )


def test_what_stops_after_the_end_has_no_pause_to_show() -> None:
    stops = clock.stops(term(), [sent("papers", "stored", "2026-03-11")], date(2026, 3, 12))
    found = at("2026-03-12", stops=stops)
    assert (found.paused, found.due, found.stage(date(2026, 3, 12))) == (
        False, date(2026, 3, 9), OVERDUE,
    )  # fmt: skip


def test_a_year_that_nobody_knows_is_told_as_unknown() -> None:
    today = date(2026, 12, 30)
    found = clock.read(term("5 working days"), today, today, holidays=KNOWN, stops=Stops())
    assert (found.due, found.left, found.stage(today)) == (None, None, UNKNOWN)
    assert found.doubt is not None
    assert found.doubt.code == "calendar.no-year"


def test_a_calendar_period_into_such_a_year_is_told_with_its_earliest_end() -> None:
    today = date(2026, 12, 30)
    told = term("1 month", "5 days before")
    found = clock.read(told, date(2026, 12, 5), today, holidays=KNOWN, stops=Stops())
    assert (found.due, found.left, found.stage(today)) == (date(2027, 1, 5), 6, "")
    assert found.doubt is not None
