"""What a registration implies: the events that its dates are, and the days that are left."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import times
from matters import triage, triage_fields, triage_file, working_days
from tests.matters.ladders import MEDIATION

RULES = triage_file.load(triage_file.SHIPPED, MEDIATION)
HOLIDAYS = working_days.of(None)
ALL = {
    "right_known": "2025-05-06",
    "wages_due": "2025-04-15",
    "employment_began": "2020-01-02",
    "employment_ended": "2025-05-06",
    "act_ended": "2025-05-05",
}


def told(kind: str, dates: dict[str, str] | None = None, *more: tuple[str, str]) -> dict[str, Any]:
    interruptions = [{"on": day, "what": what} for day, what in more]
    return {"kind": kind, "dates": dates or {}, "interruptions": interruptions}


def names(record: dict[str, Any]) -> list[str]:
    return [each.name for each in triage_fields.marks(record)]


def test_marks_are_told_by_the_hub_at_the_start_of_their_day_in_china_oldest_first() -> None:
    found = triage_fields.marks(told("injury", ALL, ("2025-04-20", "demanded")))
    assert [each.name for each in found] == [
        "wages-due", "demanded", "act-ended", "right-known", "employment-ended"
    ]  # fmt: skip
    assert {each.role for each in found} == {"hub"}
    assert found[0].at == datetime(2025, 4, 15, tzinfo=times.CHINA)
    assert all(MEDIATION.says[each.name].marks for each in found)


@pytest.mark.parametrize("kind", ["wages", "overtime"])
def test_of_remuneration_there_is_no_limit_from_the_day_it_was_known(kind: str) -> None:
    assert names(told(kind, {"right_known": "2020-01-02"})) == []
    assert names(told(kind, ALL)) == ["wages-due", "act-ended", "employment-ended"]


def test_the_end_of_the_employment_begins_no_limit_where_no_wages_are_in_dispute() -> None:
    dates = {"right_known": "2026-01-05", "employment_ended": "2020-01-02"}
    assert names(told("injury", dates)) == ["right-known"]
    assert "employment-ended" in names(told("injury", dates | {"wages_due": "2020-01-15"}))


def test_what_is_not_stated_implies_nothing() -> None:
    assert names({"kind": "other"}) == []
    assert triage_fields.last_days(MEDIATION, {"kind": "other"}, HOLIDAYS) == {}


@pytest.mark.parametrize(
    ("record", "period", "last"),
    [
        (told("injury", {"right_known": "2025-05-06"}), "limitation", "2026-05-06"),
        # it began anew; 2026-06-13 is a Saturday
        (told("injury", {"right_known": "2025-05-06"}, ("2025-06-13", "referred")), "limitation", "2026-06-15"),
        # asked for when it was over: nothing begins anew, unless the other side consented
        (told("injury", {"right_known": "2024-01-08"}, ("2025-03-03", "demanded")), "limitation", "2025-01-08"),
        (told("injury", {"right_known": "2024-01-08"}, ("2025-03-03", "consented")), "limitation", "2026-03-03"),
        (told("wages", {"employment_ended": "2025-05-06"}), "wage-limitation", "2026-05-06"),
        (told("wages", {"act_ended": "2024-05-06"}), "inspection-bar", "2026-05-06"),
    ],
)  # fmt: skip
def test_last_days_are_those_of_the_ladders_periods(
    record: dict[str, Any], period: str, last: str
) -> None:
    found = triage_fields.last_days(MEDIATION, record, HOLIDAYS)
    assert found == {period: date.fromisoformat(last)}


def test_interruptions_of_the_same_day_as_the_beginning_come_after_it() -> None:
    """Otherwise a demand of that day would be one of a period that had not begun."""
    record = told("injury", {"right_known": "2025-05-06"}, ("2025-05-06", "demanded"))
    assert names(record) == ["right-known", "demanded"]


@pytest.mark.parametrize(
    ("today", "left", "to"),
    [("2026-04-05", 31, "people"), ("2026-04-06", 30, "arbitration"), ("2026-05-07", -1, "arbitration")],
)  # fmt: skip
def test_a_limit_that_is_near_leads_to_arbitration(today: str, left: int, to: str) -> None:
    record = told("injury", {"right_known": "2025-05-06"})
    days = triage_fields.last_days(MEDIATION, record, HOLIDAYS)
    found = triage_fields.fields(record, days, date.fromisoformat(today))
    assert found["/left/limitation"] == left
    assert triage.decide(RULES, found).to == to


def test_the_registrations_leaves_are_the_cases() -> None:
    record = told("injury") | {"workers": 3, "risk": False, "worker": {"job": "焊工"}}
    found = triage_fields.fields(record, {}, date(2026, 3, 2))
    assert found == {
        "/case/kind": "injury",
        "/case/workers": 3,
        "/case/risk": False,
        "/case/worker/job": "焊工",
    }


days = st.dates(date(2024, 1, 1), date(2026, 6, 30)).map(date.isoformat)
what = st.sampled_from(["demanded", "referred", "consented"])


@given(st.sampled_from(["wages", "injury"]), st.lists(st.tuples(days, what), max_size=5), days)
def test_a_further_interruption_never_brings_the_limit_nearer(
    kind: str, before: list[tuple[str, str]], on: str
) -> None:
    """An interruption is good for the worker, whenever it was and in whatever order it is told."""
    dates = {"right_known": "2025-01-06", "employment_ended": "2025-01-06"}
    one = triage_fields.last_days(MEDIATION, told(kind, dates, *before), HOLIDAYS)
    more = told(kind, dates, (on, "demanded"), *before)
    two = triage_fields.last_days(MEDIATION, more, HOLIDAYS)
    assert one.keys() == two.keys()
    assert all(two[name] >= one[name] for name in one)


def test_the_last_day_of_each_interruption_counts_where_a_form_has_no_list() -> None:
    told = {"kind": "termination", "dates": {"right_known": "2025-01-02", "demanded": "2025-06-01"}}
    found = [(each.name, str(each.at.date())) for each in triage_fields.marks(told)]
    assert found == [("right-known", "2025-01-02"), ("demanded", "2025-06-01")]
