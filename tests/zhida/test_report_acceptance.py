"""The report and the view of buildings that went through a small town; hours made by hand."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from rich.console import Console

from exchange.errors import Rejected
from matters.acceptance_parts import Filing
from tests.zhida import acceptance_town, small_town
from tests.zhida.acceptance_town import Town
from zhida import (
    acceptance_case_cli,
    acceptance_view,
    report_acceptance,
    report_acceptance_totals,
    report_acceptance_trace,
    report_acceptance_view,
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    at = small_town.monday()
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
    assert building["rounds"] == 1, "one item was looked at again"
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


def test_copies_are_what_the_old_filings_would_have_asked_the_owner_for_once_more(
    town: Town, ended: str
) -> None:
    """What the hub has got was the owner's to hand in nowhere."""
    lists = (
        ("steel", "drawing", "site-layout"),
        ("steel", "site-layout"),
        ("steel", "joint-opinion"),
    )
    filings = {
        f"f{n}": Filing(f"f{n}", "示例", "station", (), names, "推定")
        for n, names in enumerate(lists)
    }
    before = replace(town.rules.procedure, filings=filings)
    told = report_acceptance._materials(before, town.acceptance(ended))
    assert told == {"needed": 6, "by_hub": 2, "by_owner": 4, "uses": 7, "copies_saved": 2}
    assert report_acceptance_totals.saved([{"materials": told}] * 2)["copies_saved"] == 4


def test_a_paper_that_both_have_handed_in_is_the_hub_s(town: Town) -> None:
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report")
    town.say(number, "passed", "station", "frame")
    town.hand_in(number, "site-layout", version="2")
    told = report_acceptance._materials(town.rules.procedure, town.acceptance(number))
    assert (told["by_hub"], told["by_owner"]) == (1, 3)


def test_days_without_a_registration_have_no_building(town: Town, ended: str) -> None:
    told = report_acceptance.report(town.hub, (None, date(2026, 3, 1)))
    assert told["buildings"] == []
    assert told["waited"] == []


def test_the_tables_say_the_same_in_chinese(report: dict[str, Any], ended: str) -> None:
    sections = list(report_acceptance_view.sections(report))
    assert [each.title for each in sections] == ["各单体", "等过谁", "哪些事项最后办结", "材料"]
    paths = {str(row["acceptance"]): str(row["path"]) for row in sections[0].rows}
    assert "消防验收 14." in paths[ended]
    assert json.dumps(report, ensure_ascii=False).count("示例公司") == 0


def test_a_building_that_was_withdrawn_was_not_delivered(town: Town, ended: str) -> None:
    number = town.register()
    assert town.say(number, "withdrawn", "owner")["accepted"]
    told = report_acceptance.report(town.hub, (date(2026, 3, 2), None))
    rows = list(next(report_acceptance_view.sections(told)).rows)
    states = {str(each["acceptance"]): each["state"] for each in rows}
    assert (states[number], states[ended]) == ("已撤回", "已交付")


def shown(town: Town, number: str) -> dict[str, Any]:
    return acceptance_view.show(town.hub, town.rules, town.acceptance(number))


def item(told: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in told["items"] if each["item"] == name)


def drawn(told: dict[str, Any]) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    for table in acceptance_case_cli._tables(told):
        console.print(table)
    return console.export_text()


