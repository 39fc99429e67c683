"""The OA as a process, by both its doors: a form comes in, its result goes back, a task is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from adapters import oa
from exchange.errors import Fatal, Invalid, Rejected, Unknown
from sandbox.births import birth
from sandbox.clerk import Clerk, Officer

OPTIONS = {
    "hub_user": 900,
    "forms": {
        "615": {
            "kind": "birth-declaration",
            "mapping": "oa_form_615_birth_declaration",
            "reply": "result_oa_form_615",
        }
    },
    "page_size": 2,
    "timeout_s": 5,
}


NAMES = {
    "oa": {"create": "doCreateWorkflowRequest", "submit": "submitWorkflowRequest"},
    "oa_rest": {"create": "doCreateRequest", "submit": "submitRequest"},
}
"""What each door of the OA calls the two acts."""


@pytest.fixture(params=["soap", "rest"])
def office(request: pytest.FixtureRequest, peer: Any, district: Any) -> Iterator[Any]:
    handle, endpoint = peer("oa" if request.param == "soap" else "oa_rest")
    adapter = oa.open_system(OPTIONS | {"api": request.param}, endpoint)
    yield handle, adapter, Clerk(district.system("oa").address)
    adapter.close()


def _strike(handle: Any, fault: str, act: str, **more: Any) -> None:
    handle.fault(fault, operation=NAMES[handle.process.name][act], times=1, **more)


def _result(request: int, **items: str) -> dict[str, Any]:
    items = items or {"household": "applied", "insurance": "applied"}
    return {"result": {"request_id": str(request), "summary": "办理完毕", "items": items}}


def _submissions(handle: Any, request: int) -> list[Any]:
    acts = handle.books()
    return [
        a for a in acts if a["request"] == request and a["user"] == 900 and a["act"] == "submit"
    ]


def test_forms_come_in_and_results_go_back(office: Any) -> None:
    handle, adapter, clerk = office
    requests = [clerk.fill_in(birth(number).form) for number in (1, 2, 3)]
    bad = clerk.fill_in(birth(4).form | {"xsemz": "火星族"})
    arrivals, cursor = adapter.poll("form:615", "")
    told = {arrival.key: arrival for arrival in arrivals}
    assert {str(r) for r in (*requests, bad)} <= set(told)
    assert isinstance(told[str(bad)].error, Invalid)
    kept = told[str(requests[0])]
    assert adapter.read_again("form:615", kept.key, kept.raw) == kept
    again = adapter.read_again("form:615", str(bad), told[str(bad)].raw)
    assert again.error.problems == told[str(bad)].error.problems
    record = kept.record
    assert record["child"]["name"] == birth(1).form["xsexm"]
    assert adapter.poll("form:615", cursor) == ([], cursor)

    prepared = adapter.prepare("reply", _result(requests[0]), "k1")
    assert adapter.probe(prepared) is None
    assert adapter.submit(prepared).reference == str(requests[0])
    assert adapter.probe(prepared).reference == str(requests[0])
    assert adapter.submit(prepared).reference == str(requests[0])
    form = clerk.read(requests[0])
    assert (form["jghk"], form["jgyb"], form["jgsm"]) == ("办结", "办结", "办理完毕")
    assert form["@node"] == "办结"
    assert form["xsexm"] == birth(1).form["xsexm"]
    assert len(_submissions(handle, requests[0])) == 1


def test_the_reply_still_counts_after_the_clerk_has_filed_the_form(office: Any) -> None:
    _, adapter, clerk = office
    request = clerk.fill_in(birth(5).form)
    prepared = adapter.prepare("reply", _result(request, household="refused"), "k1")
    adapter.submit(prepared)
    assert clerk.submit(request)
    assert adapter.probe(prepared).reference == str(request)


def test_a_lost_answer_to_a_reply_is_unknown_and_the_form_tells(office: Any) -> None:
    handle, adapter, clerk = office
    request = clerk.fill_in(birth(6).form)
    prepared = adapter.prepare("reply", _result(request), "k1")
    _strike(handle, "reset", "submit", stage="after")
    with pytest.raises(Unknown):
        adapter.submit(prepared)
    assert adapter.probe(prepared).reference == str(request)
    assert len(_submissions(handle, request)) == 1


def test_a_refused_submission_leaves_the_form_in_the_list(office: Any) -> None:
    handle, adapter, clerk = office
    request = clerk.fill_in(birth(7).form)
    prepared = adapter.prepare("reply", _result(request), "k1")
    _strike(handle, "refuse", "submit")
    with pytest.raises(Rejected) as caught:
        adapter.submit(prepared)
    assert caught.value.code == "oa.submit-refused"
    assert adapter.submit(prepared).reference == str(request)


def _task(adapter: Any, assignee: str = "201") -> Any:
    task = {
        "case": uuid4().hex,
        "item": "review",
        "title": "父母信息核验",
        "content": "请核验",
        "assignee": assignee,
    }
    return adapter.prepare("todo", {"task": task}, uuid4().hex)


def test_a_person_does_a_task(office: Any) -> None:
    _, adapter, clerk = office
    prepared = _task(adapter)
    assert adapter.probe(prepared) is None
    created = adapter.submit(prepared)
    assert adapter.probe(prepared).waiting
    assert Officer(clerk.address, 201).approve(int(created.reference))
    done = adapter.probe(prepared)
    assert (done.reference, done.waiting) == (created.reference, False)


def test_a_person_declines_a_task(office: Any) -> None:
    _, adapter, clerk = office
    prepared = _task(adapter)
    created = adapter.submit(prepared)
    Officer(clerk.address, 201).decline(int(created.reference), "材料不全")
    with pytest.raises(Rejected) as caught:
        adapter.probe(prepared)
    assert caught.value.reason == "材料不全"


def test_a_lost_answer_to_a_creation_is_found_by_the_effect_key(office: Any) -> None:
    handle, adapter, _ = office
    prepared = _task(adapter)
    _strike(handle, "reset", "create", stage="after")
    with pytest.raises(Unknown):
        adapter.submit(prepared)
    assert adapter.probe(prepared).waiting


def test_an_unknown_person_is_refused_with_the_vendor_s_code(office: Any) -> None:
    handle, adapter, _ = office
    with pytest.raises(Rejected) as caught:
        adapter.submit(_task(adapter, "999"))
    reasons = {"oa": "-6 无法创建流程待办任务", "oa_rest": "USER_EXCEPTION"}
    assert caught.value.facts["reason"] == reasons[handle.process.name]


def test_the_oa_s_books_tell_what_became_of_each_task(office: Any) -> None:
    _, adapter, clerk = office
    since = datetime.now(UTC) - timedelta(minutes=1)
    tasks = [_task(adapter) for _ in range(3)]
    requests = [int(adapter.submit(task).reference) for task in tasks]
    officer = Officer(clerk.address, 201)
    officer.approve(requests[0])
    officer.decline(requests[1], "材料不全")
    found = list(adapter.books("todo", since, datetime.now(UTC) + timedelta(seconds=1)))
    told = {entry.effect_key: (entry.state, entry.reference) for entry in found}
    states = ("applied", "refused", "waiting")
    for task, request, state in zip(tasks, requests, states, strict=True):
        assert told[task.effect_key] == (state, str(request))
    assert list(adapter.books("todo", since - timedelta(days=9), since)) == []


def test_kept_bytes_that_are_no_form_are_told_like_those_of_the_oa(office: Any) -> None:
    _, adapter, _ = office
    for raw in (b"", b"{", b"<html/>", b"\xff"):
        found = adapter.read_again("form:615", "7", raw)
        assert found.record is None
        assert found.error.code in ("oa.form-not-received", "oa.unreadable-form")
    with pytest.raises(Fatal, match=r"oa\.unknown-form"):
        adapter.read_again("form:1", "7", b"")
