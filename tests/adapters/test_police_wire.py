"""The register's string of XML: written without gluing, read as registers really write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapters import _police_wire
from adapters._police_wire import UnreadableAnswerError

ANSWER = (
    '<?xml version="1.0" encoding="GBK"?><RECORDS>'
    '<RECORD no="1" sid="S1" code="0" msg="登记成功"><GMSFHM>320117202601050015</GMSFHM>'
    "<XM>买买提·小直</XM><CSRQ/></RECORD></RECORDS>"
)


def test_markup_in_a_value_stays_a_value() -> None:
    text = _police_wire.request({"xm": "</xm><mz>02</mz>", "csdxz": "A&B 'C' \"D\""})
    root = etree.fromstring(text.encode("gbk"))
    assert root.findtext("RECORD/xm") == "</xm><mz>02</mz>"
    assert root.findtext("RECORD/csdxz") == "A&B 'C' \"D\""
    assert root.find("RECORD/mz") is None


def test_the_request_declares_gbk_and_is_gbk() -> None:
    text = _police_wire.request({"xm": "买买提·小直"})
    assert text.startswith('<?xml version="1.0" encoding="GBK"?><ROOT><RECORD no="1">')
    assert etree.fromstring(text.encode("gbk")).findtext("RECORD/xm") == "买买提·小直"


def test_the_inner_declaration_is_ignored_since_it_lies() -> None:
    (row,) = _police_wire.answer(ANSWER)
    assert (row.code, row.serial, row.message) == ("0", "S1", "登记成功")
    assert row.fields == {"GMSFHM": "320117202601050015", "XM": "买买提·小直", "CSRQ": ""}


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + ANSWER,
        "\r\n " + ANSWER + "\n",
        ANSWER.replace("GBK", "UTF-16"),
        ANSWER.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;"),
        ANSWER.partition("?>")[2],
    ],
    ids=["byte-order-mark", "blanks", "other-declaration", "escaped-twice", "undeclared"],
)
def test_spellings_of_one_answer(text: str) -> None:
    assert _police_wire.answer(text) == _police_wire.answer(ANSWER)


def test_several_records_come_in_order() -> None:
    rows = _police_wire.answer('<RECORDS><RECORD code="1"/><RECORD code="0"/></RECORDS>')
    assert [row.code for row in rows] == ["1", "0"]


@pytest.mark.parametrize(
    "text",
    [
        None,
        b"<RECORDS/>",
        "",
        "系统异常",
        "<RECORDS></RECORDS>",
        "<ROOT><RECORD code='0'/></ROOT>",
        "<RECORDS><RECORD code='0'>",
        '<!DOCTYPE R [<!ENTITY x SYSTEM "file:///etc/hostname">]><RECORDS><RECORD code="&x;"/></RECORDS>',
        '<?xml version="1.0"?><!doctype r><RECORDS><RECORD code="0"/></RECORDS>',
        "<RECORDS><RECORD code='0'><XM>&x;</XM></RECORD></RECORDS>",
        "<RECORDS><RECORD code='\ud800'/></RECORDS>",
    ],
)
def test_anything_else_is_unreadable(text: object) -> None:
    with pytest.raises(UnreadableAnswerError):
        _police_wire.answer(text)


@given(
    st.text(max_size=200), st.sampled_from(["", "<RECORDS>", "<RECORDS><RECORD code='0'>", "&lt;"])
)
def test_random_text_raises_only_our_error(text: str, head: str) -> None:
    try:
        rows = _police_wire.answer(head + text)
    except UnreadableAnswerError:
        return
    assert rows
