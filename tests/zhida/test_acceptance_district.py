"""Joint acceptance with the stand-ins of a district: what is fetched, who is told what, and what nobody gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from matters import acceptance_file
from sandbox.acceptance_findings import Step
from sandbox.acceptance_papers import CERTIFICATES, asked
from sandbox.acceptance_people import YES
from sandbox.buildings import building
from sandbox.clerk import Person
from sandbox.district import District
from sandbox.oa_acceptance_forms import ACCEPTANCE_PEOPLE, ASK, LEAD, PROJECT, REVIEW
from sandbox.project_library import PAPERS
from tests.zhida import acceptance_in_district
from tests.zhida.acceptance_in_district import CODE, NUMBER, PLAN, Accepting, slip

FETCHED = {
    name
    for name, each in acceptance_file.load(
        Path(acceptance_file.__file__).parent / "acceptance" / "after.yaml"
    ).materials.items()
    if each.fetched and not each.fetched.startswith("seal.")
}
VERDICT = {"acceptance": NUMBER, "accepted": True, "state": "办理中"}


@pytest.fixture(scope="module")
def accepting(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[[District], Any]
) -> Iterator[Accepting]:
    folder: Path = tmp_path_factory.mktemp("acceptance")
    with acceptance_in_district.opened(folder, open_town) as found:
        yield found


def todos(accepting: Accepting, flow: int) -> dict[int, list[dict[str, str]]]:
    """The forms of a kind on each person's desk."""
    address = accepting.town.district.system("oa").address
    people = {user: Person(address, user) for user in ACCEPTANCE_PEOPLE}
    found = {
        user: [person.read(r) for r, kind in person.tasks().items() if kind == flow]
        for user, person in people.items()
    }
    return {user: forms for user, forms in found.items() if forms}


@pytest.fixture(scope="module")
def case(accepting: Accepting) -> str:
    """A building that its owner has registered, and whose list the hub has made."""
    accepting.people.register(building(1))
    accepting.sweep("acceptance")
    (found,) = accepting.cases("acceptance")
    accepting.file(found, "plan", "acceptance-plan", PLAN)
    accepting.begin(found)
    return found


def test_a_building_is_registered_as_its_owner_stated_it(accepting: Accepting, case: str) -> None:
    told = accepting.record(case, "project")
    assert (told["code"], told["building"], told["channel"]) == (CODE, "1", "acceptance-platform")
    assert (told["units"], told["air_raid_shelter"]) == (33, True)


def test_what_others_have_is_fetched_from_them_and_nobody_is_asked_for_what_is_not_there_yet(
    accepting: Accepting, case: str
) -> None:
    accepting.turn("acceptance")
    states = accepting.states(case)
    waits = {"line-check-notice", "supervision-report"}
    assert {name for name in FETCHED if states.get(name) == "applied"} == FETCHED - waits
    assert states["receipt-platform"] == "applied"
    for name in PAPERS:
        told = accepting.record(case, name)
        assert (told["code"], told["building"], told["title"]) == (CODE, "1", PAPERS[name][0])
    for name in CERTIFICATES:
        assert accepting.record(case, name)["state"] == "valid"
    titles = [form["sxmc"] for forms in todos(accepting, ASK).values() for form in forms]
    assert sorted(map(asked, titles)) == sorted(waits)


def test_the_register_and_the_library_are_asked_with_numbers_alone(
    accepting: Accepting, case: str
) -> None:
    """Nothing of the contact, no name, no address has left for them."""
    del case
    district = accepting.town.district
    for name in ("licences", "project_library", "oa"):
        wire = b"".join(row["body"] for row in district.system(name).wire())
        assert "钱示例1".encode() not in wire
        assert b"19900000001" not in wire


def test_the_owner_gets_the_list_and_hands_in_what_nobody_else_has(
    accepting: Accepting, case: str
) -> None:
    del case
    accepting.people.work()
    accepting.town.clock.skip(61)
    accepting.sweep("acceptance-event")
    (event,) = accepting.cases("acceptance-event")
    told = accepting.record(event, "event")
    assert (told["event"], told["role"], told["acceptance"]) == ("submitted", "owner", NUMBER)
    assert {each["name"] for each in told["materials"]} == {"filing-form", "warranty"}
    verdict = VERDICT | {"number": told["number"]}
    accepting.file(event, "verdict", "acceptance-verdict", verdict)
    accepting.sweep("acceptance-event")
    assert accepting.states(event) == {"reply-platform": "applied"}
    accepting.people.work()
    assert accepting.people.owner.duties == []


