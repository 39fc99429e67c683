"""Labour disputes with the stand-ins of a district: who is told what, once, and what nobody gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange.ports import utc_now
from sandbox.clerk import Person
from sandbox.disputes import dispute
from sandbox.district import District
from sandbox.oa_mediation_forms import CENTRE, STOP, TAKE
from tests.zhida import mediation_in_district
from tests.zhida.mediation_in_district import DESKS, NUMBER, RECORD, SUBSTANCE, Mediating, referral
from tests.zhida.mediation_town import UNIT
from zhida import reconcile, sweep
from zhida.reconcile import Window

PLATFORMS = {"union": "union_platform", "arbitration": "arbitration_platform", "court": "court_platform"}  # fmt: skip
TRIAGE: dict[str, Any] = {
    "dispute": NUMBER,
    "on": "2026-01-05",
    "to": "street",
    "rule": "street",
    "digest": "0" * 64,
    "beside": [],
    "findings": [{"rule": "street", "word": "yes"}],
    "asks": ["/case/labour_relation"],
    "asks_text": "有劳动关系",
}


@pytest.fixture(scope="module")
def mediating(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[[District], Any]
) -> Iterator[Mediating]:
    folder: Path = tmp_path_factory.mktemp("disputes")
    with mediation_in_district.opened(folder, open_town) as found:
        yield found


def todos(mediating: Mediating, user: str, flow: int = TAKE) -> list[dict[str, str]]:
    """The forms of a kind on a person's desk."""
    person = Person(mediating.town.district.system("oa").address, int(user))
    return [person.read(request) for request, kind in person.tasks().items() if kind == flow]


# --- registrations --------------------------------------------------------------------------------------


def test_the_window_s_registration_opens_a_case_and_is_answered_in_its_form(
    mediating: Mediating,
) -> None:
    form = mediating.people.register(dispute(1, migrant="1", due="2025-12-15"))
    mediating.sweep("mediation")
    (case,) = mediating.cases("mediation")
    told = mediating.record(case, "registration")
    assert (told["channel"], told["number"]) == ("mediation-centre", f"625-{form}")
    assert (told["migrant"], told["consent"]) == (True, {"mediate": True, "share": True})
    assert "wants_aid" not in told  # nobody was asked
    mediating.file(case, "triage", "mediation-triage", TRIAGE | {"number": told["number"]})
    mediating.turn("mediation")
    read = mediating.people.read(int(form))
    assert (read["jgah"], read["jgqx"], read["jgsm"]) == (
        NUMBER,
        "街道（园区）调解中心",
        "有劳动关系",
    )
    assert mediating.states(case) == {"receipt": "applied"}


@pytest.mark.parametrize(("name", "unit"), [("union", "union"), ("arbitration", "labour-arbitration"), ("court", "court")])  # fmt: skip
def test_a_platform_s_registration_opens_a_case_and_is_answered_at_that_platform_only(
    mediating: Mediating, name: str, unit: str
) -> None:
    known = set(mediating.cases("mediation"))
    number = mediating.people.register(dispute(2, share="0"), PLATFORMS[name])
    mediating.town.clock.skip(61)
    mediating.sweep("mediation")
    (case,) = set(mediating.cases("mediation")) - known
    told = mediating.record(case, "registration")
    assert (told["channel"], told["number"]) == (unit, number)
    assert told["consent"]["share"] is False
    mediating.file(case, "triage", "mediation-triage", TRIAGE | {"number": number})
    mediating.turn("mediation")
    assert mediating.states(case) == {f"receipt-{name}": "applied"}
    for platform in PLATFORMS.values():
        rows = mediating.people.received(platform, "triage")
        told_here = [row for row in rows if row["given"]["regNo"] == number]
        assert len(told_here) == (platform == PLATFORMS[name])


# --- referrals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", DESKS)
def test_a_referral_lies_once_on_the_desk_that_it_names(mediating: Mediating, role: str) -> None:
    case = mediating.refer(referral(role), ("substance", SUBSTANCE))
    for _ in range(2):
        mediating.sweep("mediation-referral")
        mediating.town.clock.skip(601)
    for desk in DESKS.values():
        found = [f for f in todos(mediating, desk) if f["ysbh"] == f"YS-{role}-1"]
        assert len(found) == (desk == DESKS[role])
        assert all((f["ltah"], f["ldzxm"], f["qq"]) == (NUMBER, "钱示例", SUBSTANCE["claims_text"]) for f in found)  # fmt: skip
    assert mediating.states(case) == {role: "stored"}
    mediating.people.work()
    mediating.town.clock.skip(601)
    mediating.sweep("mediation-referral")
    assert mediating.states(case) == {role: "applied"}


