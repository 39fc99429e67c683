"""People of a district with finished buildings: they wait for an answer, and mend what was not passed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import requests

from sandbox.acceptance_findings import Slip, Step
from sandbox.acceptance_owner import Owner
from sandbox.acceptance_people import CODES, NO, YES, AcceptancePeople
from sandbox.buildings import building
from sandbox.clerk import NotCreated, Person
from sandbox.district import District
from sandbox.oa_acceptance_forms import ASK, EVENTS, LEAD, PROJECT, REVIEW, STATION, TELL
from sandbox.oa_workflow import HUB

_NUMBERS = count(1)


@pytest.fixture
def people(district: District) -> AcceptancePeople:
    found = AcceptancePeople(district)
    found.work()  # what other tests have left
    found.inspections.clear()
    found.owner.duties.clear()
    return found


@pytest.fixture
def hub(district: District) -> Iterator[Person]:
    yield Person(district.system("oa").address, HUB)


@pytest.fixture
def number() -> str:
    return f"YS-20260105-{next(_NUMBERS):012X}"


@pytest.fixture
def tell(district: District) -> Callable[..., None]:
    """The hub tells the platform something."""
    url = district.system("acceptance_platform").address

    def told(path: str, **given: Any) -> None:
        body = {"serialNo": uuid4().hex, **given}
        found = requests.post(f"{url}/open/{path}", json=body, timeout=10).json()
        assert found["code"] == "0", found

    return told


def handed_over(hub: Person, user: int, number: str, item: str, **columns: str) -> int:
    """The hub puts an item on somebody's desk."""
    told = {"ywlsh": uuid4().hex, "blr": str(user), "jbbh": f"{number}/{item}/1", "ysbh": number}
    told |= {"ysx": item, "yssx": item, "djc": "1", "jcnr": "escape 疏散；escape-lit 应急照明"}
    return hub.create(REVIEW, "联合验收事项办理", told | {"cl": "asbuilt-fire 竣工图"} | columns)


def answered(hub: Person, request: int, word: str = YES) -> None:
    assert hub.submit(request, {"jgdj": word, "jgzt": "办理中", "jgsm": "-"})


def told_of(people: AcceptancePeople) -> dict[str, str]:
    """What the only inspector has told last, as its form shows it."""
    (one,) = people.inspections
    return people.read(one.told, one.user)


def verdict(tell: Callable[..., None], number: str, event: str, accepted: str = "1") -> None:
    tell("verdict", acceptanceNo=number, eventNo=event, accepted=accepted, status="办理中")


def test_the_oa_itself_writes_number_and_department_whoever_says_what(
    people: AcceptancePeople, hub: Person, number: str
) -> None:
    request = people.tell(STATION, number, "quality-supervision", Step("passed"))
    form = hub.read(request)
    assert (form["djdw"], form["djbh"]) == ("建设工程质量安全监督站", f"{TELL}-{request}")
    assert form["sx"] == CODES["passed"]


def test_only_the_lead_s_window_registers(district: District) -> None:
    station = Person(district.system("oa").address, STATION)
    with pytest.raises(NotCreated):
        station.create(PROJECT, "竣工验收项目登记", {"xmdm": "1"})
    lead = Person(district.system("oa").address, LEAD)
    assert lead.create(PROJECT, "竣工验收项目登记", {"xmdm": "1"}) > 0


def test_an_inspector_tells_step_by_step_after_each_answer(
    people: AcceptancePeople, hub: Person, number: str
) -> None:
    people.finds = lambda _: [Step("paused", why="expert"), Step("resumed"), Step("passed")]
    handed_over(hub, 703, number, "fire-acceptance")
    told = []
    for _ in range(3):
        people.work()
        people.work()  # an answer has not come: nothing more is told
        form = told_of(people)
        told.append((form["sx"], form.get("ztyy", "")))
        assert form["ysx"] == "fire-acceptance"
        answered(hub, people.inspections[0].told)
    people.work()
    assert told == [("02", "2"), ("03", ""), ("05", "")]
    assert people.inspections == []
    assert people.passed == {(number, "fire-acceptance")}