def test_a_slip_lies_on_one_desk_and_the_inspector_s_word_comes_back_and_is_answered(
    accepting: Accepting,
) -> None:
    accepting.people.finds = lambda _: [Step("failed", checks=("escape",))]
    found = accepting.make(
        "acceptance-review", ("acceptance-slip", slip("fire", "703", "fire-acceptance"))
    )
    accepting.sweep("acceptance-review")
    assert {user: len(forms) for user, forms in todos(accepting, REVIEW).items()} == {703: 1}
    known = set(accepting.cases("acceptance-event"))
    accepting.turn("acceptance-review", "acceptance-event")
    assert accepting.states(found) == {"fire": "applied"}
    (event,) = set(accepting.cases("acceptance-event")) - known
    told = accepting.record(event, "event")
    assert (told["unit"], told["role"], told["event"]) == ("fire-review", "fire", "failed")
    assert told["named"] == {"items": "fire-acceptance", "checks": "escape"}
    verdict = VERDICT | {"number": told["number"]}
    accepting.file(event, "verdict", "acceptance-verdict", verdict)
    accepting.sweep("acceptance-event")
    assert accepting.states(event) == {"reply": "applied"}
    form = accepting.people.read(int(told["number"].partition("-")[2]), 703)
    assert (form["jgdj"], form["jgzt"]) == (YES, "办理中")


def test_one_record_is_filed_by_all_who_have_delegated_the_inspection(accepting: Accepting) -> None:
    record = {"id": f"{NUMBER}/quality-supervision/1", "acceptance": NUMBER, "title": "质量监督"}
    record |= {"item": "quality-supervision", "result": "passed", "at": "2026-01-20T10:00:00"}
    record |= {"unit": "quality-station", "delegation_text": "委托监督协议"}
    told = record | {"on_behalf_of": {"fire": True, "defence": True}}
    found = accepting.make("acceptance-record", ("acceptance-record", told))
    accepting.turn("acceptance-record")
    assert accepting.states(found) == {"fire": "applied", "defence": "applied"}


def test_an_opinion_is_sealed_and_reaches_owner_archives_and_platform(accepting: Accepting) -> None:
    number = f"{NUMBER}/opinion"
    fields = {"编号": NUMBER, "结论": "通过"}
    request = {"id": number, "template": "YSYJ", "seal": "示例-ZJ-01", "title": "联合验收意见书"}
    request |= {"format": "pdf", "fields": fields}
    paper = {"id": number, "acceptance": NUMBER, "code": CODE, "building": "1", "kind": "opinion"}
    paper |= {"name": "示例花园 1 号楼", "title": "联合验收意见书", "at": "2026-02-02T09:00:00"}
    found = accepting.make(
        "acceptance-paper", ("seal-request", request), ("acceptance-paper", paper)
    )
    for _ in range(3):
        accepting.turn("acceptance-paper")
    done = dict.fromkeys(("seal", "owner", "archives", "platform"), "applied")
    assert accepting.states(found) == done
    sealed = accepting.record(found, "sealed")
    for kind in ("paper", "collected"):
        (row,) = accepting.people.owner.received(kind)
        assert row["given"]["sm3"] == sealed["sm3"]


def test_the_window_may_register_a_building_too_and_reads_the_list_in_its_form(
    accepting: Accepting,
) -> None:
    known, made = set(accepting.cases("acceptance")), building(2)
    said, parties = (
        made.said,
        {"owner": "js", "builder": "sg", "designer": "sj", "supervisor": "jl"},
    )
    form = {"xmdm": said["projectCode"], "dtbh": "2", "dtmc": said["buildingName"], "rf": "0"}
    form |= {"sgxk": said["constructionPermitNo"], "ghxk": said["planPermitNo"]}
    form |= {f"{short}dw": said[name]["name"] for name, short in parties.items()}
    form |= {f"{short}dm": said[name]["uscc"] for name, short in parties.items()}
    for certificate in made.certificates:
        accepting.town.district.system("licences").ask("POST", "/issue", certificate)
    lead = Person(accepting.town.district.system("oa").address, LEAD)
    request = lead.create(PROJECT, "竣工验收项目登记", form)
    accepting.town.clock.skip(61)
    accepting.sweep("acceptance")
    (found,) = set(accepting.cases("acceptance")) - known
    plan = PLAN | {"acceptance": "YS-20260105-0123456789AC", "asks_text": "是否接燃气"}
    accepting.file(found, "plan", "acceptance-plan", plan)
    accepting.begin(found)
    accepting.turn("acceptance")
    states = accepting.states(found)
    assert (states["receipt"], states["receipt-platform"]) == ("applied", "applied")
    assert (states["plan-permit"], states["survey-pipes"]) == ("applied", "applied")
    unsaid = {"survey-defence", "defence-permit", "land-use-permit", "tester-qualification"}
    assert not unsaid & states.keys()  # a shelter that is not there, numbers that nobody stated
    read = lead.read(request)
    assert (read["jgbh"], read["jgsm"]) == (plan["acceptance"], "是否接燃气")


def test_what_is_over_is_filed_by_the_lead_who_alone_learns_whom_to_call(
    accepting: Accepting, case: str
) -> None:
    ending = {"acceptance": NUMBER, "on": "2026-02-10", "steps": "2026-01-05 登记"}
    accepting.file(case, "ending", "acceptance-ending", ending)
    accepting.turn("acceptance")
    assert accepting.states(case)["archive"] == "applied"
    wire = b"".join(row["body"] for row in accepting.town.district.system("oa").wire())
    assert "钱示例1".encode() in wire
