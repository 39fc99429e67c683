"""Who had what in hand, and from when to when."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from matters import acceptance_spans
from matters.acceptance_spans import Span
from tests.matters.houses import PLAN, House, fail


def of(house: House, item: str) -> list[Span]:
    return [each for each in acceptance_spans.spans(PLAN, house.events) if each.item == item]


def test_an_item_goes_from_its_unit_to_the_owner_and_back() -> None:
    house = House().to_joint()
    fail(house, "fire")
    house.later(days=3).say("fixed", "fire")
    house.begin("fire")
    house.say("paused", "fire", why="test")
    house.say("resumed", "fire")
    house.passes("fire")
    told = [(each.role, each.paused) for each in of(house, "fire")]
    assert told == [
        ("hub", ""), ("fire", ""), ("owner", ""), ("hub", ""), ("fire", ""), ("fire", "test"), ("fire", ""),
    ]  # fmt: skip
    owner = of(house, "fire")[2]
    assert owner.until is not None
    assert owner.until - owner.since == timedelta(days=3, hours=1)


def test_spans_of_an_item_touch_and_never_overlap() -> None:
    house = House().to_joint()
    fail(house, "fire")
    house.say("fixed", "fire", parts={"plan"})
    for name in PLAN.items:
        for one, other in pairwise(of(house, name)):
            assert one.until is not None
            assert one.until <= other.since


def test_a_building_that_ended_is_in_nobody_s_hand() -> None:
    house = House().to_joint()
    house.say("withdrawn")
    assert all(each.until for each in acceptance_spans.spans(PLAN, house.events))


def test_only_the_owner_has_something_to_do() -> None:
    house = House()
    assert acceptance_spans.only_owner(PLAN, house.standing)
    house.hand_in("survey")
    assert not acceptance_spans.only_owner(PLAN, house.standing)
