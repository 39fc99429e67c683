"""What each stage waited for last, and who had it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

from matters import acceptance_critical
from matters.acceptance_critical import Leg
from matters.acceptance_plan import Plan
from tests.matters.houses import PLAN, PROCEDURE, House, fail


def legs(house: House) -> list[Leg]:
    return acceptance_critical.legs(PLAN, house.events, house.at)


def test_each_stage_has_the_item_that_came_last_and_the_lead_its_own_leg() -> None:
    house = House().to_joint()
    house.passes("plan", "trees", "shelter")
    fail(house, "fire")
    house.later(days=10).say("fixed", "fire")
    house.begin("fire")
    house.later(days=4)
    house.passes("fire")
    house.later(days=2).say("opinion", verdict="pass")
    found = legs(house)
    assert [(leg.stage, leg.item) for leg in found] == [
        ("foundation", "base"), ("structure", "frame"), ("joint", "fire"), ("opinion", "opinion"),
        ("filing", "record"),
    ]  # fmt: skip
    joint = dict(found[2].waits)
    assert (joint["owner"].days, joint["fire"].days) == (10, 4)
    assert found[2].waits[0][0] == "owner", "the longest first"
    assert found[3].waits == (("lead", timedelta(days=2, hours=1)),)
    assert found[4].until is None


def test_legs_follow_one_another_without_a_gap() -> None:
    house = House().to_joint()
    house.passes("plan", "trees", "shelter", "fire")
    house.say("opinion", verdict="pass")
    house.hand_in("sheet")
    house.begin("record")
    house.passes("record")
    house.say("delivered")
    found = legs(house)
    for one, other in itertools.pairwise(found):
        assert one.until == other.since
    assert sum((leg.until - leg.since for leg in found if leg.until), timedelta()) == (
        house.events[-2].at - house.events[0].at
    )


def test_a_test_that_was_waited_for_is_told_apart() -> None:
    house = House().to_joint()
    house.passes("plan", "trees", "shelter")
    house.say("paused", "fire", why="test")
    house.later(days=7).say("resumed", "fire")
    house.passes("fire")
    assert dict(legs(house)[2].waits)["fire/test"].days == 7


def test_where_there_is_but_one_stage_the_lead_has_no_leg_of_its_own() -> None:
    only: dict[str, Any] = {
        name: {"record": getattr(PROCEDURE, name)["record"]} for name in ("items", "checks")
    }
    stages = {"filing": PROCEDURE.stages["filing"]}
    house = House(Plan(replace(PROCEDURE, stages=stages, **only), {}))
    found = acceptance_critical.legs(house.plan, house.events, house.at)
    assert [(leg.stage, leg.item) for leg in found] == [("filing", "record")]
