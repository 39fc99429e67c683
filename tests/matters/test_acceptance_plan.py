"""What a procedure asks of one building."""

from __future__ import annotations

from dataclasses import replace

from matters.acceptance_plan import Plan
from tests.matters.houses import PLAN, PROCEDURE, plan


def test_each_item_has_its_materials_and_one_paper_many_items() -> None:
    assert PLAN.of_item["plan"] == {"survey", "drawing"}
    assert PLAN.of_item["fire"] == {"drawing", "alarm"}


def test_a_part_touches_its_item_and_a_paper_what_it_draws() -> None:
    assert PLAN.touched(frozenset({"trees"}), frozenset()) == {"trees"}
    assert PLAN.touched(frozenset(), frozenset({"drawing"})) == {"fire", "plan", "frame"}
    assert PLAN.touched(frozenset(), frozenset({"gone from the lists"})) == frozenset()


def test_a_paper_that_this_building_does_not_need_is_not_asked_for_though_its_item_is_done() -> (
    None
):
    doors = replace(PROCEDURE.materials["alarm"], when={"equal": {"/project/alarm": True}})
    told = replace(PROCEDURE, materials={**PROCEDURE.materials, "alarm": doors})
    assert "alarm" in Plan(told, {}).materials
    without = Plan(told, {"/project/alarm": False})
    assert "alarm" not in without.materials
    assert without.of_item["fire"] == {"drawing"}


def test_papers_of_spared_items_are_not_asked_for() -> None:
    assert "doors" in plan({}).materials
    assert "doors" not in plan({"/project/shelter": False}).materials
