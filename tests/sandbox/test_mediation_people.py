"""People of the district: they wait for an answer before they tell the next, and the OA says who they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests

from sandbox import dispute_rules
from sandbox.clerk import NotCreated, Person
from sandbox.disputes import dispute
from sandbox.district import District
from sandbox.mediation_people import CODES, COURSES, NO, YES, MediationPeople
from sandbox.oa_mediation_forms import (
    CENTRE,
    EVENT,
    EVENTS,
    MEDIATION_DEPARTMENTS,
    REGISTRATION,
    TAKE,
)
from sandbox.oa_workflow import HUB

NUMBER = "LT-20260105-0123456789AB"


@pytest.fixture
def people(district: District) -> MediationPeople:
    found = MediationPeople(district)
    found.work()  # what other tests have left
    found.courses.clear()
    return found


@pytest.fixture
def hub(district: District) -> Iterator[Person]:
    yield Person(district.system("oa").address, HUB)


def handed_over(hub: Person, user: int, **columns: str) -> int:
    """The hub puts a dispute on somebody's desk."""
    told = {"ywlsh": uuid4().hex, "blr": str(user), "ysbh": "YS-1", "ltah": NUMBER, "fcl": "0"}
    return hub.create(TAKE, "劳动争议移送", told | {"zylb": "01"} | columns)


def answered(hub: Person, request: int, word: str) -> None:
    assert hub.submit(request, {"jgdj": word, "jgzt": "已受理", "jgsm": "-"})


def test_the_oa_itself_writes_number_and_department_whoever_says_what(
    people: MediationPeople, hub: Person
) -> None:
    request = people.tell(311, NUMBER, "accepted", djdw="法律援助中心", djbh="1")
    form = hub.read(int(request))
    assert (form["djdw"], form["djbh"]) == ("街道（园区）调解中心", f"{EVENT}-{request}")
    assert hub.submit(int(request), {"djdw": "人民调解委员会"})
    assert people.read(int(request), 311)["djdw"] == "街道（园区）调解中心"


def test_only_the_window_registers(people: MediationPeople, district: District) -> None:
    request = int(people.register(dispute(1)))
    assert people.read(request)["djbh"] == f"{REGISTRATION}-{request}"
    mediator = Person(district.system("oa").address, 311)
    with pytest.raises(NotCreated):
        mediator.create(REGISTRATION, "劳动争议登记", dispute(2).form)


def test_who_has_taken_it_over_tells_step_by_step_after_each_answer(
    people: MediationPeople, hub: Person
) -> None:
    handed_over(hub, 331)
    told: list[str] = []
    for _ in range(12):
        people.work()
        people.work()  # an answer has not come: nothing more is told
        for course in people.courses:
            form = people.read(int(course.told), int(course.who))
            told.append(form["sx"])
            answered(hub, int(course.told), YES)
    steps = (*COURSES["劳动保障监察大队"], "closed")
    assert told == [CODES[step] for step in steps]
    assert people.courses == []


def test_what_was_not_taken_ends_what_one_had_in_mind(people: MediationPeople, hub: Person) -> None:
    handed_over(hub, 321)
    people.work()
    (course,) = people.courses
    answered(hub, int(course.told), NO)
    people.work()
    assert people.courses == []
    assert people.refused == [(NUMBER, "-")]


def test_who_declines_says_why_and_takes_nothing_over(people: MediationPeople, hub: Person) -> None:
    people.declines["人民调解委员会"] = "不属本委员会"
    request = handed_over(hub, 322)
    people.work()
    form = hub.read(request)
    assert (form["bljg"], form["blyj"], form["@node"]) == ("0", "不属本委员会", "中枢核收")
    assert people.courses == []


def test_at_a_platform_they_do_the_same(people: MediationPeople, district: District) -> None:
    court = district.system("court_platform")

    def tell(path: str, **given: Any) -> None:
        body = {"serialNo": uuid4().hex, "disputeNo": NUMBER, **given}
        found = requests.post(f"{court.address}/open/{path}", json=body, timeout=10).json()
        assert found["code"] == "0", found

    tell("dispute/take", referralNo="YS-9", fromUnit="联调中心", eventCode="diverted", disputeType="01")  # fmt: skip
    assert people.work() >= 2
    (course,) = people.courses
    assert (course.who, course.last) == ("court_platform", "accepted")
    assert people.work() == 0
    tell("verdict", eventNo=course.told, accepted="1", status="已受理")
    assert people.work() == 1
    assert course.last == "mediation-applied"


def test_every_step_can_be_told_by_the_form() -> None:
    assert set(CODES.values()) <= EVENTS.keys()
    in_the_oa = [steps for who, steps in COURSES.items() if who in MEDIATION_DEPARTMENTS.values()]
    assert {step for steps in in_the_oa for step in steps} <= CODES.keys()


@pytest.mark.parametrize("number", range(60))
def test_an_invented_dispute_is_one_that_a_platform_takes(number: int) -> None:
    made = dispute(number)
    told = {"regNo": "GH1", "regDate": "2026-01-05", **made.wire}
    assert dispute_rules.complaint("registration", told) == ""
    assert made == dispute(number)
    assert made.form["ldzxm"] == made.wire["worker"]["name"]
    assert "tyys" not in dispute(number, share="").form  # it was not asked


def test_the_centre_is_the_window() -> None:
    assert MEDIATION_DEPARTMENTS[CENTRE] == "劳动争议联调中心"
