"""The report and the view of buildings that went through a small town; hours made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.zhida import acceptance_town
from tests.zhida.acceptance_town import Town
from zhida import acceptance_case_cli, acceptance_view, report_acceptance, report_acceptance_cli


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    at = acceptance_town.monday()
    with acceptance_town.opened(tmp_path_factory.mktemp("town"), at) as found:
        yield found


@pytest.fixture(scope="module")
def ended(town: Town) -> str:
    """The fire's fix takes ten days, its second look four; the lead decides after two."""
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report", "sheet")
    town.say(number, "passed", "station", "frame")
    town.say(number, "passed", "green", "trees")
    town.say(number, "failed", "fire", "fire", checks=["alarms"])
    town.clock.skip(days=10)
    town.say(number, "fixed", "owner", "fire", parts=["alarm"])
    town.clock.skip(days=4)
    town.say(number, "passed", "fire", "fire")
    town.clock.skip(days=2)
    town.say(number, "opinion", "lead", verdict="pass")
    town.say(number, "passed", "lead", "record")
    return number


@pytest.fixture(scope="module")
def report(town: Town, ended: str) -> dict[str, Any]:
    town.register()
    return report_acceptance.report(town.hub, (date(2026, 3, 2), None))


def test_the_critical_path_tells_who_was_waited_for(report: dict[str, Any], ended: str) -> None:
    building = next(each for each in report["buildings"] if each["acceptance"] == ended)
    assert (building["ended"], building["days"], building["working_days"]) == (True, 16, 12)
    path = {leg["item"]: leg for leg in building["path"]}
    assert list(path) == ["frame", "fire", "opinion", "record"]
    assert path["fire"]["waits"]["owner"] // 24 == 10
    assert path["fire"]["waits"]["fire"] // 24 == 4
    assert path["opinion"]["waits"]["lead"] // 24 == 2
    first = report["waited"][0]
    assert (first["title"], first["path_hours"] // 24) == ("建设单位", 10)


def test_papers_that_nobody_had_to_hand_in_are_counted(report: dict[str, Any], ended: str) -> None:
    building = next(each for each in report["buildings"] if each["acceptance"] == ended)
    assert building["materials"] == {
        "needed": 6, "by_hub": 2, "by_owner": 4, "uses": 7, "copies_saved": 0,
    }  # fmt: skip


def test_days_without_a_registration_have_no_building(town: Town, ended: str) -> None:
    told = report_acceptance.report(town.hub, (None, date(2026, 3, 1)))
    assert told["buildings"] == []
    assert told["waited"] == []


def test_the_tables_say_the_same_in_chinese(report: dict[str, Any]) -> None:
    sections = list(report_acceptance_cli._sections(report))
    assert [each.title for each in sections] == ["各单体", "等过谁", "哪些事项最后办结", "材料"]
    assert "消防验收 14." in str(sections[0].rows[0]["path"])
    assert json.dumps(report, ensure_ascii=False).count("示例公司") == 0


def test_a_building_under_way_shows_what_is_missing_and_whose_it_is(town: Town, ended: str) -> None:
    number = town.register()
    told = acceptance_view.show(town.hub, town.rules, town.acceptance(number))
    frame = next(each for each in told["items"] if each["item"] == "frame")
    assert frame["missing"] == {"steel": "钢筋报告"}
    assert (frame["state_title"], frame["waits_on"]) == ("未开始", "建设单位")
    town.hand_in(number, "steel")
    told = acceptance_view.show(town.hub, town.rules, town.acceptance(number))
    frame = next(each for each in told["items"] if each["item"] == "frame")
    assert (frame["state_title"], frame["waits_on"]) == ("办理中", "quality-station")
    assert [each["item"] for each in told["periods"]] == ["frame"]
    assert acceptance_case_cli._tables(told)
    summary = acceptance_view.summary(town.rules, town.acceptance(number))
    assert summary["waits_on"] == ["quality-station"]
