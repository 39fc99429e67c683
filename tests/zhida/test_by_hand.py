"""A newborn whose units have no interface: everything is done in the OA, with the same outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from lxml import etree

from sandbox.births import birth
from sandbox.books import read_wire
from sandbox.district import District
from sandbox.office import Office
from sandbox.officers import Officers
from zhida import matter_check, reconcile, system_wire
from zhida.reconcile import Window

BIRTH, HOUSEHOLD, INSURANCE = 640, 646, 648
ITEMS = {BIRTH: "birth", HOUSEHOLD: "household", INSURANCE: "insurance"}
"""Workflow → the item of the matter that is done in it."""


class Hall:
    """The town, and the units' people who work in the same OA."""

    def __init__(self, town: Any) -> None:
        self.town, self.office = town, Office()
        self.officers = Officers(town.district.system("oa").address, self.office)

    def bear(self, number: int, **changed: str) -> str:
        """The ward writes the birth down, and the parents declare it."""
        certificate: str = self.town.declare(number, **changed)
        self.office.births[certificate] = birth(number).facts
        self.town.take_in()
        return certificate

    def turn(self) -> None:
        """The hub sweeps, people work, time goes by."""
        self.town.sweep()
        self.officers.work()
        self.town.clock.skip(20)

    def finish(self, certificate: str) -> None:
        for _ in range(20):
            if self.town.is_over(certificate):
                return
            self.turn()
        raise AssertionError(self.town.states(certificate))

    def bear_ready(self, number: int) -> str:
        """A birth that the ward has told, and whose registration can begin."""
        certificate = self.bear(number)
        for _ in range(2):
            self.town.sweep("birth")
            self.officers.work()
            self.town.clock.skip(20)
        assert self.town.states(certificate)["household"] == "ready"
        return certificate

    def requests(self, workflow: int, certificate: str) -> list[int]:
        """The requests that the hub created for this birth's item."""
        effect = self.town.item(certificate, ITEMS[workflow]).effect
        acts = self.town.district.system("oa").books()
        made = [a for a in acts if (a["act"], a["workflow"]) == ("create", workflow)]
        return [act["request"] for act in made if effect and act["ywlsh"] == effect]

    def once(self, certificate: str) -> list[int]:
        """How many requests each unit had."""
        return [len(self.requests(flow, certificate)) for flow in ITEMS]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, open_town: Callable[..., Any]) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("town")
    with District(folder, systems=("oa",), signer=False, by_hand=True) as district:
        found = open_town(district)
        yield found
        found.close()


@pytest.fixture(scope="module")
def hall(town: Any) -> Hall:
    return Hall(town)


@pytest.fixture(scope="module")
def born(hall: Hall) -> str:
    certificate = hall.bear(1)
    hall.finish(certificate)
    return certificate


def test_the_site_is_right_and_every_unit_is_behind_the_oa(town: Any) -> None:
    site = town.hub.site
    assert {system.connection for system in site.systems.values()} == {"oa"}
    assert {item.name for item in town.matter.items.values()} >= {"birth", "household", "insurance"}
    for system in site.systems.values():
        system_wire.checked(site, system)
    matter_check.check(site, town.matter, date(2026, 6, 1))


# --- the same outcomes as by interface -------------------------------------------------------------


@pytest.mark.guarantee("G2")
def test_everything_is_applied_by_one_request_to_each_unit(
    hall: Hall, town: Any, born: str
) -> None:
    assert set(town.states(born).values()) == {"applied"}
    assert town.case(born).state == "done"
    assert hall.once(born) == [1, 1, 1]
    assert len(town.replied(born)) == 1
    assert town.audit().entries > 10


def test_the_clerk_s_form_ends_with_the_result(town: Any, born: str) -> None:
    form = town.form(born)
    assert (form["@node"], form["jghk"], form["jgyb"]) == ("办结", "办结", "办结")
    assert "出生登记：已办结" in form["jgsm"]
    assert "居民医保参保：已办结" in form["jgsm"]


@pytest.mark.guarantee("G2")
def test_further_sweeps_do_nothing(hall: Hall, town: Any, born: str) -> None:
    before = town.audit().entries
    for _ in range(3):
        hall.turn()
    assert town.audit().entries == before
    assert hall.once(born) == [1, 1, 1]


def test_our_deliveries_agree_with_the_oa_s_own_list(town: Any, born: str) -> None:
    window = Window(town.clock() - timedelta(days=1), town.clock() + timedelta(days=1))
    for name in ("hospital", "public-security", "medical-insurance"):
        report = reconcile.reconcile(town.hub, town.hub.site.systems[name], window)
        assert (report.problems, report.ours, report.agreed) == ([], 1, 1), name


def test_a_refusal_of_the_police_blocks_insurance_and_the_clerk_reads_the_reason(
    hall: Hall, town: Any
) -> None:
    hall.officers.refuse(HOUSEHOLD, "父母双方均非本区户籍")
    certificate = hall.bear(2)
    hall.finish(certificate)
    states = town.states(certificate)
    assert (states["household"], states["insurance"]) == ("refused", "blocked")
    assert town.case(certificate).state == "partial"
    form = town.form(certificate)
    assert "父母双方均非本区户籍" in form["jgsm"]
    assert hall.once(certificate) == [1, 1, 0]


