"""Enrolment in resident medical insurance: enrolled, refused, busy, unknown, found again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest

from adapters import medical_insurance
from adapters._insurance_envelope import Sender
from adapters.medical_insurance import CALL, Settings
from connectors.memory import Memory
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown, ZhidaError
from exchange.ports import Prepared, Reply
from mappings import shapes

Record = dict[str, Any]

OPTIONS = {
    "institution": "H32011700001",
    "institution_name": "溧水区示例医保经办中心",
    "region": "320117",
    "operator": "hub",
    "operator_name": "数据直达中枢",
}
NOW = datetime(2026, 1, 8, 1, 0, tzinfo=UTC)
CHILD = "320117202601050015"
DATA = {
    "psn_cert_type": "01",
    "certno": CHILD,
    "psn_name": "张小直",
    "gend": "1",
    "naty": "01",
    "brdy": "2026-01-05",
    "insutype": "390",
    "insuplc_admdvs": "320117",
    "grd_certno": "320117199303120025",
    "grd_psn_name": "李小达",
}
PREPARED = Prepared("enrol", "k1", DATA)
ROW = {
    "psn_no": "320117000000000000000000000001",
    "insutype": "390",
    "insuplc_admdvs": "320117",
    "insu_date": "2026-01-08",
}
DONE = {"infcode": 0, "inf_refmsgid": "R1", "output": {**ROW, "certno": CHILD}}


def _adapter(canned: Any, **options: Any) -> medical_insurance.MedicalInsurance:
    endpoint = canned.endpoint(secret="s")
    return medical_insurance.open_system({**OPTIONS, **options}, endpoint)


def _answering(
    body: Any, call: str, act: Callable[[medical_insurance.MedicalInsurance], Any]
) -> Any:
    sender = Sender("H32011700001", "中心", "320117", "ZHIDA", "hub", "中枢")
    known = {
        n: p["default"] for n, p in medical_insurance.OPTIONS["properties"].items() if "_texts" in n
    }
    wire = Memory({CALL + call: lambda sent: body})
    return act(
        medical_insurance.MedicalInsurance(wire, Settings(sender, "s", **known), lambda: NOW)
    )


def _submit(body: Any) -> Any:
    return _answering(body, "9101", lambda adapter: adapter.submit(PREPARED))


def _probe(body: Any) -> Any:
    return _answering(body, "1101", lambda adapter: adapter.probe(PREPARED))


def test_the_input_is_made_of_the_citizen_and_the_declaration(
    canned: Any, citizen: Record, declaration: Record
) -> None:
    adapter = _adapter(canned)
    prepared = adapter.prepare("enrol", {"citizen": citizen, "declaration": declaration}, "k1")
    adapter.close()
    assert prepared.body == DATA
    assert canned.requests == []


def test_the_registered_ethnicity_counts_before_the_declared_one(
    canned: Any, citizen: Record, declaration: Record
) -> None:
    citizen["ethnicity"] = "05"
    adapter = _adapter(canned)
    found = {"citizen": citizen, "declaration": declaration}
    assert adapter.prepare("enrol", found, "k1").body["naty"] == "05"
    del declaration["child"]["ethnicity"]
    assert adapter.prepare("enrol", found, "k1").body["naty"] == "05"
    adapter.close()


def test_withheld_fields_are_all_named(canned: Any, citizen: Record, declaration: Record) -> None:
    del citizen["sex"]
    declaration["child"] = {}
    del declaration["insurance"]
    adapter = _adapter(canned)
    with pytest.raises(Invalid) as caught:
        adapter.prepare("enrol", {"citizen": citizen, "declaration": declaration}, "k1")
    adapter.close()
    assert [p.facts["path"] for p in caught.value.problems] == [
        "/citizen/sex",
        "/citizen/ethnicity",
        "/declaration/insurance/place",
    ]


def test_an_enrolment_over_the_wire(canned: Any) -> None:
    canned.will_answer(orjson.dumps(DONE), media="application/json;charset=UTF-8")
    adapter = _adapter(canned)
    answer = adapter.submit(PREPARED)
    adapter.close()
    path, body = canned.requests[0]
    sent = orjson.loads(body)
    assert path == "/fsi/api/rsfComIfsService/callService/9101"
    assert sent["input"] == {"data": DATA | {"evtsn": PREPARED.effect_key}}
    assert sent["inf_time"] == "2026-01-08 09:00:00"
    assert sent["insuplc_admdvs"] == "320117"
    assert answer.raw == orjson.dumps(DONE)
    assert answer.reference == ROW["psn_no"], "its name in the books, as a probe tells it too"


def test_an_enrolment_gives_its_document() -> None:
    answer = _submit(DONE)
    shapes.validate("insurance-enrolment", answer.record)
    assert answer.record["person_number"] == ROW["psn_no"]
    assert answer.record["kind"] == "390"
    assert answer.mapping_digest


@pytest.mark.parametrize("amount", ["400.00", "400", Decimal("400.00"), 400])
def test_an_enrolment_tells_the_premium_in_fen(amount: Any) -> None:
    output = {**ROW, "certno": CHILD, "premium_year": "2026", "premium_amt": amount}
    record = _submit(Reply(b"raw", {"infcode": 0, "output": output})).record
    assert record["premium"] == {"year": 2026, "amount_fen": 40000}
    assert "premium" not in _submit(DONE).record, "nothing due is nothing said"


@pytest.mark.parametrize("told", [{"premium_amt": "1.005"}, {"premium_amt": "400.00"}])
def test_a_premium_that_is_none_is_not_guessed(told: Any) -> None:
    with pytest.raises(Unknown) as caught:
        _submit({"infcode": 0, "output": {**ROW, "certno": CHILD, **told}})
    assert caught.value.code == "insurance.answer-not-understood"


@pytest.mark.parametrize("code", [-1, "-1"])
@pytest.mark.parametrize(
    ("text", "leaf", "error"),
    [
        ("该人员已参保", Rejected, "insurance.refused"),
        ("naty不符合要求", Rejected, "insurance.refused"),
        ("", Rejected, "insurance.refused"),
        ("系统繁忙，请稍后再试", Retriable, "insurance.busy"),
        ("后台处理超时", Unknown, "insurance.uncertain"),
        ("验签失败", Fatal, "insurance.login-refused"),
    ],
)
def test_one_code_for_everything_is_told_apart_by_its_text(
    code: Any, text: str, leaf: type[ZhidaError], error: str
) -> None:
    with pytest.raises(leaf) as caught:
        _submit({"infcode": code, "err_msg": text})
    assert caught.value.code == error
    if isinstance(caught.value, Rejected):
        assert caught.value.reason == text
        assert caught.value.raw


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ([], "insurance.unreadable-answer"),
        ({"infcode": "7"}, "insurance.unreadable-answer"),
        ({"infcode": 0, "output": "U000NEVuY3J5cHRlZA=="}, "insurance.unreadable-answer"),
        ({"infcode": 0}, "insurance.answer-about-another"),
        ({"infcode": 0, "output": {**ROW, "certno": "X"}}, "insurance.answer-about-another"),
        ({"infcode": 0, "output": {"certno": CHILD}}, "insurance.answer-not-understood"),
        (
            {"infcode": 0, "output": {**ROW, "certno": CHILD, "insu_date": "/"}},
            "insurance.answer-not-understood",
        ),
    ],
)
def test_what_cannot_be_believed_leaves_the_enrolment_unknown(body: Any, error: str) -> None:
    with pytest.raises(Unknown) as caught:
        _submit(body)
    assert caught.value.code == error


@pytest.mark.parametrize("insuinfo", [[ROW], ROW, [{**ROW, "insutype": "310"}, ROW]])
def test_a_probe_finds_the_enrolment_as_object_or_in_a_list(insuinfo: Any) -> None:
    found = _probe({"infcode": "0", "output": {"baseinfo": {}, "insuinfo": insuinfo}})
    assert found.record["person_number"] == ROW["psn_no"]
    assert found.record["citizen_id"] == CHILD


@pytest.mark.parametrize(
    "body",
    [
        {"infcode": 0, "output": {"baseinfo": {}, "insuinfo": []}},
        {"infcode": 0},
        {"infcode": -1, "err_msg": "未查询到人员信息"},
        {"infcode": "-1", "err_msg": " 人员信息不存在。 "},
        {"infcode": -1, "err_msg": "未查询到参保信息"},
        {"infcode": 0, "output": {"insuinfo": {**ROW, "insutype": "310"}}},
        {"infcode": 0, "output": {"insuinfo": {**ROW, "insuplc_admdvs": "320118"}}},
    ],
)
def test_a_probe_tells_that_this_enrolment_is_not_there(body: Any) -> None:
    assert _probe(body) is None


@pytest.mark.parametrize(
    "body",
    [
        {"infcode": 0, "output": {"insuinfo": "x"}},
        {"infcode": 0, "output": {"certno": CHILD}},
        "",
        None,
    ],
)
def test_a_probe_that_cannot_be_read_is_no_answer(body: Any) -> None:
    with pytest.raises(Unknown):
        _probe(body)


@pytest.mark.parametrize(
    "text",
    [
        "医药机构不存在",
        "接口[1101]不存在",
        "查无此接口",
        "数据库连接异常",
        "姓名与证件号码不一致",
        "未查询到人员信息的查询权限",
        "人员信息不存在或姓名与证件号码不一致",
        "",
        "。",
    ],
)
def test_a_query_that_the_platform_does_not_answer_says_nothing_of_the_enrolment(text: str) -> None:
    """Taken for "not there" it would enrol twice, taken for a refusal it would lose one."""
    with pytest.raises(Unknown) as caught:
        _probe({"infcode": -1, "err_msg": text})
    assert caught.value.code == "insurance.query-refused"
    assert caught.value.facts == {"infno": "1101"}


@pytest.mark.parametrize(
    ("text", "leaf"), [("系统繁忙", Retriable), ("处理中", Unknown), ("验签失败", Fatal)]
)
def test_trouble_with_the_query_is_told_as_what_it_is(text: str, leaf: type[ZhidaError]) -> None:
    with pytest.raises(leaf):
        _probe({"infcode": -1, "err_msg": text})


def test_what_a_site_calls_absent_is_absent_there_and_only_that(canned: Any) -> None:
    canned.will_answer(
        orjson.dumps({"infcode": -1, "err_msg": "无此参保人"}), media="application/json"
    )
    canned.will_answer(
        orjson.dumps({"infcode": -1, "err_msg": "查无此人"}), media="application/json"
    )
    adapter = _adapter(canned, absent_texts=["无此参保人"])
    assert adapter.probe(PREPARED) is None
    with pytest.raises(Unknown):
        adapter.probe(PREPARED)
    adapter.close()


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_wire_that_refuses_the_query_refuses_no_enrolment(canned: Any, status: int) -> None:
    canned.will_answer(b'{"error":"no"}', media="application/json", status=status)
    adapter = _adapter(canned)
    with pytest.raises(Unknown):
        adapter.probe(PREPARED)
    adapter.close()


def test_a_probe_sends_only_who_is_asked_for(canned: Any) -> None:
    canned.will_answer(b'{"infcode":0}', media="application/json")
    adapter = _adapter(canned)
    adapter.probe(PREPARED)
    adapter.close()
    data = orjson.loads(canned.requests[0][1])["input"]["data"]
    assert data == {"psn_cert_type": "01", "certno": CHILD, "psn_name": "张小直"}


def test_a_lost_probe_may_be_repeated_and_a_lost_enrolment_not(canned: Any) -> None:
    canned.will_answer(b"<html>login</html>", media="text/html")
    adapter = _adapter(canned)
    with pytest.raises(Retriable):
        adapter.probe(PREPARED)
    with pytest.raises(Unknown):
        adapter.submit(PREPARED)
    adapter.close()


def test_without_a_key_nothing_is_opened(canned: Any) -> None:
    with pytest.raises(Fatal) as caught:
        medical_insurance.open_system(OPTIONS, canned.endpoint())
    assert caught.value.code == "insurance.no-secret"


def test_other_operations_do_not_exist(canned: Any) -> None:
    adapter = _adapter(canned)
    with pytest.raises(Fatal, match=r"insurance\.no-such-operation"):
        adapter.prepare("enroll", {}, "k1")
    with pytest.raises(Fatal, match=r"insurance\.no-such-operation"):
        adapter.fetch(PREPARED)
    with pytest.raises(Fatal, match=r"insurance\.no-such-operation"):
        adapter.books("amend_enrolment", NOW, NOW)
    adapter.close()
    assert canned.requests == []