@pytest.mark.parametrize("role", PLATFORMS)
def test_a_referral_comes_once_to_the_platform_of_its_unit(mediating: Mediating, role: str) -> None:
    case = mediating.refer(referral(role), ("substance", SUBSTANCE))
    mediating.turn("mediation-referral")
    assert mediating.states(case) == {role: "applied"}
    for platform in PLATFORMS.values():
        rows = mediating.people.received(platform, "dispute")
        found = [row["given"] for row in rows if row["given"]["referralNo"] == f"YS-{role}-1"]
        assert len(found) == (platform == PLATFORMS[role])
        assert all(row["material"]["claims"][0]["amount"] == "24000.50" for row in found)


@pytest.mark.parametrize("role", PLATFORMS)
def test_a_platform_that_loses_its_answer_is_asked_and_not_told_again(
    mediating: Mediating, role: str
) -> None:
    platform = mediating.town.district.system(PLATFORMS[role])
    platform.fault("reset", operation="open/dispute/take", times=1)
    case = mediating.refer(referral(role, "7"), ("substance", SUBSTANCE))
    for _ in range(3):
        sweep.sweep(mediating.hub, mediating.hub.site.matter("mediation-referral"))
        mediating.town.clock.skip(61)
    assert mediating.states(case) == {role: "applied"}
    rows = mediating.people.received(PLATFORMS[role], "dispute")
    assert sum(row["given"]["referralNo"] == f"YS-{role}-7" for row in rows) == 1
    assert "open/query" in {row["operation"] for row in platform.wire()}


def test_without_substance_there_is_a_referral_and_nothing_of_a_person(
    mediating: Mediating,
) -> None:
    mediating.refer(referral("street", "2"))
    mediating.refer(referral("court", "2"))
    mediating.sweep("mediation-referral")
    (form,) = [f for f in todos(mediating, "311") if f["ysbh"] == "YS-street-2"]
    assert not any(form.get(column) for column in ("ldzxm", "dwmc", "qq", "ss"))
    rows = mediating.people.received("court_platform", "dispute")
    (given,) = [r["given"] for r in rows if r["given"]["referralNo"] == "YS-court-2"]
    assert "material" not in given
    assert "offers" not in given


@pytest.mark.parametrize(
    ("role", "name", "record"),
    [
        *((role, "substance", SUBSTANCE | {"consent": {"share": False}}) for role in UNIT),
        ("court", "record", RECORD | {"consent": {"offers": False}}),
        ("arbitration", "record", RECORD | {"consent": {"offers": False}}),
    ],
)  # fmt: skip
def test_what_was_not_agreed_to_leaves_for_nobody(
    mediating: Mediating, role: str, name: str, record: dict[str, Any]
) -> None:
    number = f"no-{name}"
    case = mediating.refer(referral(role, number), (name, record))
    mediating.sweep("mediation-referral")
    assert mediating.states(case) == {role: "parked"}
    assert mediating.codes(case) == {role: "agreement.no-consent"}
    for platform in PLATFORMS.values():
        rows = mediating.people.received(platform, "dispute")
        assert all(row["given"]["referralNo"] != f"YS-{role}-{number}" for row in rows)
    for desk in DESKS.values():
        assert all(form["ysbh"] != f"YS-{role}-{number}" for form in todos(mediating, desk))


def test_what_the_parties_offered_goes_to_the_court_and_to_no_mediator(
    mediating: Mediating,
) -> None:
    for role in ("court", "union", "people"):
        mediating.refer(referral(role, "3"), ("substance", SUBSTANCE), ("record", RECORD))
    mediating.sweep("mediation-referral")
    offered = {}
    for role, platform in PLATFORMS.items():
        rows = mediating.people.received(platform, "dispute")
        found = [r["given"] for r in rows if r["given"]["referralNo"] == f"YS-{role}-3"]
        offered |= {role: "offers" in row for row in found}
    assert offered == {"court": True, "union": False}
    assert "愿意先付一半" not in str(todos(mediating, "321"))


# --- a withdrawn consent --------------------------------------------------------------------------------


def test_a_platform_that_has_got_the_substance_is_told_to_stop_using_it(
    mediating: Mediating,
) -> None:
    case = mediating.refer(referral("union", "4"), ("substance", SUBSTANCE))
    mediating.sweep("mediation-referral")
    withdraw(mediating, case, "union")
    mediating.turn("mediation-referral")
    assert mediating.states(case) == {"union": "applied", "union#1": "applied"}
    rows = mediating.people.received("union_platform", "dispute")
    (row,) = [each for each in rows if each["given"]["referralNo"] == "YS-union-4"]
    assert row["state"] == "9"
    assert "material" not in row["given"]


