"""What is said of a building is taken, or answered with why not and what to do; whoever says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from exchange import times
from exchange.store.acceptance_rows import LOG
from tests.zhida import acceptance_town, small_town
from tests.zhida.acceptance_town import Town, digest
from zhida import acceptance_view


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    at = small_town.monday()
    with acceptance_town.opened(tmp_path_factory.mktemp("town"), at) as found:
        yield found


@pytest.fixture(autouse=True)
def put_away(town: Town) -> Iterator[None]:
    yield
    town.put_away()


@pytest.fixture
def number(town: Town) -> str:
    found = town.register()
    town.hand_in(found, "steel", "drawing", "alarm-report")
    town.say(found, "passed", "station", "frame")
    return found


@pytest.mark.parametrize(
    ("event", "role", "items", "more", "code"),
    [
        ("passed", "green", ["fire"], {}, "not-theirs"),
        ("passed", "fire", ["fire"], {"unit": "landscape"}, "not-its-role"),
        ("passed", "fire", ["fire"], {"by": "acceptance-platform"}, "not-its-word"),
        ("passed", "fire", ["fier"], {}, "not-an-item"),
        ("failed", "fire", ["fire"], {}, "clauses"),
        ("passed", "station", ["frame"], {}, "not-in-state"),
        ("opinion", "lead", [], {"verdict": "pass"}, "not-all"),
        ("correction-asked", "fire", ["fire"], {"materials": [{"name": "steel"}]}, "asks-what"),
        ("submitted", "owner", [], {}, "nothing"),
    ],
)
def test_what_can_t_be_is_refused_with_its_reason(
    town: Town,
    number: str,
    event: str,
    role: str,
    items: list[str],
    more: dict[str, Any],
    code: str,
) -> None:
    before = town.acceptance(number).told
    found = town.say(number, event, role, *items, **more)
    assert (found["accepted"], found["code"]) == (False, f"acceptance.{code}")
    assert found["reason"]
    assert found["state"].startswith("联合验收：")
    assert town.acceptance(number).told == before


def test_a_refusal_speaks_of_items_by_their_titles(town: Town, number: str) -> None:
    found = town.say(number, "opinion", "lead", verdict="pass")
    assert "消防验收、绿化意见" in found["reason"]


def test_what_lies_ahead_and_what_nobody_knows_is_refused(town: Town, number: str) -> None:
    later = town.told(number, "visited", "fire", "fire", at="2026-04-01T09:00:00")
    strange = town.told("YS-20260302-000000000000", "visited", "fire", "fire")
    town.go(1)
    told = [town.verdict(each["unit"], each["number"]) for each in (later, strange)]
    assert [each["code"] for each in told] == ["acceptance.future", "acceptance.none"]
    assert told[1]["state"] == "查无此件"


def test_a_form_without_lists_names_them_with_commas(town: Town, number: str) -> None:
    told = {"named": {"items": "fire", "checks": "alarms"}}
    assert town.say(number, "failed", "fire", **told)["accepted"]
    assert town.acceptance(number).standing.part("fire").checks == ("alarms",)
    fix = {"named": {"items": "fire", "parts": "alarm、 frame"}}
    assert town.say(number, "fixed", "owner", **fix)["accepted"]
    assert town.acceptance(number).events[-2].parts == {"alarm", "frame"}


def test_a_form_names_them_by_their_titles_as_well(town: Town, number: str) -> None:
    told = {"named": {"items": "消防验收", "checks": "报警"}}
    assert town.say(number, "failed", "fire", **told)["accepted"]
    assert town.acceptance(number).standing.part("fire").checks == ("alarms",)
    fix = {"named": {"items": "消防验收（fire）", "parts": "报警，主体"}}
    assert town.say(number, "fixed", "owner", **fix)["accepted"]
    assert town.acceptance(number).events[-2].parts == {"alarm", "frame"}


def test_what_is_to_be_handed_in_is_named_by_its_title_as_well(town: Town, number: str) -> None:
    ask = {"named": {"items": "fire", "materials": "竣工图；报警检测"}}
    assert town.say(number, "correction-asked", "fire", **ask)["accepted"]
    assert town.acceptance(number).standing.part("fire").asked == {"drawing", "alarm-report"}


@pytest.mark.parametrize(
    ("event", "named", "code", "says"),
    [
        ("passed", {"items": "消防"}, "not-an-item", "没有事项“消防”，最接近的是：消防验收（fire）。"),
        ("passed", {"items": "电梯"}, "not-an-item", "主体验收（frame）、消防验收（fire）、绿化意见（trees）"),
        (
            "failed", {"items": "消防验收", "checks": "报警器"}, "not-a-check",
            "没有检查条款“报警器”，最接近的是：报警（alarms）",
        ),
        (
            "correction-asked", {"items": "消防验收", "materials": "钢筋报"}, "no-material",
            "钢筋报告（steel）",
        ),
        ("correction-asked", {"items": "消防验收"}, "asks-what", "没有写明要补的材料"),
        (
            "correction-asked", {"items": "消防验收", "materials": "钢筋报告"}, "asks-what",
            "这个事项不看“钢筋报告”",
        ),
        ("failed", {"items": "消防验收"}, "clauses", "没有写明不符合的条款"),
        ("passed", {"items": "消防验收", "checks": "报警"}, "clauses", "这个结论不写条款"),
        ("failed", {"items": "消防验收", "checks": "梁柱"}, "clauses", "这个事项不查“梁柱”"),
    ],
)  # fmt: skip
def test_a_refusal_says_in_words_what_to_write(
    town: Town, number: str, event: str, named: dict[str, str], code: str, says: str
) -> None:
    found = town.say(number, event, "fire", named=named)
    assert found["code"] == f"acceptance.{code}"
    assert says in found["reason"]
    assert not any(each in found["reason"] for each in ("zhida ", ".yaml", "：-"))


def test_a_title_of_several_is_refused_with_each_of_them(town: Town, number: str) -> None:
    after = town.folder / "site/matters/acceptance/after.yaml"
    text = after.read_text("utf-8")
    try:
        after.write_text(text.replace("{title: 绿化意见,", "{title: 消防验收,"), "utf-8")
        found = town.say(number, "passed", "fire", named={"items": "消防验收"})
    finally:
        after.write_text(text, "utf-8")
    assert found["code"] == "acceptance.ambiguous"
    assert "消防验收（fire）、消防验收（trees）" in found["reason"]


def test_a_unit_is_called_by_its_title(
    town: Town, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fire = replace(town.hub.site.units["fire-review"], title="消防验收中心")
    units = {**town.hub.site.units, "fire-review": fire}
    monkeypatch.setattr(town.hub, "site", replace(town.hub.site, units=units))
    role = town.say(number, "passed", "green", "trees", unit="fire-review")
    assert role["reason"].startswith("“消防验收中心”不承担“园林”，承担的是：消防。")
    word = town.say(number, "passed", "fire", "fire", by="acceptance-platform")
    assert word["reason"].startswith("登记单位写的是“消防验收中心”，")
    strange = town.say("YS-20260302-000000000000", "passed", "fire", "fire")
    assert strange["code"] == "acceptance.none"


def test_an_opinion_that_can_t_be_is_called_by_its_name(town: Town, number: str) -> None:
    for event, more, says in (
        ("opinion-revoked", {}, "现在不能登记：撤销联合验收意见。"),
        ("opinion", {}, "现在不能登记：没有写明结论的意见。"),
    ):
        found = town.say(number, event, "lead", **more)
        assert found["reason"].startswith(says)
    town.say(number, "passed", "fire", "fire")
    town.say(number, "passed", "green", "trees")
    found = town.say(number, "opinion", "lead", verdict="fail")
    assert "还没有通过的事项：没有。各事项都已通过" in found["reason"]
    assert town.say(number, "opinion", "lead", verdict="pass")["accepted"]
    found = town.say(number, "opinion", "lead", verdict="fail")
    assert found["reason"].startswith("现在不能登记：联合验收意见（不通过）。")
    found = town.say(number, "withdrawn", "owner")
    assert "不能再改动：整个单体，也不能撤回" in found["reason"]


def test_what_was_withdrawn_says_so(town: Town) -> None:
    number = town.register()
    assert town.say(number, "withdrawn", "owner")["state"] == "已撤回"


def test_corrections_can_be_asked_for_five_working_days_long_and_once(town: Town) -> None:
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report")
    town.say(number, "passed", "station", "frame")
    ask = {"materials": [{"name": "alarm-report"}]}
    town.clock.skip(days=9)
    late = town.say(number, "correction-asked", "fire", "fire", **ask)
    assert late["code"] == "acceptance.asked-late"
    other = town.register()
    town.hand_in(other, "steel", "drawing", "alarm-report")
    town.say(other, "passed", "station", "frame")
    assert town.say(other, "correction-asked", "fire", "fire", **ask)["accepted"]
    assert town.states(other)["fire"] == "correcting"
    town.hand_in(other, "alarm-report", version="2")
    again = town.say(other, "correction-asked", "fire", "fire", **ask)
    assert again["code"] == "acceptance.asked-once"


def test_a_remedy_s_day_is_compared_with_the_day_on_which_the_finding_counts(
    town: Town, number: str
) -> None:
    """Found on that day and told nine days later, it counts from when it was told."""
    found = town.clock().astimezone(times.CHINA)
    remedy = {"checks": ["alarms"], "until": str(found.date() + timedelta(days=5))}
    town.clock.skip(days=9)
    at = found.strftime("%Y-%m-%dT%H:%M:%S")
    late = town.say(number, "remedy", "fire", "fire", at=at, **remedy)
    assert (late["accepted"], late["code"]) == (False, "acceptance.until")
    assert "不早于结论计入的那一天" in late["reason"]
    assert town.states(number)["fire"] == "open"
    remedy["until"] = str(town.clock().astimezone(times.CHINA).date())
    assert town.say(number, "remedy", "fire", "fire", at=at, **remedy)["accepted"]
    assert town.states(number)["fire"] == "remedy"


def test_and_by_no_clock_of_a_machine(town: Town, number: str) -> None:
    """Found yesterday evening and told within a day, it counts from yesterday."""
    found = town.clock().astimezone(times.CHINA)
    town.clock.skip(hours=20)
    told = {"checks": ["alarms"], "until": str(found.date()), "at": f"{found:%Y-%m-%dT%H:%M:%S}"}
    assert town.say(number, "remedy", "fire", "fire", **told)["accepted"]
    assert str(town.acceptance(number).standing.part("fire").until) == told["until"]


def test_what_was_looked_at_is_kept_and_shown(town: Town, number: str) -> None:
    assert town.say(number, "visited", "fire", "fire", visited=[3, 17])["accepted"]
    told = {"named": {"visited": "5、22"}}
    assert town.say(number, "visited", "fire", "fire", **told)["accepted"]
    visits = [e.visited for e in town.acceptance(number).events if e.name == "visited"]
    assert visits == [(3, 17), (5, 22)]
    shown = acceptance_view.show(town.hub, town.rules, town.acceptance(number))
    assert any("查了：3、17" in each["what"] for each in shown["events"])


def test_a_second_slip_says_which_papers_are_new(town: Town, number: str) -> None:
    town.hand_in(number, "alarm-report", version="2")
    slip = next(
        e["slip"]
        for e in reversed(town.effects("review_acceptance"))
        if e["slip"]["item"] == "fire"
    )
    assert (slip["round"], slip["again_text"]) == (2, "换了新版本：报警检测")


def test_the_same_said_again_is_one_event(town: Town, number: str) -> None:
    told = town.told(number, "visited", "fire", "fire")
    town.go(1)
    count = len(town.acceptance(number).told)
    assert town.take("acceptance-event", "event", "housing", told) == "known"
    town.go(1)
    assert len(town.acceptance(number).told) == count


def test_events_that_several_told_at_once_are_taken_as_they_happened(
    town: Town, number: str
) -> None:
    fix = town.told(number, "fixed", "owner", "fire", parts=["alarm"])
    at = datetime.fromisoformat(fix["at"])
    early = at.replace(second=0) if at.second else at
    town.told(number, "failed", "fire", "fire", checks=["alarms"], at=early.isoformat())
    town.go(1)
    assert town.verdict(fix["unit"], fix["number"])["accepted"]


def test_each_material_keeps_the_digest_that_it_came_with(town: Town, number: str) -> None:
    with town.hub.store.read() as connection:
        row = LOG.by_number(connection, number)
        assert row is not None
        told = LOG.told(connection, row.case)
    assert digest("steel") in next(each.told for each in told if each.name == "submitted")
