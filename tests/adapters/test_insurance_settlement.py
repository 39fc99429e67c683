"""What is paid for a birth: assessed, waiting, not payable, not yet, found again by our own number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters import medical_insurance
from adapters._insurance_envelope import Sender
from adapters.medical_insurance import CALL, SETTLE_BIRTH, MedicalInsurance, Settings
from connectors.memory import Memory
from exchange.errors import (
    Fatal,
    Invalid,
    NotYet,
    Rejected,
    Retriable,
    Unknown,
    ZhidaError,
)
from exchange.ports import Prepared, Reply
from mappings import shapes

Record = dict[str, Any]

NOW = datetime(2026, 1, 8, 1, 0, tzinfo=UTC)
DATA = {"certno": "320117199303120025", "psn_name": "李小达", "brth_cert_no": "X320117001"}
PREPARED = Prepared("settle_birth", "k1", DATA)
ROW = {
    "evtsn": "k1",
    "brth_cert_no": "X320117001",
    "setl_id": "S1",
    "stt": "1",
    "fund_pay_sumamt": "3200.50",
    "setl_time": "2026-01-09 10:00:00",
}


def _adapter(answers: dict[str, Callable[[Any], Any]]) -> MedicalInsurance:
    sender = Sender("H32011700001", "中心", "320117", "ZHIDA", "hub", "中枢")
    options = medical_insurance.OPTIONS["properties"]
    texts = {n: told["default"] for n, told in options.items() if n.endswith("_texts")}
    wire = Memory({CALL + number: answer for number, answer in answers.items()})
    return MedicalInsurance(wire, Settings(sender, "s", **texts), lambda: NOW)


def _submit(body: Any) -> Any:
    return _adapter({"9105": lambda _: Reply(b"raw", body)}).submit(PREPARED)


def _probe(body: Any) -> Any:
    return _adapter({"9106": lambda _: body}).probe(PREPARED)


def _done(**changed: Any) -> Record:
    return {"infcode": 0, "output": ROW | changed}


def _found(*rows: Any) -> Record:
    return {"infcode": "0", "output": {"setlinfo": list(rows)}}


def test_money_is_never_sent_twice_unasked() -> None:
    assert (SETTLE_BIRTH.idempotence, SETTLE_BIRTH.irreversible) == ("probe", True)
    assert SETTLE_BIRTH.identity == ("birth/certificate/number",)


def test_the_platform_gets_the_mother_the_certificate_and_the_account(
    birth: Record, declaration: Record
) -> None:
    adapter, inputs = _adapter({}), {"birth": birth, "declaration": declaration}
    assert adapter.prepare("settle_birth", inputs, "k1").body == DATA
    declaration["expense"] = {"account": "6225880000000001"}
    prepared = adapter.prepare("settle_birth", inputs, "k1")
    assert prepared.body == DATA | {"bankacct": "6225880000000001"}
    assert prepared.mapping_digest


def test_what_is_withheld_is_all_named(birth: Record, declaration: Record) -> None:
    only = {"certificate": birth["certificate"]}
    with pytest.raises(Invalid) as caught:
        _adapter({}).prepare("settle_birth", {"birth": only, "declaration": declaration}, "k1")
    paths = [problem.facts["path"] for problem in caught.value.problems]
    assert paths == ["/birth/mother/id_number", "/birth/mother/name"]


def test_a_declaration_for_another_child_is_not_sent(birth: Record, declaration: Record) -> None:
    declaration["certificate"]["number"] = "X320117002"
    with pytest.raises(Invalid) as caught:
        _adapter({}).prepare("settle_birth", {"birth": birth, "declaration": declaration}, "k1")
    assert caught.value.code == "insurance.another-certificate"


def test_an_application_carries_our_key_as_its_serial_number() -> None:
    sent: list[Any] = []

    def answer(body: Any) -> Any:
        sent.append(body)
        return _done()

    _adapter({"9105": answer}).submit(PREPARED)
    assert sent[0]["input"]["data"] == DATA | {"evtsn": "k1"}
    assert sent[0]["infno"] == "9105"


@pytest.mark.parametrize("amount", ["3200.50", "3200.5", Decimal("3200.50")])
def test_a_settlement_is_a_document_in_fen(amount: Any) -> None:
    answer = _submit(_done(fund_pay_sumamt=amount))
    shapes.validate("birth-expense-settlement", answer.record)
    assert answer.record["amount_fen"] == 320050
    assert (answer.reference, answer.waiting) == ("S1", False)
    assert answer.mapping_digest


def test_an_application_that_waits_for_the_stay_is_taken_and_not_done() -> None:
    for answer in (_submit(_done(stt="0", setl_time="")), _probe(_found(ROW | {"stt": 0}))):
        assert (answer.reference, answer.waiting, answer.record) == ("S1", True, None)


@pytest.mark.parametrize(
    ("text", "leaf", "code"),
    [
        ("未查询到母亲的出院结算信息", Rejected, "insurance.refused"),
        ("", Rejected, "insurance.refused"),
        ("母亲尚未出院结算，请稍后再试", NotYet, "insurance.not-yet"),
        ("系统繁忙，请稍后再试", Retriable, "insurance.busy"),
        ("后台处理超时", Unknown, "insurance.uncertain"),
        ("验签失败", Fatal, "insurance.login-refused"),
    ],
)
def test_a_no_is_told_from_a_not_yet_by_its_text(
    text: str, leaf: type[ZhidaError], code: str
) -> None:
    with pytest.raises(leaf) as caught:
        _submit({"infcode": "-1", "err_msg": text})
    assert caught.value.code == code
    if isinstance(caught.value, Rejected):
        assert caught.value.reason == text
    if isinstance(caught.value, NotYet):
        assert caught.value.facts["retry_after"] == 3600


def test_what_was_found_not_payable_later_is_a_refusal_with_its_words() -> None:
    with pytest.raises(Rejected) as caught:
        _probe(_found(ROW | {"stt": "2", "memo": "李小达未参加生育保险"}))
    assert caught.value.reason == "李小达未参加生育保险"
    assert "李小达" not in repr(caught.value.facts)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"brth_cert_no": "X320117002"}, "insurance.answer-about-another"),
        ({"evtsn": "k2"}, "insurance.answer-about-another"),
        ({"stt": "9"}, "insurance.unclear-state"),
        ({"stt": "李小达"}, "insurance.unclear-state"),
        ({"fund_pay_sumamt": "3200.505"}, "insurance.answer-not-understood"),
        ({"fund_pay_sumamt": ""}, "insurance.answer-not-understood"),
        ({"setl_time": "昨天"}, "insurance.answer-not-understood"),
    ],
)
def test_what_cannot_be_believed_leaves_it_unknown(changed: Any, code: str) -> None:
    for act in (lambda: _submit(_done(**changed)), lambda: _probe(_found(ROW | changed))):
        with pytest.raises(Unknown) as caught:
            act()
        assert caught.value.code == code
        assert "李小达" not in repr(caught.value.facts)


def test_only_an_empty_list_says_that_it_is_not_there() -> None:
    assert _probe(_found()) is None
    assert _probe(_found(ROW)).record["number"] == "S1"


@pytest.mark.parametrize(
    "body",
    [
        {"infcode": 0},
        {"infcode": 0, "output": {"setlinfo": "x"}},
        {"infcode": 0, "output": {"setlinfo": ["x"]}},
        {"infcode": -1, "err_msg": "未查询到人员信息"},
        {"infcode": -1, "err_msg": "母亲尚未出院结算"},
        {"infcode": -1, "err_msg": ""},
    ],
)
def test_a_question_that_is_not_answered_says_nothing_of_the_money(body: Any) -> None:
    with pytest.raises(Unknown):
        _probe(body)
