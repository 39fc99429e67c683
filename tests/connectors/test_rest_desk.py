from datetime import UTC, datetime

import pytest

from connectors.http import Received
from connectors.rest_desk import Desk, expired_by, lifetime
from exchange.errors import Fatal

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def answer(content):
    return Received(200, {}, content)


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


@pytest.mark.parametrize("content", [b"0f8fad5b-d9cb-469f", b"abc==\n", b'"quoted"', b"12345"])
def test_a_whole_answer_may_be_the_token(content):
    desk = Desk(None, "http://x")
    assert desk.token(answer(content), "") == content.decode().strip().strip('"')


@pytest.mark.parametrize(
    "content",
    [b"", b'{"code":"1"}', b"[1]", b"<html>", b"login failed", b"{}", b'{"half":', b"null"],
)
def test_and_everything_else_is_none(content):
    with pytest.raises(Fatal, match=r"rest\.no-token"):
        Desk(None, "http://x").token(answer(content), "")
