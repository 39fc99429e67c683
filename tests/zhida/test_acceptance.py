"""What a building is asked for: what the hub can't get for it is the owner's to hand in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.zhida import acceptance_town, small_town
from tests.zhida.acceptance_town import Town
from zhida import acceptance, acceptance_view

GOT = "awaits: [stage-joint], gives: site-layout"
SPARED = "skip_when: {absent: /project/permits/plan}"


@contextmanager
def town_of(
    folder: Path, file: str, *pairs: tuple[str, str], at: str = "site/matters/acceptance"
) -> Iterator[Town]:
    """A town one of whose files of the matter reads otherwise."""
    acceptance_town.write_site(folder)
    place = folder / at / file
    text = place.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    place.write_text(text, "utf-8")
    with acceptance_town.installed():
        found = Town(folder, small_town.monday())
        yield found
        found.audit()
        found.hub.close()


def to_joint(town: Town, **project: Any) -> str:
    number = town.register(**project)
    town.hand_in(number, "steel", "drawing", "alarm-report")
    town.say(number, "passed", "station", "frame")
    return number


def fetched(town: Town, number: str) -> dict[str, str]:
    materials = town.acceptance(number).plan.materials
    return {name: each.fetched for name, each in materials.items() if each.fetched}


def waits(town: Town, number: str) -> str:
    told = acceptance_view.show(town.hub, town.rules, town.acceptance(number))
    return str(next(each["waits_on"] for each in told["items"] if each["item"] == "trees"))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    pair = (GOT, f"{GOT}, {SPARED}")
    with town_of(tmp_path, "matter.yaml", pair) as found:
        yield found


def test_of_which_nobody_has_told_the_number_the_owner_hands_it_in(town: Town) -> None:
    number = to_joint(town)
    assert fetched(town, number) == {"joint-opinion": "seal.seal_document"}
    assert waits(town, number) == "建设单位"
    plan = next(e["plan"] for e in town.effects("tell_plan") if e["plan"]["acceptance"] == number)
    assert "site-layout 总平面图（建设单位提交）" in plan["materials_text"]
    assert "joint-opinion 联合验收意见（中枢取得）" in plan["materials_text"]
    assert town.hand_in(number, "site-layout")["accepted"]
    assert town.slips(number)[-1] == "trees/1"


def test_of_which_somebody_has_the_hub_gets_it(town: Town) -> None:
    number = to_joint(town, permits={"construction": "1", "plan": "2"})
    assert fetched(town, number).keys() == {"site-layout", "joint-opinion"}
    assert "trees/1" in town.slips(number)


def test_what_the_matter_gets_from_nobody_is_the_owner_s_whatever_the_list_says(
    tmp_path: Path,
) -> None:
    with town_of(tmp_path, "after.yaml", ("large: true", "fetched: library.find_drawing")) as town:
        number = town.register()
        assert fetched(town, number).keys() == {"site-layout", "joint-opinion"}
        town.hand_in(number, "steel", "alarm-report")
        town.say(number, "passed", "station", "frame")
        assert town.states(number)["fire"] == "waiting"
        assert town.hand_in(number, "drawing")["accepted"]
        assert town.states(number)["fire"] == "open"


def test_events_are_read_as_they_were_written(tmp_path: Path) -> None:
    with acceptance_town.opened(tmp_path, small_town.monday()) as town:
        number = to_joint(town)
        told = {"checks": ["alarms"], "until": "2099-01-01"}
        town.say(number, "remedy", "fire", "fire", **told)
        found = town.acceptance(number)
        for row, event in zip(found.told, found.events, strict=True):
            assert acceptance.told_of(event) == row.told
        last = next(each for each in found.events if each.name == "remedy")
        assert (last.items, last.checks, str(last.until)) == (("fire",), ("alarms",), "2099-01-01")
