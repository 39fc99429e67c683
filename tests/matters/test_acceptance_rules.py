"""What may not be said, and why; each refusal with its code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from exchange.errors import Forbidden, Invalid, Rejected
from matters import acceptance_rules
from matters.acceptance_events import SAYS
from matters.acceptance_plan import Plan
from tests.matters.houses import PLAN, PROCEDURE, House, fail, remedy

Does = Callable[[House], Any]


def joint() -> House:
    return House().to_joint()


@pytest.mark.parametrize(
    ("does", "code"),
    [
        (lambda h: h.say("registered"), "not-now"),
        (lambda h: h.say("passed", "base"), "not-in-state"),
        (lambda h: h.say("assigned", "fire"), "not-in-state"),
        (lambda h: h.say("assigned", "record"), "too-early"),
        (lambda h: h.say("resumed", "fire"), "not-paused"),
        (lambda h: h.say("paused", "fire", why="holiday"), "pause"),
        (lambda h: (h.say("paused", "fire", why="test"), h.say("paused", "fire", why="expert")), "pause"),
        (lambda h: h.say("fixed", "fire"), "not-in-state"),
        (lambda h: h.say("lapsed", "base"), "not-lapsed"),
        (lambda h: (h.passes("plan"), h.say("lapsed", "plan"), h.say("lapsed", "plan")), "not-in-state"),
        (lambda h: (h.say("extended"), h.say("extended")), "extended"),
        (lambda h: h.say("opinion", verdict="maybe"), "opinion"),
        (lambda h: h.hand_in("alarm"), "same"),
        (lambda h: h.say("delivered"), "not-all"),
        (lambda h: (h.say("withdrawn"), h.say("visited", "fire")), "not-now"),
        (
            lambda h: (
                h.say("correction-asked", "fire", materials={"alarm": ""}),
                h.hand_in("alarm", version="2"),
                h.say("correction-asked", "fire", materials={"alarm": ""}),
            ),
            "asked-once",
        ),
        (
            lambda h: (
                h.say("correction-asked", "fire", materials={"alarm": ""}),
                h.passes("fire"),
            ),
            "not-in-state",
        ),
    ],
)  # fmt: skip
def test_what_can_t_be_where_it_stands_is_rejected(does: Does, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        does(joint())
    assert caught.value.code == f"acceptance.{code}"


@pytest.mark.parametrize(
    ("does", "code"),
    [
        (lambda h: h.say("submitted"), "nothing"),
        (lambda h: h.say("submitted", materials={"alarm": ""}), "nothing"),
        (lambda h: h.say("submitted", materials={"alarn": "x"}), "no-material"),
        (lambda h: h.say("fixed"), "nothing"),
        (lambda h: h.say("fixed", parts={"roof"}), "no-part"),
        (lambda h: h.say("correction-asked", "fire", materials={}), "asks-what"),
        (lambda h: h.say("correction-asked", "fire", materials={"doors": ""}), "asks-what"),
        (lambda h: h.say("failed", "fire"), "clauses"),
        (lambda h: h.say("failed", "fire", checks=("trees",)), "clauses"),
        (lambda h: h.say("failed", "fire", checks=("fier",)), "not-a-check"),
        (lambda h: h.say("passed", "fire", checks=("fire",)), "clauses"),
        (lambda h: h.say("remedy", "fire", checks=("fire",)), "until"),
        (lambda h: h.say("remedy", "fire", checks=("fire",), until=date(2026, 3, 1)), "until"),
        (lambda h: h.say("passed", "fire", until=date(2026, 4, 1)), "until"),
        (lambda h: h.say("passed", "fire", "plan"), "one-item"),
    ],
)
def test_what_names_nothing_or_something_strange_is_invalid(does: Does, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        does(joint())
    assert caught.value.code == f"acceptance.{code}"


def test_a_typing_mistake_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(Invalid) as caught:
        joint().say("submitted", materials={"alarn": "x"})
    assert caught.value.facts == {"name": "alarn", "nearest": "alarm"}


def test_an_event_that_there_is_not() -> None:
    house = joint()
    event = house.event("visited", "fire")
    told = event.__class__("visted", event.at, event.role, items=("fire",))
    with pytest.raises(Invalid, match=r"acceptance\.unknown-event"):
        acceptance_rules.require(house.plan, house.standing, told)


@pytest.mark.parametrize("name", sorted(SAYS))
def test_only_whose_it_is_may_say_it(name: str) -> None:
    """The item's own unit and no other; the lead's, the owner's and the hub's are nobody else's."""
    house = joint()
    items = ("fire",) if SAYS[name].item else ()
    with pytest.raises(Forbidden, match=r"acceptance\.not-theirs") as caught:
        house.say(name, *items, role="green")
    assert caught.value.facts["role"] == "green局"