def test_so_is_the_person_who_has_it_in_the_oa(mediating: Mediating) -> None:
    case = mediating.refer(referral("people", "4"), ("substance", SUBSTANCE))
    mediating.turn("mediation-referral")
    withdraw(mediating, case, "people")
    mediating.sweep("mediation-referral")
    assert mediating.states(case) == {"people": "applied", "people#1": "stored"}, mediating.codes(
        case
    )
    (form,) = [f for f in todos(mediating, "321", STOP) if f["ysbh"] == "YS-people-4"]
    assert (form["ltah"], form.get("ldzxm", "")) == (NUMBER, "")
    mediating.turn("mediation-referral")
    assert mediating.states(case) == {"people": "applied", "people#1": "applied"}


def test_what_was_withdrawn_before_it_left_does_not_leave(mediating: Mediating) -> None:
    case = mediating.refer(referral("court", "5"), ("substance", SUBSTANCE))
    withdraw(mediating, case, "court")
    mediating.sweep("mediation-referral")
    assert mediating.states(case) == {"court": "superseded"}
    rows = mediating.people.received("court_platform", "dispute")
    assert all(row["given"]["referralNo"] != "YS-court-5" for row in rows)


def withdraw(mediating: Mediating, case: str, item: str) -> None:
    told = SUBSTANCE | {"consent": {"share": False}}
    paper = mediation_in_district.Paper(
        case, "substance", "mediation-substance", f"{case}/withdrawn", told, revokes=(item,)
    )
    assert mediation_in_district.own_filing.file(mediating.hub, [paper]) == 1


# --- what units tell ------------------------------------------------------------------------------------


def test_a_form_says_of_itself_whose_it_is_and_is_answered(mediating: Mediating) -> None:
    known = set(mediating.cases("mediation-event"))
    form = mediating.people.tell(311, NUMBER, "agreed", xynr="分两期付清", djdw="法律援助中心")
    mediating.town.clock.skip(61)
    mediating.sweep("mediation-event")
    cases = set(mediating.cases("mediation-event")) - known
    (case,) = [c for c in cases if mediating.record(c, "event")["number"] == f"626-{form}"]
    told = mediating.record(case, "event")
    assert (told["unit"], told["role"], told["event"]) == ("streets", "street", "agreed")
    verdict = {"dispute": NUMBER, "number": told["number"], "accepted": False}
    verdict |= {"code": "ladder.no-edge", "reason": "请先登记受理", "state": "已分流，待受理"}
    mediating.file(case, "verdict", "mediation-verdict", verdict)
    mediating.sweep("mediation-event")
    assert mediating.people.answer(311, form) == ("未登记", "请先登记受理")
    assert mediating.states(case) == {"reply": "applied"}


@pytest.mark.parametrize("name", PLATFORMS)
def test_an_event_of_a_platform_is_answered_at_that_platform(
    mediating: Mediating, name: str
) -> None:
    platform, known = PLATFORMS[name], set(mediating.cases("mediation-event"))
    number = mediating.people.tell(platform, NUMBER, "accepted")
    mediating.town.clock.skip(61)
    mediating.sweep("mediation-event")
    cases = set(mediating.cases("mediation-event")) - known
    (case,) = [c for c in cases if mediating.record(c, "event")["number"] == number]
    told = mediating.record(case, "event")
    assert (told["unit"], told["role"]) == (UNIT[name], name)
    verdict = {"dispute": NUMBER, "number": number, "accepted": True, "state": "已受理"}
    mediating.file(case, "verdict", "mediation-verdict", verdict)
    mediating.sweep("mediation-event")
    assert mediating.people.answer(platform, number) == ("已登记", "")
    assert mediating.states(case) == {f"reply-{name}": "applied"}


def test_an_ended_dispute_is_filed_at_the_centre(mediating: Mediating) -> None:
    known = set(mediating.cases("mediation"))
    mediating.people.register(dispute(9))
    mediating.town.clock.skip(61)
    mediating.sweep("mediation")
    (case,) = set(mediating.cases("mediation")) - known
    number = mediating.record(case, "registration")["number"]
    mediating.file(case, "triage", "mediation-triage", TRIAGE | {"number": number})
    ending = {"dispute": NUMBER, "on": "2026-02-10", "steps": "2026-01-05 登记（联调中心）"}
    mediating.file(case, "ending", "mediation-ending", ending)
    mediating.turn("mediation")
    assert mediating.states(case) == {"receipt": "applied", "archive": "applied"}
    assert not todos(mediating, str(CENTRE), 691)


@pytest.mark.parametrize("role", PLATFORMS)
def test_the_platforms_books_and_ours_say_the_same(mediating: Mediating, role: str) -> None:
    """The last of all: every referral, verdict, triage and stop of this file."""
    now = utc_now()
    window = Window(now - timedelta(days=2), now + timedelta(days=2))
    found = reconcile.reconcile(
        mediating.hub, mediating.hub.site.systems[f"{role}-platform"], window
    )
    assert 0 < found.ours == found.theirs == found.agreed
    assert found.problems == []