def test_what_is_not_taken_ends_what_an_inspector_had_in_mind(
    people: AcceptancePeople, hub: Person, number: str
) -> None:
    people.finds = lambda _: [Step("failed", checks=("escape",)), Step("passed")]
    handed_over(hub, 703, number, "fire-acceptance")
    people.work()
    answered(hub, people.inspections[0].told, NO)
    people.work()
    assert people.inspections == []
    assert people.refused == [(number, "failed", "-")]
    assert people.owner.duties == []  # nothing is to be mended that nobody was told of


def test_what_failed_is_mended_by_the_owner_at_the_platform(
    people: AcceptancePeople, hub: Person, number: str, tell: Callable[..., None]
) -> None:
    people.finds = lambda _: [Step("failed", checks=("escape", "escape-lit"))]
    people.owner.mends = lambda slip, checks: (slip.materials, ("evacuation",))
    handed_over(hub, 703, number, "fire-acceptance")
    people.work()
    assert told_of(people)["bhtk"] == "escape、escape-lit"
    answered(hub, people.inspections[0].told)
    people.work()
    people.work()
    (duty,) = people.owner.duties
    assert (duty.event, duty.items, duty.parts) == ("fixed", ("fire-acceptance",), ("evacuation",))
    assert duty.told
    verdict(tell, number, duty.told, "0")
    people.work()
    assert people.owner.duties == []
    assert people.owner.refused == [(number, "fixed", "")]


def test_after_a_correction_the_inspector_waits_for_the_owner(
    people: AcceptancePeople, hub: Person, number: str, tell: Callable[..., None]
) -> None:
    people.finds = lambda _: [Step("correction-asked", materials=("asbuilt-fire",)), Step("passed")]
    handed_over(hub, 703, number, "fire-acceptance")
    people.work()
    assert told_of(people)["bzcl"] == "asbuilt-fire"
    answered(hub, people.inspections[0].told)
    for _ in range(3):
        people.work()
    (duty,) = people.owner.duties
    assert (duty.event, duty.materials) == ("submitted", ("asbuilt-fire",))
    assert len(people.inspections[0].left) == 1
    verdict(tell, number, duty.told)
    people.work()
    people.work()
    assert told_of(people)["sx"] == CODES["passed"]


def test_an_owner_answers_a_list_with_what_nobody_else_has_and_a_new_version_is_another_file(
    people: AcceptancePeople, district: District, number: str, tell: Callable[..., None]
) -> None:
    people.owner.holds_back = {"warranty"}
    made = building(9).wire
    tell("plan", acceptanceNo=number, projectCode=made["projectCode"], buildingNo="9", date="2026-01-05",
         items="line-check 验线", materials="plan-permit 规划许可证；filing-form 备案表；warranty 保修书")  # fmt: skip
    people.work()
    (duty,) = people.owner.duties
    assert (duty.acceptance, duty.materials) == (number, ("filing-form",))
    people.owner.hand_in(number, ["filing-form"])
    people.work()
    url = f"{district.system('acceptance_platform').address}/open/events?since=0"
    rows = requests.get(url, timeout=10).json()["data"]["rows"]
    files = [f for row in rows if row["acceptanceNo"] == number for f in row["materials"]]
    assert [f["version"] for f in files] == ["1", "2"]
    assert len({f["sm3"] for f in files}) == 2


def test_a_unit_hands_out_a_paper_only_once_there_is_one(
    people: AcceptancePeople, hub: Person, number: str
) -> None:
    def asked(user: int, title: str) -> int:
        told = {"ywlsh": uuid4().hex, "blr": str(user), "ysbh": number, "sxmc": title}
        return hub.create(ASK, "提供验收材料", told)

    water = asked(707, "竣工联合验收：供水接入方案和供用水合同")
    report = asked(STATION, "竣工联合验收：工程质量监督报告")
    people.work()
    assert hub.read(water)["@node"] == "中枢核收"
    assert len(hub.read(water)["wjzy"]) == 64
    assert hub.read(report)["@node"] == "部门办理"
    people.passed.add((number, "quality-supervision"))
    people.work()
    assert hub.read(report)["@node"] == "中枢核收"


def test_every_event_of_the_form_can_be_told() -> None:
    assert set(CODES.values()) == EVENTS.keys()


def test_an_owner_who_is_new_mends_without_new_papers(people: AcceptancePeople) -> None:
    owner = Owner(people.owner.platform)
    owner.mend(Slip("YS-1", "line-check", 1), ("line-as-permitted",))
    (duty,) = owner.duties
    assert (duty.items, duty.materials, duty.parts) == (("line-check",), (), ())