@pytest.fixture
def titled(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    units = {n: replace(each, title=f"示例·{n}") for n, each in town.hub.site.units.items()}
    monkeypatch.setattr(town.hub, "site", replace(town.hub.site, units=units))


@pytest.mark.usefixtures("titled")
def test_a_building_under_way_shows_what_is_missing_and_whose_it_is(town: Town, ended: str) -> None:
    number = town.register()
    told = shown(town, number)
    frame = item(told, "frame")
    assert frame["missing"] == {"steel": "钢筋报告"}
    assert (frame["state_title"], frame["waits_on"]) == ("未开始", "建设单位")
    assert "缺：钢筋报告" in drawn(told)
    assert "竣工图" not in drawn(told), "what a later stage needs"
    town.hand_in(number, "steel")
    told = shown(town, number)
    frame = item(told, "frame")
    assert (frame["state_title"], frame["waits_on"]) == ("办理中", "示例·quality-station")
    assert [each["item"] for each in told["periods"]] == ["frame"]
    assert [each["unit_title"] for each in told["periods"]] == ["示例·quality-station"]
    summary = acceptance_view.summary(town.hub, town.rules, town.acceptance(number))
    assert summary["waits_on"] == ["quality-station"]
    assert summary["waits_on_titles"] == ["示例·quality-station"]


def test_what_is_long_is_cut_in_the_story_and_listed_line_by_line_where_it_is_missing() -> None:
    titles = [f"材料{number}" for number in range(9)]
    assert acceptance_view._first(titles) == [*titles[:4], "…，共 9 件"]
    assert acceptance_view._first(titles[:4]) == titles[:4]
    gone = {"due": True, "before": {}, "missing": dict(zip("ab", ["甲、乙", "丙"], strict=True))}
    assert acceptance_case_cli._note(gone) == "缺：2 件\n甲、乙\n丙"
    assert acceptance_case_cli._note(gone | {"due": False}) == ""


@pytest.mark.usefixtures("titled")
def test_what_happened_is_told_in_titles(town: Town) -> None:
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report")
    town.say(number, "passed", "station", "frame")
    town.say(number, "paused", "fire", "fire", why="test")
    told = shown(town, number)
    assert item(told, "fire")["state_title"] == "暂停（检测）"
    assert {each["item"]: each["state"] for each in told["periods"]} == {
        "fire": "suspended", "trees": "runs", "whole": "runs",
    }  # fmt: skip
    assert "暂停（检测）" in drawn(told)
    assert told["state"] == "联合验收：未开始 1，办理中 1，通过 1，暂停 1"
    town.say(number, "resumed", "fire", "fire")
    ask = [{"name": "alarm-report"}]
    assert town.say(number, "correction-asked", "fire", "fire", materials=ask)["accepted"]
    told = shown(town, number)
    assert item(told, "fire")["asked"] == {"alarm-report": "报警检测"}
    text = drawn(told)
    assert "要补：报警检测" in text
    assert "钢筋报告、竣工图、报警检测" in text
    assert "消防验收；材料：报警检测" in text
    units = {each["unit_title"] for each in told["events"]}
    assert units == {"中枢", "建设单位", "示例·quality-station", "示例·fire-review"}
    assert not any(each in text for each in ("alarm-report", "drawing", "fire-review │"))


def test_what_was_mended_says_what_has_to_be_done_first(town: Town) -> None:
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report")
    town.say(number, "passed", "station", "frame")
    town.say(number, "passed", "fire", "fire")
    assert town.say(number, "fixed", "owner", parts=["frame", "alarm"])["accepted"]
    told = shown(town, number)
    assert item(told, "fire")["state_title"] == "须重新查验"
    assert item(told, "fire")["before"] == {"frame": "主体验收"}
    assert "先办：主体验收" in drawn(told)


def test_nobody_is_waited_for_after_it_was_withdrawn(town: Town) -> None:
    number = town.register()
    town.say(number, "withdrawn", "owner")
    told = shown(town, number)
    assert (told["state"], told["waits_on_titles"]) == ("已撤回", [])
    assert {each["waits_on"] for each in told["items"]} == {""}
    assert "缺：" not in drawn(told)
    assert told["papers"] == []


def test_papers_show_when_they_were_asked_for_and_sealed_and_who_has_them(
    town: Town, ended: str
) -> None:
    told = shown(town, ended)
    assert [each["kind"] for each in told["papers"]] == ["notice", "opinion", "filing"]
    for each in told["papers"]:
        assert each["state"] == "done"
        assert each["asked_at"] and each["sealed"]
        if each["kind"] == "notice":
            assert each["delivered"] == ["送建设单位"]
            continue
        assert each["delivered"] == ["送建设单位", "送城建档案馆", "归集到区平台"]
        assert (each["parked"], each["waits"]) == ([], [])
    assert "送建设单位、送城建档案馆、归集到区平台" in drawn(told)
    assert "联合验收意见书" in drawn(told)


def test_the_first_line_tells_how_long_and_who_was_waited_for(town: Town, ended: str) -> None:
    told = report_acceptance.report(town.hub, (date(2026, 3, 2), None))
    found = report_acceptance_view.report(town.hub.site, told, town.clock())
    delivered = sum(each["ending"] == "delivered" for each in told["buildings"])
    assert found.lead.startswith(f"{len(told['buildings'])} 个单体，已交付 {delivered}，办理中 ")
    assert "等得最久的是建设单位" in found.lead and "要办的事" in found.lead
    going_on = {e["acceptance"] for e in told["buildings"] if not e["ended"]}
    assert going_on == {n for n in going_on if any(n in each["what"] for each in found.told())}
    with town.hub.store.read() as connection:  # the same by SQL alone
        told_so = connection.exec_driver_sql(
            "SELECT count(DISTINCT \"case\") FROM acceptance_event WHERE name='delivered'"
        ).scalar()
    assert told_so == delivered


def test_a_building_is_followed_to_its_events_in_the_ledger(town: Town, ended: str) -> None:
    rows = report_acceptance_trace.trace(town.hub, ended, (None, None))
    assert {row["kind"] for row in rows} == {"case-opened", "acceptance-event"}
    assert {row["value"] for row in rows} == {16}
    handed = report_acceptance_trace.trace(town.hub, "by_owner", (None, None))
    assert ended not in json.dumps(handed) and {r["case"] for r in rows} <= {
        r["case"] for r in handed
    }
    with pytest.raises(Rejected, match=r"report\.no-figure"):
        report_acceptance_trace.trace(town.hub, "by_ower", (None, None))
