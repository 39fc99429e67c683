"""Periods of a building: from when, what stands still, who is called; days reckoned by hand.

March 2026 begins on a Sunday; the Tomb-Sweeping holiday is April 4 to 6 (国办发明电〔2025〕7号).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from exchange import times
from matters import acceptance_clocks, working_days
from matters.acceptance_clocks import WHOLE, Call
from tests.matters.houses import House, fail, remedy

HOLIDAYS = working_days.of(None)


def at(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), times.CHINA)


def calls(house: House, day: str) -> list[Call]:
    return acceptance_clocks.calls(house.plan, house.events, at(day), HOLIDAYS)


def due(house: House) -> dict[str, str]:
    found = acceptance_clocks.running(house.plan, house.events, HOLIDAYS)
    return {each.clock.name: str(each.due(HOLIDAYS).day) for each in found if each.stopped is None}


def test_ten_working_days_from_when_it_was_handed_over() -> None:
    assert due(House().to_joint())["fire"] == "2026-03-16"


def test_a_correction_begins_it_anew_and_the_owner_s_days_are_not_the_unit_s() -> None:
    house = House().to_joint()
    house.say("correction-asked", "fire", materials={"alarm": ""})
    assert "fire" not in due(house)
    assert [each for each in calls(house, "2026-12-01") if each.item == "fire"] == []
    house.later(days=7).hand_in("alarm", version="2")
    assert due(house)["fire"] == "2026-03-23"


def test_a_test_and_experts_do_not_count() -> None:
    house = House().to_joint()
    house.say("paused", "fire", why="test")
    house.later(days=7).say("resumed", "fire")
    assert due(house)["fire"] == "2026-03-23"


def test_what_is_over_can_t_be_hidden_by_a_pause() -> None:
    house = House().to_joint().later(days=20)
    house.say("paused", "fire", why="expert")
    assert [each.item for each in calls(house, "2026-03-24") if each.over] == [
        "fire", "shelter", "plan", "trees",
    ]  # fmt: skip


def test_the_unit_is_reminded_and_the_lead_called() -> None:
    house = House().to_joint()
    assert [(c.item, c.over, c.role) for c in calls(house, "2026-03-12")] == [
        ("fire", False, "fire")
    ]
    late = next(each for each in calls(house, "2026-03-17") if each.item == "fire")
    assert (late.over, late.role, late.last_day) == (True, "lead", date(2026, 3, 16))
    assert late.since == at("2026-03-17")
    house.passes("fire")
    assert "fire" not in {each.item for each in calls(house, "2026-03-17")}


def test_the_whole_counts_no_day_on_which_only_the_owner_has_something_to_do() -> None:
    house = House().to_joint()
    assert due(house)[WHOLE] == "2026-05-08"  # 45 working days; April 6 and May 1 to 5 are holidays
    house.passes("shelter", "plan", "trees")
    fail(house, "fire")
    house.say("opinion", verdict="fail")
    house.later(days=14).say("fixed", "fire")
    house.begin("fire")
    assert due(house)[WHOLE] == "2026-05-21"  # from the 3rd, after the notice, to the 17th


def test_the_whole_begins_with_the_first_item_of_its_own_stage() -> None:
    house = House()
    house.hand_in("survey", "steel", "drawing", "alarm", "doors")
    house.begin("base")
    house.later(days=7).passes("base")
    assert WHOLE not in due(house)
    house.begin("frame")
    house.passes("frame")
    house.begin("fire")
    assert due(house)[WHOLE] == "2026-05-14"  # 45 working days from the 9th; May 9 is one of them


def test_a_period_ends_with_a_paper_that_is_replaced_and_begins_anew_with_it() -> None:
    house = House().to_joint()
    house.hand_in("alarm", version="2")
    assert "fire" not in due(house)
    house.later(days=7).begin("fire")
    assert due(house)["fire"] == "2026-03-23"


def test_an_extension_makes_the_whole_longer_unless_it_was_over() -> None:
    house = House().to_joint()
    house.say("extended")
    assert due(house)[WHOLE] == "2026-05-28"
    late = House().to_joint().later(days=90)
    late.say("extended")
    assert due(late)[WHOLE] == "2026-05-08"


def test_the_whole_ends_with_the_lead_s_pass() -> None:
    house = House().to_joint()
    house.passes("fire", "shelter", "plan", "trees")
    house.say("opinion", verdict="pass")
    assert due(house) == {}


def test_what_the_owner_was_to_mend_calls_its_unit_and_then_the_lead() -> None:
    house = House().to_joint()
    house.passes("shelter", "plan", "trees")
    remedy(house, "fire", date(2026, 3, 20))
    assert calls(house, "2026-03-16") == []
    (near,), (over,) = calls(house, "2026-03-17"), calls(house, "2026-03-21")
    assert (near.over, near.role, near.since) == (False, "fire", at("2026-03-17"))
    assert (over.over, over.role, over.since) == (True, "lead", at("2026-03-21"))
    assert near.last_day == over.last_day == date(2026, 3, 20)
    house.say("fixed", "fire")
    assert calls(house, "2026-03-21") == []


def test_nothing_of_what_was_withdrawn_calls_anybody() -> None:
    house = House().to_joint()
    house.say("withdrawn")
    assert calls(house, "2026-12-01") == []


@pytest.mark.parametrize(("days", "may"), [(0, True), (7, True), (8, False)])
def test_corrections_may_be_asked_for_five_working_days_long(days: int, may: bool) -> None:
    house = House().to_joint()
    begun = house.standing.part("fire").since
    assert begun is not None
    then = begun + timedelta(days=days)
    assert acceptance_clocks.may_ask(house.plan, house.events, "fire", then, HOLIDAYS) is may
