from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.http import Received
from connectors.rest_desk import at, expired_by, lifetime, value_of

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def answer(content):
    return Received(200, {}, content)


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


@pytest.mark.parametrize("told", ["", "-1", "1.5", "一", "1" * 16])
def test_a_lifetime_that_is_no_number_is_none(told):
    assert lifetime(told, lambda: NOW) is None


def test_a_lifetime_is_a_tenth_less_and_a_year_at_most():
    assert lifetime("100", lambda: NOW).second == 30
    assert (lifetime("9" * 15, lambda: NOW) - NOW).days == 328
    assert lifetime("0", lambda: NOW) == NOW


def test_what_tells_that_a_token_ran_out():
    told = expired_by({"pointer": "/code", "values": ["401", "A1"]})
    assert told(answer(b'{"code":401}'))
    assert told(answer(b'{"code":"A1"}'))
    assert not told(answer(b'{"code":"0"}'))
    assert not told(answer(b"<html>"))
    assert not expired_by(None)(answer(b'{"code":401}'))
