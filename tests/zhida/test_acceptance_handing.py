"""What a slip says: which are looked at, by whose delegation, and what to look at again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from matters import acceptance_sampling
from matters.acceptance_plan import Plan
from tests.zhida import acceptance_town, small_town
from tests.zhida.acceptance_town import Town
from zhida import acceptance, acceptance_handing


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    at = small_town.monday()
    with acceptance_town.opened(tmp_path_factory.mktemp("town"), at) as found:
        yield found


@pytest.fixture(autouse=True)
def put_away(town: Town) -> Iterator[None]:
    yield
    town.put_away()


def to_joint(town: Town) -> str:
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report")
    town.say(number, "passed", "station", "frame")
    return number


def slips(town: Town, number: str, item: str) -> list[dict[str, Any]]:
    told = [each["slip"] for each in town.effects("review_acceptance")]
    return [each for each in told if (each["acceptance"], each["item"]) == (number, item)]


def drawn(town: Town, number: str, rounds: int) -> str:
    """What the hub's key draws, reckoned here once more."""
    found = town.acceptance(number)
    sampling = found.plan.items["fire"].sampling
    assert sampling is not None
    seed = town.hub.vault.tag("sampling", found.row.case, f"fire/{rounds}")
    draw = acceptance_sampling.draw(sampling, 33, seed)
    assert draw is not None
    return f"楼层共 33，查：{'、'.join(map(str, draw.numbers))}"


def test_which_floors_are_looked_at_is_drawn_by_the_hub_s_key_anew_for_each_round(
    town: Town,
) -> None:
    number = to_joint(town)
    town.say(number, "failed", "fire", "fire", checks=["alarms"])
    town.say(number, "fixed", "owner", "fire", parts=["alarm"])
    first, second = slips(town, number, "fire")
    assert [first["sampling_text"], second["sampling_text"]] == [
        drawn(town, number, 1), drawn(town, number, 2),
    ]  # fmt: skip
    floors = re.findall(r"\d+", first["sampling_text"].partition("查：")[2])
    assert len(floors) == 4, "a tenth of 33, rounded up"


def test_where_nobody_has_told_how_many_there_are_the_unit_draws_itself(town: Town) -> None:
    found = town.acceptance(to_joint(town))
    unknown = replace(found, plan=Plan(found.plan.procedure, {}))
    event = acceptance.hub_event(town.hub, town.rules, "assigned", "fire")
    slip = acceptance_handing.slip_of(town.hub, town.rules, unknown, event)
    assert slip["sampling_text"] == "楼层：总数没有写明，由查验单位按 10% 抽取"


def test_a_slip_says_what_is_looked_at_by_when_and_by_whose_delegation(town: Town) -> None:
    number = to_joint(town)
    (frame,) = slips(town, number, "frame")
    assert frame["checks_text"] == "beams 梁柱（GB 50300）"
    told = "建设工程质量管理条例第四十六条"
    assert frame["on_behalf_text"] == f"消防（{told}）；人防（{told}）"
    assert frame["due"] == "2026-03-05", "three working days"
    assert (frame["stage"], frame["title"], frame["unit"]) == (
        "主体施工",
        "主体验收",
        "quality-station",
    )
    assert "sampling_text" not in frame and "again_text" not in frame
    (fire,) = slips(town, number, "fire")
    materials = [each.partition("（")[0] for each in fire["materials_text"].split("；")]
    assert materials == ["drawing 竣工图", "alarm-report 报警检测"]
    assert "on_behalf_text" not in fire
    assert f"摘要 {acceptance_town.digest('drawing')[:16]}…" in fire["materials_text"]


def test_again_says_what_was_not_met_what_is_new_and_where_it_was_worked_on(town: Town) -> None:
    number = to_joint(town)
    town.say(number, "failed", "fire", "fire", checks=["alarms"])
    told = [{"name": "alarm-report", "digest": acceptance_town.digest("alarm-report", "2")}]
    town.say(number, "fixed", "owner", "fire", parts=["alarm"], materials=told)
    again = slips(town, number, "fire")[-1]["again_text"]
    assert again == "alarms 报警；换了新版本：报警检测；动过的部位：报警"
    town.say(number, "passed", "fire", "fire")
    town.say(number, "fixed", "owner", parts=["layout", "alarm"])
    again = slips(town, number, "fire")[-1]["again_text"]
    assert again == "动过的部位：报警；动过的部位：总平面", "the clause was met meanwhile"


def test_the_lead_gets_all_items_with_what_was_found(town: Town) -> None:
    number = to_joint(town)
    town.say(number, "passed", "green", "trees")
    town.say(number, "failed", "fire", "fire", checks=["alarms"])
    (slip,) = slips(town, number, "opinion")
    assert slip["title"] == "各单位已有结论，有未通过的"
    assert slip["again_text"] == "主体验收：通过；消防验收：不通过；绿化意见：通过"
    assert (slip["stage"], slip["unit"], slip["round"]) == ("联合验收", "housing", 1)
    town.say(number, "fixed", "owner", "fire", parts=["alarm"])
    town.say(number, "passed", "fire", "fire")
    assert slips(town, number, "opinion")[-1]["title"] == "出具联合验收意见"
