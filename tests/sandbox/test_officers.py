"""The units' people at the OA: what they do, what they leave, and what comes back to them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import resident_id
from sandbox.births import birth
from sandbox.clerk import Person
from sandbox.handle import Handle
from sandbox.oa_workflow import HUB
from sandbox.office import Office
from sandbox.officers import Officers

FORM = {
    "blr": "201",
    "cszmbh": "X320117001",
    "xm": "王小直",
    "xb": "1",
    "mz": "汉族",
    "csrq": "2026-01-05",
    "cssj": "01:30",
    "csdqh": "320117",
    "csdxz": "南京市溧水区某医院",
    "lhfs": "1",
    "mqxm": "李小达",
    "mqzjhm": "320117199303120025",
    "sbrxm": "李小达",
    "sbrzjhm": "320117199303120025",
    "sbrlxdh": "19900000000",
    "sbrgx": "母亲",
}


@pytest.fixture
def hub(oa: Handle) -> Person:
    return Person(oa.address, HUB)


@pytest.fixture
def officers(oa: Handle) -> Officers:
    return Officers(oa.address, Office())


def _household(hub: Person, **changed: str) -> int:
    return hub.create(646, "出生登记", {"ywlsh": "k1"} | FORM | changed)


def test_a_birth_is_registered_and_passed_on_to_the_hub(hub: Person, officers: Officers) -> None:
    request = _household(hub)
    assert officers.work() == 1
    form = hub.read(request)
    assert (form["bljg"], form["@node"]) == ("1", "中枢核收")
    assert resident_id.is_valid(form["gmsfhm"])
    assert form["gmsfhm"][6:14] == "20260105"
    assert int(form["gmsfhm"][16]) % 2 == 1
    assert request in hub.todo()
    assert officers.work() == 0


def test_every_child_gets_a_number_of_its_own(hub: Person, officers: Officers) -> None:
    requests = [_household(hub, xb=sex) for sex in ("1", "1", "2", "2")]
    officers.work()
    numbers = [hub.read(each)["gmsfhm"] for each in requests]
    assert len(set(numbers)) == 4
    assert sorted(int(number[16]) % 2 for number in numbers) == [0, 0, 1, 1]
    assert all(resident_id.is_valid(number) for number in numbers)


def test_what_the_register_would_refuse_is_refused_in_its_words(
    hub: Person, officers: Officers
) -> None:
    wrong = {
        "xm超过40字节": {"xm": "王" * 21},
        "lhsfz不能为空": {"lhfs": "0"},
        "mz不能为空": {"mz": ""},
        "父母姓名与身份号码须成对填写": {"fqxm": "张大直"},
    }
    requests = {reason: _household(hub, **changed) for reason, changed in wrong.items()}
    officers.work()
    for reason, request in requests.items():
        form = hub.read(request)
        assert (form["bljg"], form["blyj"]) == ("0", reason)


def test_what_comes_back_is_written_again_and_not_done_again(
    hub: Person, officers: Officers
) -> None:
    officers.slip(646, gmsfhm="")
    request = _household(hub)
    officers.work()
    assert hub.read(request)["gmsfhm"] == ""
    assert hub.submit(request, act="reject", remark="请填写公民身份号码")
    assert hub.read(request)["@node"] == "部门办理"
    officers.work()
    first = hub.read(request)["gmsfhm"]
    assert hub.submit(request, act="reject", remark="再核对一次")
    officers.work()
    assert hub.read(request)["gmsfhm"] == first
    assert "请填写公民身份号码" in hub.remarks(request)


def test_the_next_one_is_refused_when_told_so(hub: Person, officers: Officers) -> None:
    officers.refuse(646, "材料不全")
    first = _household(hub)
    officers.work()
    second = _household(hub)
    officers.work()
    told = [hub.read(each) for each in (first, second)]
    assert [(form["bljg"], form["blyj"]) for form in told] == [("0", "材料不全"), ("1", "同意")]


def test_a_birth_that_the_ward_does_not_know_stays_on_the_desk(
    hub: Person, officers: Officers
) -> None:
    form = {"ywlsh": "k2", "blr": "204", "cszmbh": "X320117003"}
    request = hub.create(640, "出生医学记录核验", form)
    assert officers.work() == 0
    officers.office.births["X320117003"] = birth(3).facts
    assert officers.work() == 1
    told = hub.read(request)
    assert (told["csrq"], told["cssj"], told["mqmz"]) == ("2026-01-05", "03:30", "汉族")


def test_the_window_s_other_forms_are_left_alone(
    oa: Handle, hub: Person, officers: Officers
) -> None:
    clerk = Person(oa.address, 101)
    own: dict[str, Any] = birth(9).form
    request = clerk.create(615, "出生一件事", own)
    hub.submit(request, {"jghk": "办结"})
    before = len(clerk.todo())
    assert officers.work() == 0
    assert len(clerk.todo()) == before > 0
