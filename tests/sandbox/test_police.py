"""The birth register over its wire: numbers, refusals, and no de-duplication at all."""

from __future__ import annotations

from http.client import HTTPConnection
from typing import Any

import pytest
from lxml import etree

from sandbox import resident_id, soap
from sandbox.handle import Handle

Births = Any
"""The ``BirthClient`` of conftest, which has no import path."""


def test_a_registered_child_gets_a_valid_number_of_its_sex(births: Births) -> None:
    boy, girl = births.register("n-1", xb="1"), births.register("n-2", xb="2")
    for answer, odd in ((boy, 1), (girl, 0)):
        (record,) = births.records(answer)
        number = record.findtext("GMSFHM")
        assert (record.get("code"), record.get("msg")) == ("0", "登记成功")
        assert resident_id.is_valid(number)
        assert number.startswith("32011720260105")
        assert int(number[16]) % 2 == odd
        assert record.findtext("CSZMBH") == "X320117001"


def test_the_same_birth_twice_is_two_children_in_the_books(births: Births, police: Handle) -> None:
    before = len(police.books())
    births.register("twice")
    births.register("twice")
    rows = police.books()[before:]
    assert [row["postid"] for row in rows] == ["twice", "twice"]
    assert rows[0]["gmsfhm"] != rows[1]["gmsfhm"]
    assert len(births.records(births.ask("twice"))) == 2


def test_the_answer_declares_gbk_inside_a_utf8_envelope(births: Births) -> None:
    answer = births.register("gbk-1")
    assert answer.body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    text = soap.payload(answer.body).findtext("return") or ""
    assert text.startswith('<?xml version="1.0" encoding="GBK"?>')
    assert "王小直" in text


def test_a_query_finds_what_was_registered_and_nothing_else(births: Births) -> None:
    (record,) = births.records(births.register("q-1"))
    (found,) = births.records(births.ask("q-1"))
    assert etree.tostring(found) == etree.tostring(record)
    (missing,) = births.records(births.ask("q-none"))
    assert (missing.get("code"), missing.get("msg")) == ("9", "查无此记录")


def test_a_refusal_is_told_again_when_asked(births: Births, police: Handle) -> None:
    before = len(police.books())
    police.fault("refuse", reason="父母户口均不在本区", times=1)
    for answer in (births.register("r-1"), births.ask("r-1")):
        (record,) = births.records(answer)
        assert (record.get("code"), record.get("msg")) == ("1", "审核不通过")
        assert record.findtext("KSTBSHJGDM") == "2"
        assert record.findtext("BYLH_JYQK") == "父母户口均不在本区"
    assert len(police.books()) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"mqxm": "", "mqgmsfhm": "", "fqxm": "", "fqgmsfhm": ""},
        {"fqxm": ""},
        {"xm": "王𬀩"},
        {"xm": "王" * 21},
        {"xb": "3"},
        {"mz": "57"},
        {"csdssxq": "320103"},
        {"jhryjhgx": "父亲"},
        {"csrq": "20260229"},
        {"cssj": "2400"},
        {"cszmbh": "320117001"},
        {"mqgmsfhm": "320117199602140020"},
        {"lhsfz": "110105194912310021"},
        {"postid": ""},
    ],
)
def test_bad_data_is_minus_two_and_nothing_is_written(
    births: Births, police: Handle, changed: dict[str, str]
) -> None:
    before = len(police.books())
    answer = births.register("bad", **changed)
    assert births.code(answer) == "-2"
    assert births.records(answer)[0].get("msg")
    assert len(police.books()) == before


def test_a_name_of_forty_bytes_is_taken(births: Births) -> None:
    assert births.code(births.register("long", xm="王" * 20)) == "0"


def test_a_child_without_a_recorded_father_is_taken(births: Births) -> None:
    answer = births.register("one", fqxm="", fqgmsfhm="", lhsfz=births.MOTHER)
    assert births.code(answer) == "0"


@pytest.mark.parametrize(
    "text", ["", "没有XML", "<ROOT/>", "<!DOCTYPE ROOT><ROOT><RECORD/></ROOT>"]
)
def test_a_string_that_is_no_record_is_minus_two(births: Births, text: str) -> None:
    assert births.code(births.send(births.wrapped("csdj", text))) == "-2"


def test_a_qualified_argument_is_not_seen(births: Births) -> None:
    text = births.envelope("csdj", births.fields("qualified")).replace(b"arg0", b"ns0:arg0")
    assert births.code(births.send(text)) == "-2"


@pytest.mark.parametrize("body", [b"", b"<a/>", b"\xff\xfe"])
def test_no_envelope_is_a_soap_fault(births: Births, body: bytes) -> None:
    answer = births.send(body)
    assert answer.status == 500
    assert soap.payload(answer.body).tag.endswith("Fault")


def test_the_wsdl_tells_the_address_it_was_asked_at(police: Handle) -> None:
    connection = HTTPConnection("127.0.0.1", police.port)
    connection.request("GET", "/services/BirthRegister?wsdl")
    text = connection.getresponse().read().decode()
    connection.close()
    assert f'location="http://127.0.0.1:{police.port}/services/BirthRegister"' in text
