"""The health platform's answers, byte by byte: only what it says of our own serial number counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from adapters import health
from adapters._unit_plan import ByPlan
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown
from exchange.ports import Answer, Endpoint, Prepared

KEY = "5f" * 16
DATA = {"serialNo": KEY, "certificateNo": "X320117001", "number": "QF1", "date": "2026-01-07"}
DATA |= {"issuer": "溧水某医院", "childName": "张小直"}


@pytest.fixture
def adapter(canned: Any) -> Iterator[ByPlan]:
    opened = health.open_system({}, Endpoint(canned.address, "hub", "secret"))
    yield opened
    opened.close()


@pytest.fixture
def prepared(adapter: ByPlan, birth: Any, declaration: Any) -> Prepared:
    inputs = {"birth": birth, "declaration": declaration}
    return adapter.prepare("sign_certificate", inputs, KEY)


def _answers(canned: Any, code: Any, data: Any = None, words: str = "") -> None:
    text = json.dumps({"code": code, "msg": words, "data": data}, ensure_ascii=False)
    canned.will_answer(text, media="application/json")


def test_a_signed_certificate_is_a_document(
    canned: Any, adapter: ByPlan, prepared: Prepared
) -> None:
    _answers(canned, "0", DATA)
    answer = adapter.submit(prepared)
    assert answer.reference == "QF1"
    assert answer.record == {
        "certificate": {"number": "X320117001", "issued_on": "2026-01-07", "issuer": "溧水某医院"},
        "child": {"name": "张小直"},
    }
    ((path, body),) = canned.requests
    told = json.loads(body)
    assert path == "/birth/certificate/sign"
    assert (told["serialNo"], told["childName"], told["birthTime"]) == (KEY, "张小直", "01:30")
    assert canned.headers[0]["x-sign"]


@pytest.mark.parametrize(
    ("code", "kind", "problem"),
    [
        (1001, Rejected, "generic.refused"),
        ("1002", Fatal, "generic.our-mistake"),
        (2001, Retriable, "generic.busy"),
        (3001, Fatal, "generic.login-refused"),
        (9001, Unknown, "generic.told-unknown"),
        (404, Unknown, "generic.unclear"),
        (5000, Unknown, "generic.unclear"),
    ],
)
def test_each_code_says_what_to_do(
    canned: Any, adapter: ByPlan, prepared: Prepared, *, code: Any, kind: type, problem: str
) -> None:
    _answers(canned, code, words="证件号码不符")
    with pytest.raises(kind) as caught:
        adapter.submit(prepared)
    assert caught.value.code == problem
    if kind is Rejected:
        assert caught.value.reason == "证件号码不符"


@pytest.mark.parametrize("field", ["serialNo", "certificateNo"])
def test_an_answer_about_another_is_not_believed(
    canned: Any, adapter: ByPlan, prepared: Prepared, field: str
) -> None:
    _answers(canned, 0, DATA | {field: "X320117009"})
    for ask in (adapter.submit, adapter.probe):
        with pytest.raises(Unknown) as caught:
            ask(prepared)
        assert caught.value.code == "generic.answer-about-another"


def test_success_without_data_is_no_success(
    canned: Any, adapter: ByPlan, prepared: Prepared
) -> None:
    _answers(canned, 0)
    with pytest.raises(Unknown):
        adapter.submit(prepared)


def test_what_was_signed_and_cannot_be_read_is_unknown(
    canned: Any, adapter: ByPlan, prepared: Prepared
) -> None:
    _answers(canned, 0, DATA | {"date": "2026-02-30"})
    with pytest.raises(Unknown) as caught:
        adapter.submit(prepared)
    assert caught.value.code == "generic.answer-not-understood"


def test_the_question_names_our_serial_number_and_nothing_of_the_child(
    canned: Any, adapter: ByPlan, prepared: Prepared
) -> None:
    _answers(canned, "404")
    assert adapter.probe(prepared) is None
    ((path, body),) = canned.requests
    assert path == "/business/query"
    assert json.loads(body) == {"service": "certificate", "serialNo": KEY}


def test_a_refused_question_says_nothing_of_the_effect(
    canned: Any, adapter: ByPlan, prepared: Prepared
) -> None:
    _answers(canned, 1001, words="查询参数有误")
    with pytest.raises(Unknown):
        adapter.probe(prepared)


def test_without_a_name_nothing_is_signed_and_every_gap_is_told(
    adapter: ByPlan, birth: Any, declaration: Any
) -> None:
    del declaration["child"]["name"], declaration["applicant"]["name"], birth["mother"]["name"]
    with pytest.raises(Invalid) as caught:
        adapter.prepare("sign_certificate", {"birth": birth, "declaration": declaration}, KEY)
    assert {problem.facts["path"] for problem in caught.value.problems} == {
        "/declaration/child/name",
        "/declaration/applicant/name",
        "/birth/mother/name",
    }


@pytest.mark.parametrize("operation", ["issue_voucher", "open_vaccination", "register_parenting"])
def test_the_others_need_no_name_and_no_declaration(
    adapter: ByPlan, birth: Any, operation: str
) -> None:
    made = adapter.prepare(operation, {"birth": birth}, KEY)
    assert "张小直" not in json.dumps(dict(made.body), ensure_ascii=False, default=str)
    assert made.mapping_digest


def test_without_login_and_key_it_is_not_opened(canned: Any) -> None:
    with pytest.raises(Fatal):
        health.open_system({}, Endpoint(canned.address))


def test_a_wrong_setting_of_the_wire_is_told_with_its_place() -> None:
    ((at, problem),) = health.mistakes({"settings": {"timeout": 3}}, None)  # type: ignore[arg-type]
    assert (at, problem.code) == ("/settings/timeout", "feed.unknown-setting")
    assert health.wire({"settings": {"timeout_s": 3}})[1]["timeout_s"] == 3


def test_an_answer_is_kept_as_it_came(canned: Any, adapter: ByPlan, prepared: Prepared) -> None:
    _answers(canned, 0, DATA)
    answer = adapter.probe(prepared)
    assert isinstance(answer, Answer)
    assert json.loads(answer.raw)["data"] == DATA
