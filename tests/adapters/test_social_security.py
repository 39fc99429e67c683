"""The card system's answers, word by word: only what it says of our own serial number counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from adapters import social_security
from adapters._unit_plan import ByPlan
from exchange.errors import Fatal, Rejected, Unknown
from exchange.ports import Prepared
from sandbox import soap
from sandbox.social_security import NAMESPACE

KEY = "5f" * 16
CHILD = "320117202601050015"


@pytest.fixture
def adapter(canned: Any) -> Iterator[ByPlan]:
    opened = social_security.open_system({}, canned.endpoint())
    yield opened
    opened.close()


@pytest.fixture
def prepared(adapter: ByPlan, citizen: Any, declaration: Any) -> Prepared:
    declaration["card"] = {"bank": "102"}
    inputs = {"citizen": citizen, "declaration": declaration}
    return adapter.prepare("order_card", inputs, KEY)


def _answers(canned: Any, text: str, operation: str = "applyCard") -> None:
    root = etree.Element(f"{{{NAMESPACE}}}{operation}Response")
    etree.SubElement(root, "return").text = text
    canned.will_answer(soap.envelope(root))


def _output(code: str, **fields: str) -> str:
    told = {"prm_ywlsh": KEY, "prm_aac002": CHILD, "prm_aaz500": "A17000001", "prm_aae008": "102"}
    told |= {"prm_aae036": "20260108093000", "prm_errormsg": "证件有误"} | fields
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in told.items())
    head = '<?xml version="1.0" encoding="GBK" standalone="yes" ?>'
    return f"{head}<output><prm_appcode>{code}</prm_appcode>{inner}</output>"


def test_an_order_is_a_document(canned: Any, adapter: ByPlan, prepared: Prepared) -> None:
    _answers(canned, _output("1"))
    answer = adapter.submit(prepared)
    assert answer.reference == "A17000001"
    assert answer.record == {
        "citizen_id": CHILD,
        "card_number": "A17000001",
        "bank": "102",
        "ordered_on": "2026-01-08",
    }


@pytest.mark.parametrize(
    ("code", "kind", "problem"),
    [
        ("-1", Rejected, "generic.refused"),
        ("-2", Fatal, "generic.our-mistake"),
        ("-9", Unknown, "generic.told-unknown"),
        ("2", Unknown, "generic.unclear"),
        ("", Unknown, "generic.unclear"),
    ],
)
def test_each_code_says_what_to_do(
    canned: Any, adapter: ByPlan, prepared: Prepared, *, code: str, kind: type, problem: str
) -> None:
    _answers(canned, _output(code))
    with pytest.raises(kind) as caught:
        adapter.submit(prepared)
    assert caught.value.code == problem
    if kind is Rejected:
        assert caught.value.reason == "证件有误"


@pytest.mark.parametrize("field", ["prm_ywlsh", "prm_aac002"])
def test_an_answer_about_another_is_not_believed(
    canned: Any, adapter: ByPlan, prepared: Prepared, field: str
) -> None:
    _answers(canned, _output("1", **{field: "another"}))
    with pytest.raises(Unknown) as caught:
        adapter.submit(prepared)
    assert caught.value.code == "generic.answer-about-another"


def test_what_is_no_xml_is_unknown(canned: Any, adapter: ByPlan, prepared: Prepared) -> None:
    _answers(canned, "系统维护中")
    with pytest.raises(Unknown) as caught:
        adapter.submit(prepared)
    assert caught.value.code == "generic.unreadable-answer"


def test_nobody_known_by_our_serial_number_is_surely_not_there(
    canned: Any, adapter: ByPlan, prepared: Prepared
) -> None:
    text = "<output><prm_appcode>2</prm_appcode><prm_errormsg>查无此记录</prm_errormsg></output>"
    _answers(canned, text, "queryCard")
    assert adapter.probe(prepared) is None
    body = canned.requests[-1][1].decode()
    assert KEY in body
    assert CHILD not in body


def test_a_fault_of_the_server_may_come_after_its_commit(
    canned: Any, adapter: ByPlan, prepared: Prepared
) -> None:
    fault = soap.fault("x").body.replace(b"soap:Client", b"soap:Server")
    canned.will_answer(fault, status=500)
    with pytest.raises(Unknown):
        adapter.submit(prepared)
