"""E9's answers in all their spellings: what is a yes, what a no, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from adapters import _oa_rest, _oa_todo
from adapters._oa_rest import RestDesk
from connectors.memory import Memory
from exchange.errors import Rejected, Retriable, Unknown

DONE = {"code": "SUCCESS", "data": {"requestid": 447473}}


def _desk(operation: str, answer: Any) -> RestDesk:
    return RestDesk(Memory({operation: lambda body: answer}), 2)


def _created(answer: Any) -> str:
    return _desk(_oa_rest.CREATE, answer).create("620", "核验", {"ywlsh": "k"})[0]


@pytest.mark.parametrize(
    "answer",
    [
        DONE,
        {"code": {"name": "SUCCESS", "statusCode": 1}, "data": {"requestId": "447473"}},
        DONE | {"errMsg": {}, "reqFailMsg": {"otherParams": {"doAutoApprove": "0"}}},
    ],
)
def test_a_creation_is_told_by_code_and_number(answer: Any) -> None:
    assert _created(answer) == "447473"


def test_what_is_sent_is_what_e9_reads() -> None:
    sent: list[Any] = []

    def take(body: Any) -> Any:
        sent.append(body)
        return DONE

    desk = RestDesk(Memory({_oa_rest.CREATE: take}), 2)
    desk.create("620", "核验", {"ywlsh": "k", "blr": "201"})
    assert sent == [
        {
            "workflowId": "620",
            "requestName": "核验",
            "mainData": [
                {"fieldName": "ywlsh", "fieldValue": "k"},
                {"fieldName": "blr", "fieldValue": "201"},
            ],
            "otherParams": {"isnextflow": 1, "delReqFlowFaild": 1},
        }
    ]


@pytest.mark.parametrize("code", ["PARAM_ERROR", "NO_PERMISSION", "USER_EXCEPTION", "FAIL"])
def test_a_refusal_keeps_its_words_out_of_the_facts(code: str) -> None:
    answer = {"code": code, "data": {}, "errMsg": {"a": "张三无权限"}, "reqFailMsg": {}}
    with pytest.raises(Rejected) as caught:
        _created(answer)
    assert caught.value.facts == {"reason": code}
    assert caught.value.reason == "张三无权限"


@pytest.mark.parametrize(
    "answer",
    [
        {"code": "SYSTEM_INNER_ERROR", "data": {}},
        {"code": "FAIL", "data": {"requestid": 447473}},  # made, and the next node failed
        {"code": "SUCCESS", "data": {}},
        {"code": "SUCCESS", "data": {"requestid": 0}},
        {"code": "SUCCESS", "data": {"requestid": True}},
        {"code": "SUCCESS", "data": {"requestid": "４４７"}},
        {"code": None},
        {},
        [],
        "SUCCESS",
    ],
)
def test_anything_else_may_have_created_it(answer: Any) -> None:
    with pytest.raises(Unknown) as caught:
        _created(answer)
    assert caught.value.facts == {"operation": "doCreateRequest"}


@pytest.mark.parametrize(
    ("code", "taken"),
    [("SUCCESS", True), ("FAIL", False), ({"name": "NO_PERMISSION", "statusCode": 3}, False)],
)
def test_a_submission_is_taken_or_not(code: Any, taken: bool) -> None:
    assert _desk(_oa_rest.SUBMIT, {"code": code}).submit("7", {})[0] is taken


@pytest.mark.parametrize("answer", [{"code": "SYSTEM_INNER_ERROR"}, {"code": "成功"}, [], "ok"])
def test_a_submission_without_a_word_is_unknown(answer: Any) -> None:
    with pytest.raises(Unknown):
        _desk(_oa_rest.SUBMIT, answer).submit("7", {})


def test_lists_come_bare_or_in_an_envelope_page_by_page() -> None:
    rows = [{"requestId": n, "workflowBaseInfo": {"workflowId": "615"}} for n in ("1", "2", "3")]

    def page(body: Any) -> Any:
        part = rows[(body["pageNo"] - 1) * 2 :][:2]
        return part if body["pageNo"] == 1 else {"code": "SUCCESS", "data": part}

    found = list(RestDesk(Memory({_oa_rest.TODO: page}), 2).todo())
    assert [(form.request_id, form.workflow_id) for form in found] == [
        ("1", "615"), ("2", "615"), ("3", "615"),
    ]  # fmt: skip


@pytest.mark.parametrize("answer", [{"code": "FAIL"}, None, {"data": {}}, [{"id": 1}], [7], "[]"])
def test_a_list_that_is_none_is_asked_for_again(answer: Any) -> None:
    with pytest.raises(Retriable):
        list(_desk(_oa_rest.MINE, answer).mine())


def test_a_request_is_found_again_though_the_list_writes_its_title_otherwise() -> None:
    task = {"title": "父母<甲>核验", "content": "请核验", "assignee": "201"}
    prepared = _oa_todo.prepared(task, "0123456789abcdef0123456789abcdef")
    escaped = "（催办）" + prepared.body["title"].replace("<", "&lt;").replace(">", "&gt;")
    field = {"fieldName": "ywlsh", "fieldValue": prepared.effect_key}
    records = [{"workflowRequestTableFields": [field]}]
    whole = {"requestId": "7", "workflowMainTableInfo": {"requestRecords": records}}
    answers = {
        _oa_rest.MINE: lambda body: [{"requestId": "7", "requestName": escaped}],
        _oa_rest.READ: lambda body: {"code": "SUCCESS", "data": whole},
    }
    found = _oa_todo.find(RestDesk(Memory(answers), 2), prepared)
    assert found is not None
    assert found[0].request_id == "7"


def test_a_form_is_read_out_of_its_lists() -> None:
    field = {"fieldName": "CSZMBH", "fieldValue": "X320117001"}
    records = [{"recordOrder": 0, "workflowRequestTableFields": [field]}]
    data = {"requestId": "7", "workflowMainTableInfo": {"requestRecords": records}}
    form, _ = _desk(_oa_rest.READ, {"code": "SUCCESS", "data": data}).request("7")
    assert form.fields == {"cszmbh": "X320117001"}


def test_a_form_that_may_not_be_seen_is_refused_and_a_failure_is_asked_again() -> None:
    with pytest.raises(Rejected):
        _desk(_oa_rest.READ, {"code": "NO_PERMISSION", "data": {}}).request("7")
    with pytest.raises(Retriable):
        _desk(_oa_rest.READ, {"code": "SYSTEM_INNER_ERROR"}).request("7")
