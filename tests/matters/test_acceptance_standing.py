"""Who has to see to what."""

from __future__ import annotations

from dataclasses import replace

from matters import acceptance_standing as standings
from matters.acceptance_parts import HUB, OWNER
from matters.acceptance_plan import Plan
from tests.matters.houses import PLAN, PROCEDURE, House, fail


def holders(house: House) -> dict[str, str]:
    return dict(standings.holders(house.plan, house.standing))


def test_what_is_missing_is_the_owner_s_and_what_is_there_the_hub_s() -> None:
    house = House()
    assert holders(house) == {"base": OWNER}
    house.hand_in("survey")
    assert holders(house) == {"base": HUB}
    house.begin("base")
    assert holders(house) == {"base": "station"}


def test_what_the_hub_can_get_by_itself_is_not_the_owner_s() -> None:
    fetched = replace(PROCEDURE.materials["survey"], fetched="certificates.query")
    told = replace(PROCEDURE, materials={**PROCEDURE.materials, "survey": fetched})
    assert holders(House(Plan(told, PLAN.fields))) == {"base": HUB}


def test_a_fix_is_the_owner_s_and_the_opinion_the_lead_s() -> None:
    house = House().to_joint()
    house.passes("shelter", "plan", "trees")
    fail(house, "fire")
    assert holders(house) == {"fire": OWNER, standings.OPINION: "lead"}, "it has to tell the owner"
    house.say("opinion", verdict="fail")
    assert holders(house) == {"fire": OWNER}
    house.say("fixed", "fire")
    house.begin("fire")
    house.passes("fire")
    assert holders(house) == {standings.OPINION: "lead"}
    house.say("opinion", verdict="pass")
    assert holders(house) == {"record": OWNER}
