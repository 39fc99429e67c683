"""A district changes its lists while buildings are under way: nothing stops, and what was told stays told."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from rich.console import Console

from tests.zhida import acceptance_town, small_town
from tests.zhida.acceptance_town import Town
from zhida import acceptance_case_cli, acceptance_view, report_acceptance

WORDS = (
    ("title: 主体验收", "title: 主体结构验收"),
    ("title: 消防验收", "title: 消防专项验收"),
    ("title: 绿化意见", "title: 园林意见"),
    ("title: 报警,", "title: 报警联动,"),
    ("clause: GB 50300", "clause: GB 50300-2013"),
    ("title: 联合验收, source", "title: 并联验收, source"),
    ("station: 质监站", "station: 区质监站"),
    ("article: 建设工程质量管理条例第四十六条", "article: 质量条例第四十六条"),
)
"""Titles, clauses, articles and roles read otherwise; names stay."""
CHECK = (("  alarms: {", "  alarm-works: {"),)
NAMES = (
    *CHECK,
    ("alarm-report", "alarm-test"),
    ("trees", "greenery"),
    ("  frame: {title: 主体验收", "  body: {title: 主体验收"),
    ("needs: [frame]", "needs: [body]"),
    ("items: [frame]", "items: [body]"),
    ("consumers: [frame]", "consumers: [body]"),
)
"""A check, a material and two items are called otherwise, which is: are gone, and others are there."""
LAST = (("  record: {", "  filing-record: {"), ("[record]", "[filing-record]"))
LIFTS = (
    "  lifts: {title: 电梯意见, stage: joint, by: green, kind: 部门意见, article: 示例,"
    " within: 5 working days, source: 推定：测试用}\n"
)
SEEN = "  lifts: {title: 电梯, clause: 示例, items: [lifts], on_site: true, source: 推定：测试用}\n"
ONE_MORE = (
    ("items: 4, materials: 6, checks: 4", "items: 5, materials: 6, checks: 5"),
    ("  record: {", f"{LIFTS}  record: {{"),
    ("checks:\n", f"checks:\n{SEEN}"),
)
OPERATIONS = (
    "review_acceptance",
    "file_acceptance_record",
    "deliver_paper",
    "file_acceptance_paper",
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    at = small_town.monday()
    with acceptance_town.opened(tmp_path_factory.mktemp("town"), at) as found:
        yield found


@pytest.fixture(autouse=True)
def put_away(town: Town) -> Iterator[None]:
    yield
    town.put_away()


@contextmanager
def changed(town: Town, *pairs: tuple[str, str]) -> Iterator[None]:
    """Within it the district's list reads otherwise."""
    file = town.folder / "site/matters/acceptance/after.yaml"
    before = text = file.read_text("utf-8")
    for old, new in pairs:
        assert old in text and new not in text, old
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    try:
        yield
    finally:
        file.write_text(before, "utf-8")


def to_joint(town: Town) -> str:
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report", "sheet")
    town.say(number, "passed", "station", "frame")
    return number


def got(town: Town) -> dict[str, list[dict[str, Any]]]:
    return {name: town.effects(name) for name in OPERATIONS}


def shown(town: Town, number: str) -> dict[str, Any]:
    return acceptance_view.show(town.hub, town.rules, town.acceptance(number))


def drawn(told: dict[str, Any]) -> str:
    console = Console(width=240, record=True, file=io.StringIO())
    for table in acceptance_case_cli._tables(told):
        console.print(table)
    return console.export_text()


def papers(town: Town, number: str) -> list[dict[str, Any]]:
    told = [each["paper"] for each in town.effects("deliver_paper")]
    return [each for each in told if each["acceptance"] == number]


def test_other_words_stop_nothing_and_tell_nobody_anything_twice(town: Town) -> None:
    """A record was given, the lead was asked, a notice was sealed: by the words of their day."""
    number = to_joint(town)
    town.say(number, "failed", "fire", "fire", checks=["alarms"])
    town.say(number, "passed", "green", "trees")
    assert town.slips(number)[-1] == "opinion/1"
    before = got(town)
    with changed(town, *WORDS):
        town.go(3)
        assert got(town) == before
        for says in (
            ("opinion", "lead", {"verdict": "fail"}),
            ("fixed", "owner", {"items": ["fire"], "parts": ["alarm"]}),
            ("passed", "fire", {"items": ["fire"]}),
            ("opinion", "lead", {"verdict": "pass"}),
            ("passed", "lead", {"items": ["record"]}),
        ):
            assert town.say(number, says[0], says[1], **says[2])["accepted"], says
    assert town.acceptance(number).standing.ended
    assert [each["kind"] for each in papers(town, number)] == [
        "notice", "notice", "opinion", "filing",
    ]  # fmt: skip
    texts = [each["text"] for each in papers(town, number)]
    assert "消防验收：不通过" in texts[0]
    assert "消防专项验收：不通过" in texts[1], "what is told now is told in the words of now"


