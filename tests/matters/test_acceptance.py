"""Where events bring a building, and what must be looked at again; over a small procedure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Forbidden, Invalid, Rejected
from matters import acceptance
from matters import acceptance_standing as standings
from matters.acceptance_plan import Plan
from tests.matters.houses import PLAN, PROCEDURE, House, fail, plan, remedy, states


def test_from_registration_to_delivery() -> None:
    house = House()
    house.to_joint()
    house.passes("fire", "shelter", "plan", "trees")
    assert not standings.is_over(PLAN, house.standing)
    house.say("opinion", verdict="pass")
    house.hand_in("sheet")
    house.begin("record")
    house.passes("record")
    assert house.say("delivered").ended


def test_stages_open_one_after_the_other_and_units_of_one_side_by_side() -> None:
    house = House()
    house.hand_in(*(name for name in PLAN.materials if name != "sheet"))
    assert standings.beginning(PLAN, house.standing) == ["base"]
    house.begin("base")
    house.passes("base")
    assert standings.beginning(PLAN, house.standing) == ["frame"]
    house.begin("frame")
    house.passes("frame")
    assert standings.beginning(PLAN, house.standing) == ["fire", "shelter", "plan", "trees"]


def test_one_submission_serves_all_who_look_at_it() -> None:
    house = House()
    house.hand_in("survey")
    assert "survey" not in standings.missing(PLAN, house.standing, "plan")
    assert standings.missing(PLAN, house.standing, "plan") == ["drawing"]


def test_after_a_fix_only_what_failed_is_looked_at_again() -> None:
    house = House().to_joint()
    house.passes("shelter", "plan", "trees")
    fail(house, "fire")
    house.say("fixed", "fire")
    assert states(house) == {
        "base": "passed", "frame": "passed", "fire": "reopened", "shelter": "passed",
        "plan": "passed", "trees": "passed", "record": "waiting",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fix", "again"),
    [
        ({"parts": {"shelter"}}, {"fire", "shelter"}),
        ({"materials": {"drawing": "drawing-2"}}, {"fire", "plan", "frame"}),
        ({"materials": {"drawing": "drawing-1"}}, {"fire"}),
        ({"materials": {"alarm": "alarm-2"}, "parts": {"trees", "base"}}, {"fire", "trees", "base"}),
    ],
)  # fmt: skip
def test_and_what_had_passed_and_the_fix_touches(fix: Any, again: set[str]) -> None:
    """By a part of the building, by a paper of which there is a new version, by what that paper draws."""
    house = House().to_joint()
    house.passes("shelter", "plan", "trees")
    fail(house, "fire")
    house.say("fixed", "fire", **fix)
    assert {name for name, state in states(house).items() if state == "reopened"} == again


def test_another_that_failed_waits_for_its_own_fix() -> None:
    house = House().to_joint()
    fail(house, "fire")
    fail(house, "shelter")
    house.say("fixed", "fire", parts={"shelter"})
    assert states(house, ["fire", "shelter"]) == {"fire": "reopened", "shelter": "failed"}


def test_a_new_version_of_a_paper_touches_as_a_fix_does() -> None:
    house = House().to_joint()
    house.passes("plan")
    house.hand_in("survey", version="2")
    assert states(house, ["base", "plan", "fire"]) == {
        "base": "reopened", "plan": "reopened", "fire": "open",
    }  # fmt: skip


def test_who_looks_at_a_paper_that_is_replaced_meanwhile_gets_the_new_one() -> None:
    house = House().to_joint()
    house.hand_in("alarm", version="2")
    assert states(house, ["fire", "plan"]) == {"fire": "reopened", "plan": "open"}
    house.begin("fire")
    assert house.standing.part("fire").rounds == 2


def test_what_is_looked_at_again_is_another_round() -> None:
    house = House().to_joint()
    fail(house, "fire")
    house.say("fixed", "fire")
    house.begin("fire")
    assert house.standing.part("fire").rounds == 2


def test_a_correction_waits_for_all_that_was_asked_for() -> None:
    house = House().to_joint()
    house.say("correction-asked", "fire", materials={"alarm": "", "drawing": ""})
    with pytest.raises(Rejected, match=r"acceptance\.same"):
        house.hand_in("alarm", version="1")
    house.hand_in("alarm", version="2")
    assert house.standing.part("fire").asked == {"drawing"}
    house.hand_in("drawing", version="2")
    assert states(house, ["fire"]) == {"fire": "open"}


def test_the_lead_decides_only_when_all_are_in() -> None:
    house = House().to_joint()
    house.passes("shelter", "plan")
    fail(house, "fire")
    for verdict in ("pass", "fail"):
        with pytest.raises(Rejected, match=r"acceptance\.not-all"):
            house.say("opinion", verdict=verdict)
    house.passes("trees")
    with pytest.raises(Rejected, match=r"acceptance\.not-all"):
        house.say("opinion", verdict="pass")
    assert house.say("opinion", verdict="fail").verdict == "fail"
    assert house.say("fixed", "fire").verdict == ""


def test_what_is_to_be_mended_does_not_hold_up_a_stage_but_the_opinion() -> None:
    house = House()
    house.hand_in("survey", "steel", "drawing", "alarm", "doors")
    house.begin("base")
    remedy(house, "base", date(2026, 4, 1))
    house.begin("frame")
    house.passes("frame")
    house.begin("fire", "shelter", "plan", "trees")
    house.passes("fire", "shelter", "plan", "trees")
    with pytest.raises(Rejected, match=r"acceptance\.not-all"):
        house.say("opinion", verdict="pass")
    house.say("fixed", "base")
    house.begin("base")
    house.passes("base")
    assert house.say("opinion", verdict="pass").verdict == "pass"


def test_silence_is_no_objection_where_the_procedure_says_so_and_never_a_pass() -> None:
    house = House().to_joint()
    house.passes("fire", "shelter", "plan")
    house.say("silent", "trees")
    assert states(house, ["trees"]) == {"trees": "silent"}
    assert house.say("opinion", verdict="pass").verdict == "pass"
    other = House().to_joint()
    with pytest.raises(Rejected, match=r"acceptance\.no-silence"):
        other.say("silent", "fire")


def test_what_was_decided_on_is_not_touched_any_more() -> None:
    house = House().to_joint()
    house.passes("fire", "shelter", "plan", "trees")
    house.say("opinion", verdict="pass")
    for says in (
        lambda: house.hand_in("drawing", version="2"),
        lambda: house.say("fixed", parts={"fire"}),
        lambda: house.say("withdrawn"),
    ):
        with pytest.raises(Rejected, match=r"acceptance\.decided"):
            says()
    house.hand_in("sheet")
    house.begin("record")
    with pytest.raises(Rejected, match=r"acceptance\.asks-what"):
        house.say("correction-asked", "record", materials={"drawing": ""})
    fail(house, "record")
    house.say("fixed", "record", materials={"sheet": "sheet-2"})
    assert states(house, ["record", "fire"]) == {"record": "reopened", "fire": "passed"}


def test_a_revoked_opinion_lets_it_change_again() -> None:
    house = House().to_joint()
    house.passes("fire", "shelter", "plan", "trees")
    with pytest.raises(Rejected, match=r"acceptance\.opinion"):
        house.say("opinion-revoked")
    house.say("opinion", verdict="pass")
    house.hand_in("sheet")
    house.begin("record")
    assert house.say("opinion-revoked").verdict == ""
    assert states(house, ["record"]) == {"record": "reopened"}
    assert standings.beginning(PLAN, house.standing) == [], "not before the lead has passed it anew"
    house.hand_in("drawing", version="2")
    assert states(house, ["fire", "trees"]) == {"fire": "reopened", "trees": "passed"}


def test_what_had_not_begun_when_an_opinion_is_revoked_has_not_begun() -> None:
    house = House().to_joint()
    house.passes("fire", "shelter", "plan", "trees")
    house.say("opinion", verdict="pass")
    house.say("opinion-revoked")
    assert states(house, ["record"]) == {"record": "waiting"}


def test_an_item_that_the_building_does_not_need_is_not_waited_for() -> None:
    without = plan({"/project/shelter": False})
    assert without.not_applicable == ("shelter",)
    assert "doors" not in without.materials
    house = House(without).to_joint()
    house.passes("fire", "plan", "trees")
    assert house.say("opinion", verdict="pass").verdict == "pass"


def test_unknown_spares_nobody() -> None:
    unknown = plan({})
    assert "shelter" in unknown.items
    assert unknown.asks == ("/project/shelter",)


def test_what_was_taken_stays_taken_when_the_lists_change() -> None:
    """The district takes an item and a material out of its list while a building is under way."""
    house = House().to_joint()
    house.passes("shelter")
    smaller = Plan(
        PROCEDURE.__class__(
            **{
                **{n: getattr(PROCEDURE, n) for n in PROCEDURE.__slots__},
                "items": {n: i for n, i in PROCEDURE.items.items() if n != "shelter"},
                "materials": {n: m for n, m in PROCEDURE.materials.items() if n != "doors"},
            }
        ),
        PLAN.fields,
    )
    found = acceptance.stand(smaller, house.events)
    assert found.state("fire") == "open"
    assert not standings.can_pass(smaller, found)


def test_a_correction_of_what_is_gone_from_the_lists_is_not_waited_for() -> None:
    house = House().to_joint()
    house.say("correction-asked", "fire", materials={"alarm": ""})
    assert states(house, ["fire"]) == {"fire": "correcting"}
    left = {name: each for name, each in PROCEDURE.materials.items() if name != "alarm"}
    smaller = Plan(replace(PROCEDURE, materials=left), PLAN.fields)
    assert acceptance.stand(smaller, house.events).state("fire") == "open"


WORDS = st.sampled_from(["passed", "failed", "fixed", "submitted", "assigned", "opinion", "lapsed"])


@given(st.lists(st.tuples(WORDS, st.sampled_from(sorted(PLAN.items))), max_size=60))
def test_whatever_is_said_a_whole_that_passed_has_nothing_open(told: list[tuple[str, str]]) -> None:
    house = House().to_joint()
    for n, (name, item) in enumerate(told):
        more: dict[str, Any] = {"checks": (item,)} if name == "failed" else {}
        if name == "submitted":
            more, names = {"materials": {"drawing": str(n)}}, ()
        elif name == "opinion":
            more, names = {"verdict": "pass"}, ()
        else:
            names = (item,)
        try:
            house.say(name, *names, **more)
        except (Rejected, Forbidden, Invalid):
            continue
    if house.standing.verdict == "pass":
        before = standings.before_opinion(PLAN)
        assert {house.standing.state(name) for name in before} <= standings.FINAL
