import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.http import Received
from connectors.rest_answer import at, media_of, text_of, value_of


def answer(content, media="application/json"):
    return Received(200, {"Content-Type": media}, content)


@pytest.mark.parametrize(
    ("value", "place", "found"),
    [
        ({"a": [{"b": 7}]}, "/a/0/b", "7"),
        ({"a": True}, "/a", ""),
        ({"a": None}, "/a", ""),
        ({"a/b": "x"}, "/a~1b", "x"),
        ("whole", "", "whole"),
        (None, "/a", ""),
        ({"a": {}}, "/a", ""),
    ],
)
def test_texts_and_whole_numbers_at_a_pointer(value, place, found):
    assert at(value, place) == found


@given(st.binary(max_size=60))
def test_whatever_a_peer_sends_has_a_value_or_none(raw):
    at(value_of(answer(raw)), "/code")


def test_the_charset_is_the_one_that_is_told():
    gbk = '{"msg":"成功"}'.encode("gbk")
    assert value_of(answer(gbk, "text/html;charset=GBK")) == {"msg": "成功"}
    assert value_of(answer(gbk)) is None
    assert value_of(answer(b"{}", "application/json; charset=no-such")) is None


def test_without_a_content_type_nothing_is_assumed_but_utf_8():
    assert media_of("") == ("application/octet-stream", "utf-8")


def test_a_text_is_read_in_its_charset_or_else_in_the_one_that_is_agreed():
    raw = "ErrMsg:户名䶮".encode("gb18030")
    assert text_of(answer(raw, "text/plain"), "gbk") == "ErrMsg:户名䶮"
    assert text_of(answer("直".encode(), "text/xml; charset=UTF-8"), "gbk") == "直"
    with pytest.raises(ValueError, match="decode"):
        text_of(answer(b"\xff", "text/plain"), "utf-8")
    with pytest.raises(LookupError):
        text_of(answer(b"x", "text/plain; charset=punycode"), "gbk")
