from decimal import Decimal
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.rest_body import Content, Writing, as_text
from exchange.errors import Invalid

FORM = Writing(body="form")


def problems(writing, style, body):
    with pytest.raises(Invalid) as raised:
        writing.content(style, body)
    return [(problem.code, dict(problem.facts)) for problem in raised.value.problems]


def test_no_body_is_no_content():
    for style in ("json", "form", "form-json", "query", "text"):
        assert FORM.content(style, None) == Content()


def test_json_is_utf_8_whatever_the_charset():
    made = Writing(charset="gbk").content("json", {"xm": "张小直", "n": Decimal("1.10")})
    assert made.raw.decode() == '{"xm":"张小直","n":1.10}'
    assert made.media == "application/json; charset=utf-8"


def test_a_form_holds_texts_and_json_inside_its_fields():
    body = {"remark": "a&b=c d", "mainData": [{"n": 2**63}], "next": True, "x": None, "fee": 7}
    made = FORM.content("form", body)
    assert made.media == "application/x-www-form-urlencoded; charset=UTF-8"
    assert parse_qsl(made.raw.decode(), True) == [
        ("remark", "a&b=c d"),
        ("mainData", '[{"n":9223372036854775808}]'),
        ("next", "true"),
        ("fee", "7"),
    ]


def test_json_in_one_field_of_a_form():
    made = Writing(body_field="data").content("form-json", {"xm": "张", "n": 1})
    assert parse_qsl(made.raw.decode()) == [("data", '{"xm":"张","n":1}')]


def test_a_list_among_address_parameters_is_the_name_several_times():
    assert FORM.content("query", {"a": [1, "二"], "b": None}).query == "a=1&a=%E4%BA%8C"


def test_gbk_forms_hold_the_bytes_of_gbk():
    made = Writing(charset="gbk").content("form", {"姓名": "张小直"})
    assert made.raw == b"%D0%D5%C3%FB=%D5%C5%D0%A1%D6%B1"
    assert made.media.endswith("; charset=GBK")


def test_every_character_that_gbk_lacks_is_named_by_its_field_and_never_replaced():
    body = {"xm": "\U00020bb7", "ok": "张", "bz": "㐀"}
    assert problems(Writing(charset="gbk"), "form", body) == [
        ("rest.not-encodable", {"path": "/xm", "charset": "gbk"}),
        ("rest.not-encodable", {"path": "/bz", "charset": "gbk"}),
    ]
    assert b"%" in Writing(charset="gb18030").content("form", body).raw


@pytest.mark.parametrize("style", ["form", "form-json", "query"])
@pytest.mark.parametrize("body", [[1], "text", 7])
def test_fields_need_an_object(style, body):
    assert problems(FORM, style, body)[0][0] == "rest.no-fields"


@pytest.mark.parametrize("style", ["form", "query", "json", "form-json"])
def test_what_has_no_exact_text_is_not_sent(style):
    assert problems(FORM, style, {"fee": 0.1})[0][0] == "rest.not-json-able"
    assert problems(FORM, style, {"xm": "\ud800"})[0][0] == "rest.not-json-able"


def test_single_operations_may_be_written_otherwise_and_a_get_never_has_a_body():
    writing = Writing(body="form", bodies={"POST /upload": "json", "GET /a": "json"})
    assert writing.style("POST", "POST /upload") == "json"
    assert writing.style("POST", "POST /upload?v=2") == "json"
    assert writing.style("POST", "POST /other") == "form"
    assert writing.style("GET", "GET /a") == "query"


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@given(fields=st.dictionaries(names, names, max_size=5))
def test_what_is_written_is_read_back(charset, fields):
    writing = Writing(charset=charset)
    for style in ("json", "form", "form-json"):
        assert writing.fields_of(style, writing.content(style, fields).raw) == fields


def test_a_scalar_keeps_its_digits():
    assert as_text(Decimal("12.50"), "fee") == "12.50"
    assert as_text(10**25, "id") == "1" + "0" * 25


def test_a_text_is_the_whole_body_in_the_peer_s_charset():
    writing = Writing(body="text", charset="gbk")
    made = writing.content("text", "<a>张</a>")
    assert made == Content("<a>张</a>".encode("gbk"), "text/xml; charset=GBK")
    assert writing.fields_of("text", made.raw) == {}


def test_what_is_no_text_or_not_in_the_charset_is_not_sent_as_one():
    assert problems(FORM, "text", {"a": 1}) == [("rest.no-text", {"type": "dict"})]
    told = problems(Writing(charset="gbk"), "text", "李\U0002c029")
    assert told == [("rest.not-encodable", {"path": "/", "charset": "gbk"})]
