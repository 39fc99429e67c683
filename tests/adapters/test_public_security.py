"""The birth register: registered, refused, unknown; and what a lost answer became."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapters import public_security
from connectors.memory import Memory
from exchange.errors import Fatal, Rejected, Unknown, ZhidaError
from exchange.ports import Prepared, utc_now
from mappings import shapes

Record = dict[str, Any]

FIELDS = (
    "<GMSFHM>320117202601050015</GMSFHM><XM>张小直</XM><XBDM>1</XBDM><CSRQ>20260105</CSRQ>"
    "<CSZMBH>X320117001</CSZMBH><DJRQ>20260108</DJRQ>"
)
REGISTERED = f'<RECORD no="1" sid="S0001" code="0" msg="登记成功">{FIELDS}</RECORD>'
REFUSED = (
    '<RECORD no="1" sid="" code="1" msg="审核不通过"><KSTBSHJGDM>2</KSTBSHJGDM>'
    "<BYLH_JYQK>父母信息不一致</BYLH_JYQK></RECORD>"
)
BAD = '<RECORD no="1" sid="" code="-2" msg="xm不能为空"></RECORD>'
NOTHING = '<RECORD no="1" sid="" code="9" msg="查无此记录"></RECORD>'


def _text(*records: str) -> str:
    return '<?xml version="1.0" encoding="GBK"?><RECORDS>' + "".join(records) + "</RECORDS>"


def _adapter(text: Any) -> public_security.PublicSecurity:
    return public_security.PublicSecurity(
        Memory({"csdj": lambda body: text, "csdjcx": lambda body: text})
    )


PREPARED = Prepared("register_birth", "k1", {"arg0": "<ROOT/>", "certificate": "X320117001"})


def test_a_registered_birth_gives_a_citizen_id_with_the_register_s_serial() -> None:
    answer = _adapter(_text(REGISTERED)).submit(PREPARED)
    assert answer.record is not None
    shapes.validate("citizen-id", answer.record)
    assert answer.record["citizen_id"] == "320117202601050015"
    assert answer.record["registered_on"] == "2026-01-08"
    assert answer.reference == answer.record["serial"] == "S0001"
    assert answer.mapping_digest


def test_a_refusal_carries_the_officer_s_reason_and_the_answer() -> None:
    with pytest.raises(Rejected) as caught:
        _adapter(_text(REFUSED)).submit(PREPARED)
    assert caught.value.code == "police.refused"
    assert caught.value.facts == {"result": "2"}
    assert caught.value.reason == "父母信息不一致"
    assert "审核不通过" in caught.value.raw.decode()


def test_bad_data_is_a_refusal_of_its_own_kind() -> None:
    with pytest.raises(Rejected) as caught:
        _adapter(_text(BAD)).submit(PREPARED)
    assert (caught.value.code, caught.value.reason) == ("police.bad-data", "xm不能为空")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "police.unreadable-answer"),
        ("", "police.unreadable-answer"),
        ("<html>登录</html>", "police.unreadable-answer"),
        ("<!DOCTYPE a><RECORDS><RECORD code='1'/></RECORDS>", "police.unreadable-answer"),
        (_text(NOTHING), "police.unreadable-answer"),
        (_text('<RECORD code="5" msg="处理中"/>'), "police.unknown-code"),
        (_text(REGISTERED.replace("X320117001", "X320117002")), "police.answer-about-another"),
        (_text(REGISTERED.replace("050015<", "050016<")), "police.answer-not-understood"),
        (_text(REGISTERED.replace("<DJRQ>20260108</DJRQ>", "")), "police.answer-not-understood"),
    ],
)
def test_what_cannot_be_believed_leaves_the_registration_unknown(text: Any, code: str) -> None:
    with pytest.raises(Unknown) as caught:
        _adapter(text).submit(PREPARED)
    assert caught.value.code == code


def test_a_probe_tells_registered_refused_and_nothing_apart() -> None:
    found = _adapter(_text(REGISTERED)).probe(PREPARED)
    assert found is not None
    assert found.reference == "S0001"
    assert _adapter(_text(NOTHING)).probe(PREPARED) is None
    with pytest.raises(Rejected):
        _adapter(_text(REFUSED)).probe(PREPARED)
    with pytest.raises(Unknown):
        _adapter("?").probe(PREPARED)


def test_bad_data_in_the_question_is_no_refusal_of_the_birth() -> None:
    with pytest.raises(Unknown) as caught:
        _adapter(_text(BAD)).probe(PREPARED)
    assert caught.value.code == "police.query-refused"


def test_a_fault_that_calls_the_question_wrong_is_no_refusal_of_the_birth(canned: Any) -> None:
    canned.will_answer(FAULT % b"Client", status=500)
    adapter = public_security.open_system({}, canned.endpoint())
    with pytest.raises(Unknown) as caught:
        adapter.probe(PREPARED)
    adapter.close()
    assert caught.value.code == "soap.fault"


@pytest.mark.parametrize("written", ["张小直", "Zhang Xiaozhi", "320117202601050015", "", "0\n"])
def test_what_is_no_code_never_becomes_a_fact(written: str) -> None:
    refused = REFUSED.replace("<KSTBSHJGDM>2<", f"<KSTBSHJGDM>{written}\n<")
    with pytest.raises(Rejected) as caught:
        _adapter(_text(refused)).submit(PREPARED)
    assert caught.value.facts == {"result": "0" if written == "0\n" else "?"}
    with pytest.raises(Unknown) as unknown:
        _adapter(_text(f'<RECORD code="x{written}{written}y" msg=""/>')).submit(PREPARED)
    told = "xy" if not written else "?"
    assert unknown.value.facts == {"code": told}


def test_a_registration_counts_though_a_refusal_stands_beside_it() -> None:
    found = _adapter(_text(REFUSED, REGISTERED)).probe(PREPARED)
    assert found is not None


def test_a_probe_asks_by_the_effect_key_and_sends_nothing_else() -> None:
    sent: list[Any] = []
    adapter = public_security.PublicSecurity(
        Memory({"csdjcx": lambda body: sent.append(body) or _text(NOTHING)})
    )
    adapter.probe(PREPARED)
    root = etree.fromstring(sent[0]["arg0"].encode("gbk"))
    assert [(e.tag, e.text) for e in root[0]] == [("postid", "k1")]


def test_what_is_sent_is_what_was_prepared(birth: Record, declaration: Record) -> None:
    sent: list[Any] = []
    adapter = public_security.PublicSecurity(
        Memory({"csdj": lambda body: sent.append(body) or _text(REGISTERED)})
    )
    inputs = {"birth": birth, "declaration": declaration}
    prepared = adapter.prepare("register_birth", inputs, "k1")
    assert sent == []
    adapter.submit(prepared)
    record = etree.fromstring(sent[0]["arg0"].encode("gbk"))[0]
    assert record.findtext("postid") == "k1"
    assert record.findtext("xm") == "张小直"
    assert adapter.prepare("register_birth", inputs, "k1") == prepared


def test_registering_is_irreversible_and_probed_and_settles_as_configured(canned: Any) -> None:
    adapter = public_security.open_system({"settle_s": 5}, canned.endpoint())
    operation = adapter.operations["register_birth"]
    adapter.close()
    assert operation.irreversible
    assert operation.idempotence == "probe"
    assert operation.settle.total_seconds() == 5
    assert operation.identity == ("birth/certificate/number",)


def test_other_operations_do_not_exist() -> None:
    with pytest.raises(Fatal, match=r"police\.no-such-operation"):
        _adapter("").prepare("cancel_birth", {}, "k1")
    with pytest.raises(Fatal, match=r"police\.no-such-operation"):
        _adapter("").fetch(PREPARED)


ENVELOPE = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
    b'<ns2:csdjResponse xmlns:ns2="http://birth.police.sandbox.zhida.example/"><return>%s</return>'
    b"</ns2:csdjResponse></S:Body></S:Envelope>"
)


def _envelope(text: str) -> bytes:
    return ENVELOPE % text.replace("&", "&amp;").replace("<", "&lt;").encode()


def test_a_string_that_declares_gbk_inside_a_utf8_envelope(canned: Any) -> None:
    canned.will_answer(_envelope(_text(REGISTERED.replace("张小直", "张·小直"))))
    adapter = public_security.open_system({}, canned.endpoint())
    answer = adapter.submit(PREPARED)
    adapter.close()
    assert answer.record is not None
    assert answer.record["name"] == "张·小直"
    assert answer.raw == canned.answers[0][2]
    assert canned.requests[0][0] == "/services/BirthRegister"


FAULT = (
    b'<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><S:Fault>'
    b"<faultcode>S:%s</faultcode><faultstring>ORA-00060</faultstring></S:Fault></S:Body></S:Envelope>"
)


@pytest.mark.parametrize(
    ("status", "body", "leaf"),
    [
        (500, FAULT % b"Server", Unknown),
        (500, FAULT % b"Client", Rejected),
        (200, b"", Unknown),
        (200, b"<html><input type='password'></html>", Unknown),
        (503, b"", ZhidaError),
    ],
)
def test_a_wire_that_fails_never_ends_as_registered(
    canned: Any, status: int, body: bytes, leaf: type[ZhidaError]
) -> None:
    canned.will_answer(body, status=status)
    adapter = public_security.open_system({}, canned.endpoint())
    with pytest.raises(leaf):
        adapter.submit(PREPARED)
    adapter.close()


@given(st.one_of(st.none(), st.text(max_size=200), st.builds(_text, st.text(max_size=60))))
def test_random_answers_raise_only_our_errors(text: str | None) -> None:
    with pytest.raises((Rejected, Unknown)):
        _adapter(text).submit(PREPARED)


def test_a_register_without_identity_cards_is_asked_nothing_of_them() -> None:
    known = public_security.declared({"identity_cards": False})
    assert "apply_identity_card" not in known
    adapter = public_security.PublicSecurity(Memory({}), known)
    assert adapter.booked == {"register_birth"}
    with pytest.raises(Fatal) as caught:
        adapter.prepare("apply_identity_card", {}, "k1")
    assert caught.value.code == "police.no-such-operation"
    with pytest.raises(Fatal):
        adapter.books("apply_identity_card", utc_now(), utc_now())
