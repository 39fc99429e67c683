"""Work that people do in their own OA, by both its doors: filled in, found again, read back, sent back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jsonschema_rs
import pytest
from ruamel.yaml import YAML

from adapters import desk
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown
from sandbox.clerk import Person
from tests import how_to_files

NAMES = {
    "oa": {
        "create": "doCreateWorkflowRequest",
        "submit": "submitWorkflowRequest",
        "reject": "submitWorkflowRequest",
    },
    "oa_rest": {
        "create": "doCreateRequest",
        "submit": "submitRequest",
        "reject": "rejectRequest",
    },
}
"""What each door of the OA calls the acts."""
OPERATION: dict[str, Any] = {
    "title": "出生登记",
    "workflow": "646",
    "assignee": "201",
    "needs": {"birth": "birth-record", "declaration": "birth-declaration", "task": "oa-task"},
    "gives": "citizen-id",
    "identity": ["birth/certificate/number"],
    "irreversible": True,
    "mapping": "desk_register_birth_form",
    "record": "desk_register_birth_result",
}
CHILD = "320117202601050015"
DONE = {"gmsfhm": CHILD, "djrq": "2026-01-08", "gaywlsh": "20260000001", "bljg": "1"}


def options(api: str, **more: Any) -> dict[str, Any]:
    told = {"operations": {"register_birth": OPERATION}, "check_node": "中枢核收"}
    return {"hub_user": 900, "api": api, "timeout_s": 5, "page_size": 3} | told | more


class Office:
    """One door, the adapter at it, and the officer who gets the requests."""

    def __init__(self, handle: Any, open_: Callable[..., desk.People], address: str) -> None:
        self.handle, self.open = handle, open_
        self.adapter = open_()
        self.officer = Person(address, 201)

    def strike(self, fault: str, act: str, **more: Any) -> None:
        operation = NAMES[self.handle.process.name][act]
        self.handle.fault(fault, operation=operation, times=1, **more)

    def created(self, effect_key: str) -> list[int]:
        acts = [a for a in self.handle.books() if a["act"] == "create"]
        return [act["request"] for act in acts if act["ywlsh"] == effect_key]


@pytest.fixture(params=["soap", "rest"])
def office(request: pytest.FixtureRequest, peer: Any, district: Any) -> Iterator[Office]:
    handle, endpoint = peer("oa" if request.param == "soap" else "oa_rest")
    opened: list[desk.People] = []

    def open_(**more: Any) -> desk.People:
        opened.append(desk.open_system(options(request.param, **more), endpoint))
        return opened[-1]

    yield Office(handle, open_, district.system("oa").address)
    for each in opened:
        each.close()


@pytest.fixture
def inputs(birth: dict[str, Any], declaration: dict[str, Any]) -> dict[str, Any]:
    title, content = "新生儿出生一件事：出生登记", "材料已由各部门共享。\n请办理。"
    return {
        "birth": birth,
        "declaration": declaration,
        "task": {"title": title, "content": content},
    }


@pytest.fixture
def prepared(office: Office, inputs: dict[str, Any]) -> Any:
    return office.adapter.prepare("register_birth", inputs, uuid4().hex)


def submitted(office: Office, prepared: Any) -> int:
    return int(office.adapter.submit(prepared).reference)


# --- the form ------------------------------------------------------------------------------------


def test_the_form_says_who_does_what_for_which_effect(office: Office, prepared: Any) -> None:
    request = submitted(office, prepared)
    form = office.officer.read(request)
    assert (form["ywlsh"], form["blr"]) == (prepared.effect_key, "201")
    assert form["sxmc"] == "新生儿出生一件事：出生登记"
    assert form["sxnr"].splitlines()[-1] == "请办理。"
    assert (form["xm"], form["mz"], form["csrq"], form["cssj"]) == (
        "张小直",
        "汉族",
        "2026-01-05",
        "01:30",
    )
    assert form["@node"] == "部门办理"
    assert request in office.officer.todo()


def test_an_operation_needs_no_task(office: Office, inputs: dict[str, Any]) -> None:
    needs = {name: kind for name, kind in OPERATION["needs"].items() if name != "task"}
    adapter = office.open(operations={"register_birth": OPERATION | {"needs": needs}})
    documents = {name: inputs[name] for name in needs}
    request = submitted(office, adapter.prepare("register_birth", documents, uuid4().hex))
    form = office.officer.read(request)
    assert (form["sxmc"], form["sxnr"]) == ("出生登记", "")


def test_numbers_and_yes_or_no_are_texts_in_a_form(
    office: Office, inputs: dict[str, Any], birth: dict[str, Any]
) -> None:
    voucher = OPERATION | {"workflow": "642", "needs": {"birth": "birth-record"}}
    voucher |= {"mapping": "desk_issue_voucher_form", "record": "desk_issue_voucher_result"}
    adapter = office.open(operations={"issue_voucher": voucher | {"gives": "registration-voucher"}})
    prepared = adapter.prepare("issue_voucher", {"birth": birth}, uuid4().hex)
    assert (prepared.body["fields"]["cssx"], prepared.body["fields"]["sfdt"]) == ("1", "0")


def test_what_an_agreement_withholds_stops_it_before_anything_leaves(
    office: Office, inputs: dict[str, Any]
) -> None:
    del inputs["declaration"]["applicant"]
    with pytest.raises(Invalid) as caught:
        office.adapter.prepare("register_birth", inputs, uuid4().hex)
    paths = {problem.facts["path"] for problem in caught.value.problems}
    assert "/declaration/applicant/id_number" in paths


# --- done, or not --------------------------------------------------------------------------------


def test_it_waits_until_the_person_has_done_it_and_then_gives_the_record(
    office: Office, prepared: Any
) -> None:
    assert office.adapter.probe(prepared) is None
    request = submitted(office, prepared)
    for _ in range(2):
        answer = office.adapter.probe(prepared)
        assert (answer.waiting, answer.record, answer.reference) == (True, None, str(request))
    assert office.officer.submit(request, DONE)
    done = office.adapter.probe(prepared)
    assert (done.waiting, done.reference) == (False, str(request))
    assert done.record["citizen_id"] == CHILD
    assert done.record["certificate"] == {"number": "X320117001"}
    assert done.mapping_digest
    assert office.officer.read(request)["@node"] == "办结"
    assert office.adapter.probe(prepared).record == done.record  # it was accepted once, and stays


def test_a_refusal_ends_it_with_its_reason(office: Office, prepared: Any) -> None:
    request = submitted(office, prepared)
    assert office.officer.submit(request, {"bljg": "0", "blyj": "父母双方均非本区户籍"})
    for _ in range(2):
        with pytest.raises(Rejected) as caught:
            office.adapter.probe(prepared)
        assert caught.value.code == "oa.person-refused"
        assert caught.value.reason == "父母双方均非本区户籍"
        assert caught.value.raw
    assert office.officer.read(request)["@node"] == "办结"


def test_an_operation_that_gives_nothing_is_just_done(
    office: Office, inputs: dict[str, Any]
) -> None:
    told = {name: each for name, each in OPERATION.items() if name not in ("gives", "record")}
    adapter = office.open(operations={"register_birth": told})
    prepared = adapter.prepare("register_birth", inputs, uuid4().hex)
    request = submitted(office, prepared)
    office.officer.submit(request, {"bljg": "1"})
    done = adapter.probe(prepared)
    assert (done.waiting, done.record, done.reference) == (False, None, str(request))


# --- what can't be understood --------------------------------------------------------------------

WRONG: dict[str, tuple[dict[str, str], str, str]] = {
    "no-result": (DONE | {"bljg": ""}, "desk.no-result", "未选择办理结果（办理结果）"),
    "no-reason": ({"bljg": "0"}, "desk.no-reason", "没有写理由（办理意见）"),
    "check-digit": (
        DONE | {"gmsfhm": "320117202601050014"},
        "identifier.wrong-check-digit",
        "公民身份号码",
    ),
    "missing": (DONE | {"gaywlsh": ""}, "mapping.missing", "公安业务流水号"),
    "shape": (
        DONE | {"gaywlsh": "1" * 65},
        "shape.out-of-range",
        "表单 的 公安业务流水号 超出允许范围",
    ),
    "another": (
        DONE | {"cszmbh": "X320117002"},
        "desk.another",
        "“出生医学证明编号”与中枢填写的不一致",
    ),
}
"""What was written down, the problem that it is, and what the person reads."""


@pytest.mark.parametrize("how", WRONG)
def test_a_mistake_goes_back_to_the_person_in_words_and_is_accepted_when_mended(
    office: Office, prepared: Any, how: str
) -> None:
    filled, _, told = WRONG[how]
    request = submitted(office, prepared)
    assert office.officer.submit(request, filled)
    assert office.adapter.probe(prepared).waiting
    form = office.officer.read(request)
    assert (form["@node"], request in office.officer.todo()) == ("部门办理", True)
    remark = office.officer.remarks(request)[-1]
    assert remark.startswith("填写有误，请改正后再提交：")
    assert told in remark
    assert "/" not in remark
    assert "320117202601050014" not in remark
    assert office.adapter.probe(prepared).waiting  # nothing goes back twice
    assert len(office.officer.remarks(request)) == 3
    assert office.officer.submit(request, DONE | {"cszmbh": "X320117001", "blyj": ""})
    assert office.adapter.probe(prepared).record["citizen_id"] == CHILD


@pytest.mark.parametrize("how", [each for each in WRONG if each != "no-reason"])
def test_without_a_node_at_which_the_hub_receives_a_mistake_is_a_refusal_with_its_reason(
    office: Office, inputs: dict[str, Any], how: str
) -> None:
    filled, code, told = WRONG[how]
    adapter = office.open(check_node="", done_nodes=["中枢核收", "办结"])
    prepared = adapter.prepare("register_birth", inputs, uuid4().hex)
    office.officer.submit(submitted(office, prepared), filled)
    with pytest.raises(Rejected) as caught:
        adapter.probe(prepared)
    assert not isinstance(caught.value, Invalid)
    assert caught.value.code == code
    assert told in caught.value.reason
    assert caught.value.raw


# --- faults --------------------------------------------------------------------------------------


def test_a_lost_answer_leaves_one_request_that_is_found_by_its_key(
    office: Office, prepared: Any
) -> None:
    office.strike("reset", "create", stage="after")
    with pytest.raises(Unknown):
        office.adapter.submit(prepared)
    found = office.adapter.probe(prepared)
    assert found.waiting
    assert [str(each) for each in office.created(prepared.effect_key)] == [found.reference]


def test_a_call_that_never_arrived_leaves_nothing(office: Office, prepared: Any) -> None:
    office.handle.fault("down")
    with pytest.raises(Retriable):
        office.adapter.submit(prepared)
    office.handle.clear()
    office.handle.wait()
    assert office.adapter.probe(prepared) is None
    assert office.created(prepared.effect_key) == []


def test_another_process_finds_it_by_the_list_whatever_else_was_created_since(
    office: Office, prepared: Any, inputs: dict[str, Any]
) -> None:
    request = submitted(office, prepared)
    for _ in range(4):  # more than a page of the list
        submitted(office, office.adapter.prepare("register_birth", inputs, uuid4().hex))
    office.officer.submit(request, DONE)
    other = office.open()
    assert other.probe(prepared).reference == str(request)
    alike = replace(prepared, effect_key=f"{prepared.effect_key[:16]}{'0' * 16}")
    assert other.probe(alike) is None  # a title alone is no proof: the form's own key decides


def test_the_list_is_read_once_for_all_that_wait(office: Office, inputs: dict[str, Any]) -> None:
    made = [office.adapter.prepare("register_birth", inputs, uuid4().hex) for _ in range(5)]
    requests = [str(submitted(office, each)) for each in made]
    other, before = office.open(page_size=50), _lists(office)
    assert [other.probe(each).reference for each in made] == requests
    assert _lists(office) == before + 1


def test_that_nothing_was_created_is_never_told_from_memory(
    office: Office, inputs: dict[str, Any]
) -> None:
    first, second = (
        office.adapter.prepare("register_birth", inputs, uuid4().hex) for _ in range(2)
    )
    other = office.open()
    assert (other.probe(first), other.probe(second)) == (None, None)
    request = submitted(office, second)
    assert other.probe(second).reference == str(request)
    assert other.probe(first) is None


def _lists(office: Office) -> int:
    heard = (row["operation"] for row in office.handle.wire() if row["direction"] == "in")
    return sum(each.startswith("getMy") for each in heard)


def test_an_acceptance_whose_answer_is_lost_is_asked_after(office: Office, prepared: Any) -> None:
    request = submitted(office, prepared)
    office.officer.submit(request, DONE)
    office.strike("reset", "submit", stage="after")
    with pytest.raises(Unknown):
        office.adapter.probe(prepared)
    assert office.adapter.probe(prepared).record["citizen_id"] == CHILD


def test_an_acceptance_that_the_oa_refuses_says_nothing_about_the_work(
    office: Office, prepared: Any
) -> None:
    request = submitted(office, prepared)
    office.officer.submit(request, DONE)
    office.strike("refuse", "submit")
    with pytest.raises(Unknown) as caught:
        office.adapter.probe(prepared)
    assert caught.value.code == "desk.not-accepted"
    assert office.adapter.probe(prepared).record["citizen_id"] == CHILD


def test_sending_back_is_tried_again_when_the_oa_refuses_or_is_silent(
    office: Office, prepared: Any
) -> None:
    request = submitted(office, prepared)
    office.officer.submit(request, DONE | {"gaywlsh": ""})
    office.strike("refuse", "reject")
    assert office.adapter.probe(prepared).waiting
    assert office.officer.read(request)["@node"] == "中枢核收"
    office.strike("reset", "reject", stage="after")
    with pytest.raises(Unknown):
        office.adapter.probe(prepared)
    assert office.officer.read(request)["@node"] == "部门办理"
    assert office.adapter.probe(prepared).waiting


def test_the_oa_s_books_tell_what_became_of_each(office: Office, inputs: dict[str, Any]) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    made = [office.adapter.prepare("register_birth", inputs, uuid4().hex) for _ in range(3)]
    requests = [submitted(office, each) for each in made]
    office.officer.submit(requests[0], DONE)
    office.officer.submit(requests[1], {"bljg": "0", "blyj": "材料不全"})
    office.adapter.probe(made[0])
    with pytest.raises(Rejected):
        office.adapter.probe(made[1])
    assert office.adapter.booked == {"register_birth"}
    until = datetime.now(UTC) + timedelta(seconds=1)
    told = {e.effect_key: e.state for e in office.adapter.books("register_birth", since, until)}
    states = [told[each.effect_key] for each in made]
    assert states == ["applied", "refused", "waiting"]


def test_what_the_file_does_not_describe_is_fatal(office: Office, inputs: dict[str, Any]) -> None:
    with pytest.raises(Fatal) as caught:
        office.adapter.prepare("register_brith", inputs, "k")
    assert caught.value.code == "desk.no-such-operation"
    assert caught.value.facts["nearest"] == "register_birth"


# --- the system's file ---------------------------------------------------------------------------


def _mistakes(site: Path, **changed: Any) -> list[tuple[str, str]]:
    told = options("soap", operations={"register_birth": OPERATION | changed})
    return [(at, problem.code) for at, problem in desk.mistakes(told, site)]


AT = "/operations/register_birth"


def test_mappings_that_do_not_fit_are_told_with_their_place(tmp_path: Path) -> None:
    assert _mistakes(tmp_path) == []
    assert _mistakes(tmp_path, mapping="desk_enrol_form") == [
        (f"{AT}/mapping", "generic.mapping-input")
    ]
    assert _mistakes(tmp_path, record="desk_enrol_result") == [
        (f"{AT}/record", "generic.record-kind")
    ]
    assert _mistakes(tmp_path, record="desk_enrol_rezult") == [
        (f"{AT}/record", "mapping.no-such-mapping")
    ]
    told = {name: each for name, each in OPERATION.items() if name != "record"}
    found = desk.mistakes(options("soap", operations={"register_birth": told}), tmp_path)
    assert [(at, problem.code) for at, problem in found] == [(f"{AT}/gives", "desk.no-record")]


@pytest.mark.parametrize("column", ["/bljg", "/ywlsh", "/CSZMBH", "/zb/cszmbh"])
def test_a_mapping_fills_plain_columns_and_none_of_the_desk_s_own(
    tmp_path: Path, column: str
) -> None:
    (tmp_path / "mappings").mkdir()
    text = f"mapping: mine\ntitle: 我的\nfrom: {{birth: [/a]}}\nto: wire\nfields: [{{to: {column}, from: /birth/a}}]\n"
    (tmp_path / "mappings" / "mine.yaml").write_text(text, "utf-8")
    assert (f"{AT}/mapping", "desk.column") in _mistakes(tmp_path, mapping="mine")


def test_the_fields_that_a_form_can_t_do_without_are_known(tmp_path: Path) -> None:
    needed = desk.needed(options("soap"), tmp_path)["register_birth"]
    paths = {path for each in needed for path in each.paths}
    assert {"birth/certificate/number", "declaration/applicant/phone"} <= paths
    assert not any(path.startswith("task") for path in paths)


def test_the_system_file_of_the_how_to_is_right(tmp_path: Path) -> None:
    (file,) = how_to_files.write("people-in-their-oa", tmp_path).values()
    told = YAML(typ="safe", pure=True).load(file.read_text("utf-8"))["options"]
    jsonschema_rs.validate(desk.OPTIONS, told)
    assert desk.mistakes(told, tmp_path) == []
    assert told["operations"]["register_birth"] == OPERATION