def passed() -> House:
    house = joint()
    house.passes("fire", "shelter", "plan", "trees")
    house.say("opinion", verdict="pass")
    return house


@pytest.mark.parametrize(
    ("does", "code"),
    [
        (lambda h: h.say("lapsed", "plan"), "not-lapsed"),
        (lambda h: h.say("extended"), "extended"),
        (lambda h: h.say("opinion", verdict="pass"), "opinion"),
        (lambda h: h.say("opinion", verdict="fail"), "opinion"),
    ],
)
def test_after_the_lead_s_pass_nothing_that_it_rests_on_is_said(does: Does, code: str) -> None:
    house = passed()
    with pytest.raises(Rejected) as caught:
        does(house)
    assert caught.value.code == f"acceptance.{code}"


def test_where_all_have_passed_there_is_nothing_to_say_no_to() -> None:
    house = joint()
    house.passes("fire", "shelter", "plan", "trees")
    with pytest.raises(Rejected, match=r"acceptance\.not-all"):
        house.say("opinion", verdict="fail")


def test_a_paper_on_which_the_pass_rests_is_not_asked_for_anew_by_a_later_item() -> None:
    survey = PROCEDURE.materials["survey"]
    shared = replace(survey, consumers=survey.consumers | {"record"})
    told = replace(PROCEDURE, materials={**PROCEDURE.materials, "survey": shared})
    house = House(Plan(told, PLAN.fields)).to_joint()
    house.passes("fire", "shelter", "plan", "trees")
    house.say("opinion", verdict="pass")
    house.hand_in("sheet")
    house.begin("record")
    with pytest.raises(Rejected, match=r"acceptance\.decided") as caught:
        house.say("correction-asked", "record", materials={"survey": ""})
    assert caught.value.facts == {"items": "base、plan"}


def test_a_failed_one_can_t_pass_without_a_fix() -> None:
    house = joint()
    fail(house, "fire")
    with pytest.raises(Rejected, match=r"acceptance\.not-in-state"):
        house.passes("fire")
    remedy(house, "shelter", date(2026, 4, 1))
    with pytest.raises(Rejected, match=r"acceptance\.not-in-state"):
        house.passes("shelter")


def test_nobody_hands_in_or_asks_for_what_the_lead_has_yet_to_seal() -> None:
    """The hub does, once it is sealed; a revoked opinion takes it away again."""
    sheet = replace(PROCEDURE.materials["sheet"], fetched="seal.seal_document")
    told = replace(PROCEDURE, materials={**PROCEDURE.materials, "sheet": sheet})
    house = House(Plan(told, PLAN.fields)).to_joint()
    with pytest.raises(Rejected, match=r"acceptance\.sealed"):
        house.hand_in("sheet")
    house.passes("fire", "shelter", "plan", "trees")
    house.say("opinion", verdict="pass")
    house.say("submitted", role="hub", materials={"sheet": "sealed"})
    house.begin("record")
    with pytest.raises(Rejected, match=r"acceptance\.sealed"):
        house.say("correction-asked", "record", materials={"sheet": ""})
    house.say("opinion-revoked")
    assert "sheet" not in house.standing.materials
