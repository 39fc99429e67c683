"""Tokens by a login call and by OAuth 2.0, over a socket."""

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from connectors.rest import open_connector
from exchange.errors import Fatal, Retriable, Unknown
from exchange.ports import Endpoint
from exchange.problems import describe

NOW = datetime(2026, 1, 5, tzinfo=UTC)
PAGE = b"<!DOCTYPE html><form><input type='password'></form>"


def error_of(kind, wire, operation="POST /act", body=None):
    with pytest.raises(kind) as raised:
        wire.call(operation, body)
    assert type(raised.value) is kind
    told = "".join(describe(raised.value.code, raised.value.facts))
    assert "?" not in told, "a fact that the text names is missing"
    assert "s3cr3t" not in str(raised.value)
    return raised.value


SEEYON = {
    "kind": "login",
    "operation": "POST /seeyon/rest/token",
    "fields": {"userName": "{login}", "password": "{password}", "from": "hub"},
    "token": "/id",
    "header": "token",
    "scheme": "",
}


def test_a_login_gives_the_token_of_all_later_calls(served, opened):
    served.will({"id": "t-1"})
    served.will()
    served.will()
    wire = opened(SEEYON)
    wire.call("POST /act", {"n": 1})
    wire.call("POST /act", {"n": 2})
    assert [served.line(n).split()[1] for n in range(3)] == [
        "/base/seeyon/rest/token",
        "/base/act",
        "/base/act",
    ]
    assert json.loads(served.came[0][1]) == {
        "userName": "app",
        "password": "s3cr3t",
        "from": "hub",
    }
    assert served.header(0, "token") is None
    assert [served.header(n, "token") for n in (1, 2)] == ["t-1", "t-1"]


@pytest.mark.parametrize("answer", [b"bare-token\n", b'"bare-token"'])
def test_a_login_by_address_may_answer_a_bare_text(served, opened, answer):
    served.will(answer, media="text/plain")
    served.will()
    auth = {
        "kind": "login",
        "operation": "GET /token",
        "fields": {"u": "{login}", "p": "{password}"},
        "query": "token",
    }
    opened(auth).call("GET /read?a=1")
    assert served.line(0) == "GET /base/token?u=app&p=s3cr3t HTTP/1.1"
    assert served.line(1) == "GET /base/read?a=1&token=bare-token HTTP/1.1"


def test_a_token_is_renewed_before_its_time_is_over(served, opened):
    now = [NOW]
    served.will({"data": {"t": "t-1", "ttl": "600"}})
    served.will()
    served.will()
    auth = {**SEEYON, "token": "/data/t", "expires_in": "/data/ttl"}
    wire = opened(auth, clock=lambda: now[0])
    wire.call("POST /act")
    now[0] += timedelta(seconds=539)
    wire.call("POST /act")
    now[0] += timedelta(seconds=1)
    served.will({"data": {"t": "t-2", "ttl": 600}})
    served.will()
    wire.call("POST /act")
    assert served.header(-1, "token") == "t-2"


def kept(served, opened, **more):
    """A wire that has used its token once."""
    served.will({"id": "t-1"})
    served.will()
    wire = opened({**SEEYON, **more}, reads=["POST /query"])
    wire.call("POST /act")
    served.came.clear()
    return wire


REFUSALS = [
    ({"code": "1010"}, {"status": "401 Unauthorized"}),
    ({"code": "A0230"}, {}),
]
EXPIRED = {"expired": {"pointer": "/code", "values": ["A0230"]}}


@pytest.mark.parametrize("operation", ["GET /read", "POST /query"])
@pytest.mark.parametrize(("body", "more"), [*REFUSALS, (PAGE, {"media": "text/html"})])
def test_a_read_renews_a_token_that_ran_out_once(served, opened, operation, body, more):
    wire = kept(served, opened, **EXPIRED)
    served.will(body, **more)
    served.will({"id": "t-2"})
    served.will({"found": 1})
    assert wire.call(operation).value == {"found": 1}
    assert [served.header(n, "token") for n in range(3)] == ["t-1", None, "t-2"]


def test_a_read_renews_no_second_time(served, opened):
    wire = kept(served, opened)
    served.will(status="401 Unauthorized")
    served.will({"id": "t-2"})
    served.will(status="401 Unauthorized")
    assert error_of(Fatal, wire, "GET /read").code == "wire.login-refused"
    assert len(served.came) == 3


@pytest.mark.parametrize(("body", "more"), REFUSALS)
def test_an_effect_is_not_sent_twice_but_the_core_may_try_again(served, opened, body, more):
    wire = kept(served, opened, **EXPIRED)
    served.will(body, **more)
    error = error_of(Retriable, wire)
    assert error.code == "rest.token-expired"
    assert error.facts["operation"] == "POST /act"
    assert len(served.came) == 1
    served.will({"id": "t-2"})
    served.will({"done": 1})
    assert wire.call("POST /act").value == {"done": 1}
    assert served.header(-1, "token") == "t-2"


def test_a_login_page_leaves_an_effect_unknown_and_renews_the_token(served, opened):
    wire = kept(served, opened)
    served.will(PAGE, media="text/html")
    assert error_of(Unknown, wire).code == "rest.login-page"
    served.will({"id": "t-2"})
    served.will()
    wire.call("POST /act")
    assert served.header(-1, "token") == "t-2"


