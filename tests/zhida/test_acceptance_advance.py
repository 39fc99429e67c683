"""A building's whole way: every unit gets what it has to look at, and all of them the papers that come of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import pytest

from exchange.errors import Rejected
from tests.zhida import acceptance_town
from tests.zhida.acceptance_town import Town
from zhida import acceptance_advance, acceptance_handing, own_opening
from zhida.hub import Hub


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with acceptance_town.opened(tmp_path_factory.mktemp("town")) as found:
        yield found


@pytest.fixture(autouse=True)
def put_away(town: Town) -> Iterator[None]:
    yield
    town.put_away()


def to_joint(town: Town) -> str:
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report", "sheet")
    town.say(number, "passed", "station", "frame")
    return number


def of(town: Town, operation: str, document: str, number: str) -> list[dict[str, Any]]:
    told = [each[document] for each in town.effects(operation)]
    return [each for each in told if each["acceptance"] == number]


def test_from_registration_to_the_archive(town: Town) -> None:
    number = to_joint(town)
    for role, item in (("fire", "fire"), ("green", "trees")):
        assert town.say(number, "passed", role, item)["accepted"]
    assert town.say(number, "opinion", "lead", verdict="pass")["accepted"]
    assert town.say(number, "passed", "lead", "record")["accepted"]
    assert town.acceptance(number).standing.ended
    assert [each["kind"] for each in of(town, "deliver_paper", "paper", number)] == [
        "opinion",
        "filing",
    ]
    for operation in ("collect_paper", "file_acceptance_paper"):
        assert len(of(town, operation, "paper", number)) == 2
    [ending] = of(town, "archive_acceptance", "ending", number)
    assert ending["steps"].count("材料齐备，交给办理单位") == 4


def test_the_opinion_is_handed_in_by_itself_once_it_is_sealed(town: Town) -> None:
    number = to_joint(town)
    town.say(number, "passed", "fire", "fire")
    town.say(number, "passed", "green", "trees")
    assert "joint-opinion" not in town.acceptance(number).standing.materials
    town.say(number, "opinion", "lead", verdict="pass")
    sealed = [
        e["sealed"]["sm3"]
        for e in town.effects("deliver_paper")
        if e["paper"]["acceptance"] == number
    ]
    assert town.acceptance(number).standing.materials["joint-opinion"] == sealed[0]


def test_one_record_goes_to_both_who_have_delegated_the_inspection(town: Town) -> None:
    number = to_joint(town)
    records = of(town, "file_acceptance_record", "record", number)
    assert [each["result"] for each in records] == ["passed", "passed"]
    assert len({each["id"] for each in records}) == 1
    assert "第四十六条" in records[0]["delegation_text"]


def test_after_a_fix_only_what_failed_goes_out_again_with_a_notice_to_the_owner(town: Town) -> None:
    number = to_joint(town)
    town.say(number, "failed", "fire", "fire", checks=["alarms"])
    town.say(number, "passed", "green", "trees")
    town.say(number, "opinion", "lead", verdict="fail")
    notices = of(town, "deliver_paper", "paper", number)
    assert [each["kind"] for each in notices] == ["notice", "notice"]
    assert all("报警（消防法第十三条）" in each["text"] for each in notices)
    assert not of(town, "file_acceptance_paper", "paper", number), "a notice is the owner's only"
    town.say(number, "fixed", "owner", "fire", parts=["alarm"])
    assert town.slips(number) == ["frame/1", "fire/1", "trees/1", "opinion/1", "fire/2"]


def test_nobody_is_asked_twice_by_the_same_step(town: Town) -> None:
    number = to_joint(town)
    before = town.slips(number)
    town.go(3)
    assert town.slips(number) == before


def test_what_the_hub_could_get_is_not_the_owner_s_to_hand_in(town: Town) -> None:
    number = to_joint(town)
    assert "site-layout" in town.acceptance(number).standing.materials
    by = [e.role for e in town.acceptance(number).events if "site-layout" in e.handed_in]
    assert by == ["hub"]


def test_a_certificate_that_was_revoked_is_not_handed_in(town: Town) -> None:
    town.books.run("INSERT INTO fault VALUES ('find_layout', 'revoked')")
    try:
        number = to_joint(town)
        assert "site-layout" not in town.acceptance(number).standing.materials
        assert town.states(number)["trees"] == "waiting"
    finally:
        town.books.run("DELETE FROM fault")


class Died(Exception):
    """A process died."""


def test_a_step_that_dies_at_any_commit_is_done_again_and_nothing_twice(tmp_path: Path) -> None:
    """Two times in five the process is gone just before something is committed."""
    with acceptance_town.opened(tmp_path) as town:
        ledger, turns, chance = type(town.hub.ledger), [0], Random(8)
        commit = ledger.commit

        def dying(self: Any, work: Any) -> None:
            turns[0] += 1
            if chance.random() < 0.4:
                raise Died
            commit(self, work)

        def often(hub: Hub) -> dict[str, int]:
            for _ in range(60):
                with patch.object(ledger, "commit", dying), suppress(Died):
                    return acceptance_advance.advance(hub)
            raise AssertionError("never done")

        with patch.object(Town, "advance", lambda self: often(self.hub)):
            number = town.register()
            for told in (
                lambda: town.hand_in(number, "steel", "drawing", "alarm-report", "sheet"),
                lambda: town.say(number, "passed", "station", "frame"),
                lambda: town.say(number, "passed", "fire", "fire"),
                lambda: town.say(number, "passed", "green", "trees"),
                lambda: town.say(number, "opinion", "lead", verdict="pass"),
                lambda: town.say(number, "passed", "lead", "record"),
            ):
                told()
                for _ in range(3):  # a step that died tells nothing of what it had done
                    town.go(1)
        assert turns[0] > 40
        assert town.acceptance(number).standing.ended
        slips = town.slips(number)
        assert sorted(slips) == ["fire/1", "frame/1", "opinion/1", "record/1", "trees/1"]
        names = [event.name for event in town.acceptance(number).events]
        assert (names.count("assigned"), names.count("delivered")) == (4, 1)
        assert len(of(town, "deliver_paper", "paper", number)) == 2


def test_what_an_owner_handed_in_instead_is_not_overwritten_by_what_the_hub_had_got(
    town: Town,
) -> None:
    number = to_joint(town)
    town.say(number, "passed", "green", "trees")
    town.hand_in(number, "site-layout", version="2")
    town.go(3)
    found = town.acceptance(number)
    assert found.standing.materials["site-layout"] == acceptance_town.digest("site-layout", "2")
    assert [e.role for e in found.events if "site-layout" in e.handed_in] == ["hub", "owner"]
    assert town.slips(number).count("trees/2") == 1


def layout_by(town: Town, number: str) -> list[str]:
    return [e.role for e in town.acceptance(number).events if "site-layout" in e.handed_in]


@pytest.mark.parametrize("is_same", [True, False])
def test_a_paper_that_the_owner_has_handed_in_is_not_handed_in_again_by_the_hub(
    town: Town, monkeypatch: pytest.MonkeyPatch, is_same: bool
) -> None:
    """It comes later from who issued it: the same, or in another version."""
    theirs = town.acceptance(to_joint(town)).standing.materials["site-layout"]
    mine = theirs if is_same else acceptance_town.digest("site-layout", "own")
    monkeypatch.setattr("zhida.acceptance_intake.holds", lambda *_: False)
    number = to_joint(town)
    told = [{"name": "site-layout", "digest": mine}]
    assert town.say(number, "submitted", "owner", materials=told)["accepted"]
    assert town.say(number, "passed", "green", "trees")["accepted"]
    monkeypatch.undo()
    before = town.acceptance(number).told
    town.go(3)
    assert town.acceptance(number).told == before
    assert town.states(number)["trees"] == "passed"
    assert ("housing", "acceptance-stuck", "") not in town.incidents()
    assert layout_by(town, number) == ["owner"]


def test_what_a_unit_has_asked_for_anew_the_hub_may_hand_in_as_well(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhida.acceptance_intake.holds", lambda *_: False)
    number = to_joint(town)
    town.hand_in(number, "site-layout")
    ask = [{"name": "site-layout"}]
    assert town.say(number, "correction-asked", "green", "trees", materials=ask)["accepted"]
    monkeypatch.undo()
    town.go(3)
    assert layout_by(town, number) == ["owner", "green", "hub"]
    assert town.states(number)["trees"] == "open"


def passed(town: Town, number: str) -> None:
    town.say(number, "passed", "fire", "fire")
    town.say(number, "passed", "green", "trees")
    assert town.say(number, "opinion", "lead", verdict="pass")["accepted"]


def test_what_comes_too_late_stops_neither_its_building_nor_any_other(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhida.acceptance_intake.holds", lambda *_: False)
    number = to_joint(town)
    town.hand_in(number, "site-layout")
    passed(town, number)
    monkeypatch.undo()
    other = town.register()
    town.hand_in(other, "steel")
    assert town.slips(other) == ["frame/1"]
    assert town.say(number, "passed", "lead", "record")["accepted"]
    assert town.acceptance(number).standing.ended


def test_a_building_that_can_t_go_on_is_an_incident_and_holds_up_no_other(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = town.register(), town.register()
    real = acceptance_handing.hand_out

    def hand_out(hub: Any, rules: Any, found: Any) -> Any:
        if found.row.number == bad:
            raise Rejected("acceptance.nothing", event="-")
        return real(hub, rules, found)

    monkeypatch.setattr(acceptance_handing, "hand_out", hand_out)
    for number in (bad, good):
        town.told(number, "submitted", "owner", materials=[{"name": "steel", "digest": "a" * 64}])
    town.go()
    assert (town.slips(bad), town.slips(good)) == ([], ["frame/1"])
    case = town.acceptance(bad).row.case
    stuck = ("housing", "acceptance-stuck", "")
    assert stuck in town.incidents()
    monkeypatch.undo()
    town.go()
    assert stuck not in town.incidents(), case
    assert town.slips(bad) == ["frame/1"]


def test_a_revoked_opinion_is_told_to_all_who_have_it_and_nothing_is_filed_on_it(
    town: Town,
) -> None:
    number = to_joint(town)
    passed(town, number)
    assert town.states(number)["record"] == "open"
    assert town.say(number, "opinion-revoked", "lead")["accepted"]
    refused = town.say(number, "passed", "lead", "record")
    assert refused["code"] == "acceptance.not-in-state"
    for operation in ("deliver_paper", "file_acceptance_paper", "collect_paper"):
        kinds = [each["kind"] for each in of(town, operation, "paper", number)]
        assert kinds == ["opinion", "revocation"], operation
    assert "joint-opinion" not in town.acceptance(number).standing.materials
    assert town.slips(number)[-1] == "opinion/2", "the lead has it in hand again"
    assert town.say(number, "opinion", "lead", verdict="pass")["accepted"]
    assert town.say(number, "passed", "lead", "record")["accepted"]
    assert town.acceptance(number).standing.ended
    kinds = [each["kind"] for each in of(town, "file_acceptance_paper", "paper", number)]
    assert kinds == ["opinion", "revocation", "opinion", "filing"]


def test_the_lead_is_asked_each_time_that_everybody_is_in(town: Town) -> None:
    number = to_joint(town)
    town.say(number, "remedy", "fire", "fire", checks=["alarms"], until="2099-01-01")
    town.say(number, "passed", "green", "trees")
    assert town.slips(number)[-1] == "opinion/1"
    town.clock.skip(minutes=3)
    town.go(2)  # asked once, whatever the time is
    assert [each for each in town.slips(number) if "opinion" in each] == ["opinion/1"]
    town.say(number, "opinion", "lead", verdict="fail")
    town.say(number, "fixed", "owner", parts=["alarm"])
    town.say(number, "passed", "fire", "fire")
    assert town.slips(number)[-1] == "opinion/2"
    town.hand_in(number, "drawing", version="2")
    town.say(number, "passed", "fire", "fire")
    town.say(number, "passed", "green", "trees")
    assert town.slips(number)[-1] == "opinion/3"


def test_a_paper_of_which_only_half_was_asked_for_is_asked_for_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, real = to_joint(town), own_opening.take_all

    def dying(into: Any, records: Any, *more: Any) -> Any:
        if into.opening.stream == "acceptance-paper":
            raise Died
        return real(into, records, *more)

    town.say(number, "passed", "green", "trees")
    monkeypatch.setattr(own_opening, "take_all", dying)
    with pytest.raises(Died):
        town.say(number, "failed", "fire", "fire", checks=["alarms"])
    monkeypatch.undo()
    town.go()
    assert [each["kind"] for each in of(town, "deliver_paper", "paper", number)] == ["notice"]


def test_by_when_something_is_to_be_mended_stands_in_the_notice_and_in_the_opinion(
    town: Town,
) -> None:
    number = to_joint(town)
    town.say(number, "remedy", "fire", "fire", checks=["alarms"], until="2099-01-01")
    town.say(number, "passed", "green", "trees")
    town.say(number, "opinion", "lead", verdict="fail")
    texts = [each["text"] for each in of(town, "deliver_paper", "paper", number)]
    assert texts == [
        "消防验收：通过，限期整改；不符合：报警（消防法第十三条）；整改期限：2099-01-01",
        "主体验收：通过；消防验收：通过，限期整改，2099-01-01 前整改：报警（消防法第十三条）；绿化意见：通过",
    ]


def test_one_that_was_withdrawn_is_put_on_file_too(town: Town) -> None:
    number = town.register()
    assert town.say(number, "withdrawn", "owner")["accepted"]
    [ending] = of(town, "archive_acceptance", "ending", number)
    assert "撤回" in ending["steps"]


def test_the_owner_is_told_in_writing_what_to_correct_and_why_it_stands_still(town: Town) -> None:
    number = to_joint(town)
    town.say(number, "correction-asked", "fire", "fire", materials=[{"name": "alarm-report"}])
    town.say(number, "paused", "green", "trees", why="expert")
    texts = [each["text"] for each in of(town, "deliver_paper", "paper", number)]
    assert "须补正：报警检测" in texts[0]
    assert "专家评审，期间不计入办理期限" in texts[1]