def test_the_police_s_own_rules_hold_at_the_desk_too(hall: Hall, town: Any) -> None:
    certificate = hall.bear(3)
    hall.office.births[certificate]["child"]["division"] = "320500"
    hall.finish(certificate)
    assert town.states(certificate)["household"] == "refused"
    assert "csdssxq代码或格式错误" in town.form(certificate)["jgsm"]


def test_a_name_that_the_register_can_t_hold_is_not_even_asked_for(hall: Hall, town: Any) -> None:
    certificate = hall.bear(55, xsexm="王" * 21)
    hall.finish(certificate)
    assert town.states(certificate)["household"] == "invalid"
    assert hall.once(certificate) == [1, 0, 0]


def test_a_birth_that_the_ward_does_not_know_waits(hall: Hall, town: Any) -> None:
    certificate = town.declare(4)
    town.take_in()
    for _ in range(3):
        hall.turn()
    assert town.states(certificate)["birth"] == "stored"
    hall.office.births[certificate] = birth(4).facts
    hall.finish(certificate)
    assert set(town.states(certificate).values()) == {"applied"}
    assert hall.once(certificate) == [1, 1, 1]


def test_what_an_officer_mistypes_comes_back_to_him_and_ends_the_same(
    hall: Hall, town: Any
) -> None:
    hall.officers.slip(HOUSEHOLD, gmsfhm="320117202601050014")
    certificate = hall.bear(5)
    hall.finish(certificate)
    assert set(town.states(certificate).values()) == {"applied"}
    (request,) = hall.requests(HOUSEHOLD, certificate)
    acts = [a for a in town.district.system("oa").books() if a["request"] == request]
    told = [act["remark"] for act in acts if act["act"] == "reject"]
    assert len(told) == 1
    assert "公民身份号码" in told[0]


# --- no more than the agreements give ---------------------------------------------------------------

SEEN = {
    BIRTH: "cszmbh",
    HOUSEHOLD: "cszmbh xm xb mz csrq cssj csdqh csdxz lhfs mqxm mqzjlx mqzjhm fqxm fqzjlx fqzjhm"
    " sbrxm sbrzjhm sbrlxdh sbrgx",
    INSURANCE: "gmsfhm xm xb mz csrq cbd jhrxm jhrzjhm",
}
DESK = "ywlsh sxmc sxnr blr"


def test_each_unit_s_form_holds_what_its_agreements_give_and_nothing_else(
    hall: Hall, town: Any, born: str
) -> None:
    facts = birth(1)
    for workflow, seen in SEEN.items():
        created = _creation(town, workflow, born)
        assert set(created) == {*DESK.split(), *seen.split()}, workflow
        assert facts.form["sbrlxdh"] not in created["sxnr"]
        assert "3350" not in created.values()
    insured = _creation(town, INSURANCE, born)
    assert facts.facts["mother"]["id_number"] == insured["jhrzjhm"]  # she is the applicant
    assert facts.facts["father"]["id_number"] not in insured.values()
    assert facts.form["sbrlxdh"] not in insured.values()


def _creation(town: Any, workflow: int, certificate: str) -> dict[str, str]:
    """The columns that the hub's own call brought with it, from the captured wire."""
    effect = town.item(certificate, ITEMS[workflow]).effect
    found: list[dict[str, str]] = []
    for row in read_wire(town.district.directory / "oa" / "books.sqlite"):
        if row["operation"] == "doCreateWorkflowRequest" and effect.encode() in row["body"]:
            root = etree.fromstring(row["body"])
            fields = root.iterfind(".//{*}WorkflowRequestTableField")
            told = ((f.findtext("{*}fieldName"), f.findtext("{*}fieldValue")) for f in fields)
            found.append({str(name): str(value) for name, value in told})
    (only,) = [each for each in found if each]
    return only


# --- a worker that dies --------------------------------------------------------------------------


@pytest.mark.guarantee("G1")
@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("stage", ["before", "after"])
def test_a_worker_killed_while_it_creates_a_request_leaves_one(
    hall: Hall, town: Any, until: Callable[..., None], stage: str
) -> None:
    certificate = hall.bear_ready(6 if stage == "before" else 7)
    oa = town.district.system("oa")
    oa.fault("hold", operation="doCreateWorkflowRequest", stage=stage, times=1)
    with town.item_worker("household") as worker:
        until(oa.held)
        worker.kill()
    assert town.delivery(certificate, "household") == "sent"
    oa.release()
    town.clock.skip(90)
    hall.finish(certificate)
    assert set(town.states(certificate).values()) == {"applied"}
    assert hall.once(certificate) == [1, 1, 1]
    town.audit()


@pytest.mark.guarantee("G2")
def test_a_lost_answer_leaves_one_request(hall: Hall, town: Any) -> None:
    certificate = hall.bear_ready(8)
    oa = town.district.system("oa")
    oa.fault("reset", operation="doCreateWorkflowRequest", stage="after", times=1)
    town.sweep("household")
    assert town.states(certificate)["household"] == "unknown"
    town.clock.skip(90)
    hall.finish(certificate)
    assert set(town.states(certificate).values()) == {"applied"}
    assert hall.once(certificate) == [1, 1, 1]