def test_names_that_are_gone_are_shown_by_their_names(town: Town) -> None:
    number = to_joint(town)
    ask = [{"name": "alarm-report"}]
    town.say(number, "correction-asked", "fire", "fire", materials=ask)
    town.hand_in(number, "alarm-report", version="2")
    town.say(number, "failed", "fire", "fire", checks=["alarms"])
    town.say(number, "paused", "green", "trees", why="expert")
    before, told = papers(town, number), shown(town, number)
    with changed(town, *NAMES):
        now = shown(town, number)
        assert now["papers"] == told["papers"]
        assert len(now["events"]) == len(told["events"])
        fire = next(each for each in now["items"] if each["item"] == "fire")
        assert (fire["state"], fire["checks"]) == ("failed", {"alarms": "alarms"})
        whats = [each["what"] for each in now["events"]]
        assert "frame" in whats
        assert "消防验收；材料：alarm-report" in whats
        assert "trees" in whats
        text = drawn(now)
        assert "不符合：alarms" in text and "alarm-report" in text
        report = report_acceptance.report(town.hub, (None, None))
        assert number in [each["acceptance"] for each in report["buildings"]]
        town.go(3)
        assert papers(town, number) == before, "no notice is another one now"
        assert ("housing", "acceptance-stuck", "") not in town.incidents()


def test_and_the_building_goes_on_by_the_names_of_now(town: Town) -> None:
    number = to_joint(town)
    town.say(number, "failed", "fire", "fire", checks=["alarms"])
    town.say(number, "passed", "green", "trees")
    with changed(town, *NAMES):
        town.go(3)
        assert {"body/1", "greenery/1"} <= set(town.slips(number))
        refused = town.say(number, "passed", "green", "trees")
        assert refused["code"] == "acceptance.not-an-item"
        assert "trees" in refused["reason"] and "绿化意见（greenery）" in refused["reason"]
        town.hand_in(number, "alarm-test")
        town.say(number, "fixed", "owner", "fire", parts=["alarm"])
        for role, item in (("station", "body"), ("green", "greenery"), ("fire", "fire")):
            assert town.say(number, "passed", role, item)["accepted"], item
        assert town.say(number, "opinion", "lead", verdict="pass")["accepted"]
        assert town.say(number, "passed", "lead", "record")["accepted"]
        assert town.acceptance(number).standing.ended
    steps = [each["ending"] for each in town.effects("archive_acceptance")][-1]["steps"]
    assert "通过：trees" in steps and "通过：绿化意见" in steps


def test_a_clause_that_is_gone_is_told_to_the_owner_and_to_who_looks_again(town: Town) -> None:
    number = to_joint(town)
    town.say(number, "failed", "fire", "fire", checks=["alarms"])
    town.say(number, "passed", "green", "trees")
    with changed(town, *CHECK):
        assert town.say(number, "opinion", "lead", verdict="fail")["accepted"]
        assert "消防验收：不通过：alarms" in papers(town, number)[-1]["text"]
        town.say(number, "fixed", "owner", "fire", parts=["alarm"])
        slip = [each["slip"] for each in town.effects("review_acceptance")][-1]
        assert (slip["item"], slip["round"]) == ("fire", 2)
        assert slip["again_text"].split("；")[0] == "alarms"


def test_a_record_of_a_clause_that_is_gone_names_it(town: Town) -> None:
    """It was found, and the process died before the record was given."""
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report")
    found = {"checks": ["beams"], "until": "2099-01-01"}
    town.told(number, "remedy", "station", "frame", **found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zhida.acceptance_records.give", lambda *_: 0)
        town.go()
    with changed(town, ("  beams: {", "  columns: {")):
        town.go()
    records = [each["record"] for each in town.effects("file_acceptance_record")]
    mine = [each for each in records if each["acceptance"] == number]
    assert [each["checks_text"] for each in mine] == ["beams", "beams"]


def test_what_was_filed_stays_filed_whatever_the_last_item_is_called(town: Town) -> None:
    number = to_joint(town)
    town.say(number, "passed", "fire", "fire")
    town.say(number, "passed", "green", "trees")
    town.say(number, "opinion", "lead", verdict="pass")
    town.say(number, "passed", "lead", "record")
    before = shown(town, number)["papers"]
    assert [each["kind"] for each in before] == ["opinion", "filing"]
    with changed(town, *LAST):
        told = shown(town, number)
        assert told["papers"] == before
        assert told["state"] == "已交付"


def test_the_lead_is_asked_anew_when_one_more_item_is_in_whatever_was_counted_before(
    town: Town,
) -> None:
    """By the longer list nobody was all in before: what was told is not told again under an old number."""
    number = to_joint(town)
    town.say(number, "remedy", "fire", "fire", checks=["alarms"], until="2099-01-01")
    town.say(number, "passed", "green", "trees")
    town.say(number, "opinion", "lead", verdict="fail")
    town.say(number, "fixed", "owner", parts=["alarm"])
    town.say(number, "passed", "fire", "fire")
    assert town.slips(number)[-1] == "opinion/2"
    with changed(town, *ONE_MORE):
        town.go(3)
        assert town.slips(number)[-1] == "lifts/1"
        town.say(number, "passed", "green", "lifts")
        assert town.slips(number)[-1] == "opinion/3"
        town.go(3)
        assert town.slips(number)[-1] == "opinion/3"