def test_a_token_refused_at_once_is_for_a_person(served, opened):
    served.will({"id": "t-1"})
    served.will({"code": "A0230"})
    assert error_of(Fatal, opened({**SEEYON, **EXPIRED})).code == "rest.token-refused"
    served.will({"id": "t-1"})
    served.will(status="401 Unauthorized")
    assert error_of(Fatal, opened({**SEEYON, **EXPIRED})).code == "wire.login-refused"


@pytest.mark.parametrize(
    ("body", "more", "code"),
    [
        ({"code": "E-7"}, {"status": "401 Unauthorized"}, "rest.login-failed"),
        ({"code": "E-7"}, {"status": "400 Bad Request"}, "rest.login-failed"),
        ({"code": "E-7", "msg": "口令错误"}, {}, "rest.no-token"),
        (PAGE, {"media": "text/html"}, "rest.no-token"),
        ({"id": "a b"}, {}, "rest.no-token"),
        ({"id": "a\r\nX-Evil: 1"}, {}, "rest.no-token"),
        ({"id": None}, {}, "rest.no-token"),
        ({"id": "t" * 9000}, {}, "rest.no-token"),
    ],
)
def test_a_login_that_fails_is_for_a_person_and_nothing_else_was_sent(
    served, opened, body, more, code
):
    served.will(body, **more)
    error = error_of(Fatal, opened(SEEYON))
    assert error.code == code
    assert error.facts.get("reason", "E-7") == "E-7"
    assert len(served.came) == 1


@pytest.mark.parametrize(
    ("body", "more", "code"),
    [
        (b"{}", {"status": "503 Service Unavailable"}, "wire.busy"),
        (b"{}", {"status": "500 Internal Server Error"}, "wire.status-unknown"),
        (None, {}, "wire.lost"),
    ],
)
def test_a_login_that_may_work_later_is_retriable_even_for_an_effect(
    served, opened, body, more, code
):
    served.will(body, **more)
    assert error_of(Retriable, opened(SEEYON)).code == code


# --- OAuth 2.0 ----------------------------------------------------------------------------------------


def test_client_credentials_in_the_header(served, opened):
    served.will({"access_token": "at", "token_type": "bearer", "expires_in": 3600})
    served.will()
    auth = {"kind": "oauth2", "operation": "POST /oauth/token", "scope": "read write"}
    opened(auth, login="my client", password="p:w/d").call("POST /act")
    assert parse_qs(served.came[0][1].decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["read write"],
    }
    told = base64.b64decode(served.header(0, "authorization").removeprefix("Basic ")).decode()
    assert told == "my%20client:p%3Aw%2Fd"
    assert served.header(1, "authorization") == "Bearer at"


def test_client_credentials_in_the_body(served, opened):
    served.will({"access_token": "at"})
    served.will()
    opened({"kind": "oauth2", "operation": "POST /t", "client": "body"}).call("POST /act")
    assert parse_qs(served.came[0][1].decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["app"],
        "client_secret": ["s3cr3t"],
    }
    assert served.header(0, "authorization") is None


def test_a_refused_client_is_told_with_the_standard_s_word(served, opened):
    served.will({"error": "invalid_client"}, status="401 Unauthorized")
    error = error_of(Fatal, opened({"kind": "oauth2", "operation": "POST /t"}))
    assert (error.code, error.facts["reason"]) == ("rest.login-failed", "invalid_client")


def test_another_kind_of_token_is_not_used_as_a_bearer(served, opened):
    served.will({"access_token": "at", "token_type": "mac"})
    error = error_of(Fatal, opened({"kind": "oauth2", "operation": "POST /t"}))
    assert error.code == "rest.token-type"


class Kiosk:
    """A peer whose tokens last thirty calls; counts what it executed."""

    def __init__(self):
        self.lock, self.left, self.logins, self.executed = threading.Lock(), {}, 0, []

    def script(self, conversation):
        while True:
            head, body = conversation.request()
            if b" /base/seeyon/" in head:
                conversation.answer(json.dumps({"id": self._login()}).encode())
            elif self._spent(head.partition(b"\r\ntoken: ")[2].partition(b"\r\n")[0].decode()):
                conversation.answer(status="401 Unauthorized")
            else:
                with self.lock:
                    self.executed.append(body)
                conversation.answer()

    def _login(self):
        with self.lock:
            self.logins += 1
            self.left[f"t{self.logins}"] = 30
        return f"t{self.logins}"

    def _spent(self, token):
        with self.lock:
            self.left[token] -= 1
            return self.left[token] < 0


def test_tokens_that_run_out_in_the_middle_of_a_batch_lose_and_double_nothing(peer):
    kiosk = Kiosk()
    endpoint = Endpoint(peer(kiosk.script).url + "/base", "app", "s3cr3t")
    wire = open_connector({"auth": SEEYON, "timeout_s": 10}, endpoint)

    def act(number):
        for attempt in range(20):
            try:
                return wire.call("POST /act", {"n": number}) and attempt
            except Retriable as error:
                assert error.code == "rest.token-expired"
        raise AssertionError(number)

    with ThreadPoolExecutor(8) as pool:
        attempts = list(pool.map(act, range(200)))
    wire.close()
    assert sorted(json.loads(body)["n"] for body in kiosk.executed) == list(range(200))
    assert 7 <= kiosk.logins <= 9
    assert any(attempts)
