"""Which signer the options choose; the renewed ones have test files of their own."""

import base64

import pytest

from connectors.rest import open_connector
from crypto.digests import mac
from exchange.errors import Fatal
from exchange.ports import Endpoint
from exchange.problems import describe

RTIME = "1767571200000"


def error_of(kind, wire, operation="POST /act", body=None):
    with pytest.raises(kind) as raised:
        wire.call(operation, body)
    assert type(raised.value) is kind
    told = "".join(describe(raised.value.code, raised.value.facts))
    assert "?" not in told, "a fact that the text names is missing"
    assert "s3cr3t" not in str(raised.value)
    return raised.value


def test_none(served, opened):
    served.will()
    opened(None).call("POST /act", {})
    assert served.header(0, "authorization") is None


def test_basic_in_utf_8(served, opened):
    served.will()
    opened({"kind": "basic"}, login="张三").call("POST /act", {})
    told = served.header(0, "authorization").removeprefix("Basic ")
    assert base64.b64decode(told).decode() == "张三:s3cr3t"


@pytest.mark.parametrize(
    ("more", "header", "value"),
    [
        ({}, "authorization", "Bearer s3cr3t"),
        ({"header": "token", "scheme": ""}, "token", "s3cr3t"),
        ({"header": "X-Access-Token", "scheme": "JWT"}, "x-access-token", "JWT s3cr3t"),
    ],
)
def test_a_fixed_token(served, opened, more, header, value):
    served.will()
    opened({"kind": "bearer", **more}).call("POST /act", {})
    assert served.header(0, header) == value


def test_a_fixed_token_that_is_refused_is_for_a_person(served, opened):
    served.will(status="401 Unauthorized")
    assert error_of(Fatal, opened({"kind": "bearer"}), "GET /read").code == "wire.login-refused"
    assert len(served.came) == 1


@pytest.mark.parametrize("kind", ["basic", "bearer", "login", "oauth2", "sharing-platform"])
def test_what_the_connection_lacks_is_told_when_it_is_opened(served, opened, kind):
    more = {
        "login": {"operation": "POST /t", "fields": {"p": "{password}"}},
        "oauth2": {"operation": "POST /t"},
        "sharing-platform": {"operation": "POST /t", "rid": "r"},
    }
    with pytest.raises(Fatal, match=r"rest\.no-secret"):
        opened({"kind": kind, **more.get(kind, {})}, password="")


def test_a_signature_by_options(served, opened):
    served.will()
    rule = {
        "kind": "signature",
        "content": "{timestamp}{body}",
        "digest": "hmac-sm3",
        "encoding": "base64",
        "place": "header",
        "names": {"app": "appKey", "timestamp": "ts", "sign": "sign"},
    }
    opened(rule).call("POST /act", {"a": 1})
    expected = mac("hmac-sm3", b"s3cr3t", RTIME.encode() + b'{"a":1}')
    assert served.header(0, "sign") == base64.b64encode(expected).decode()
    assert (served.header(0, "appkey"), served.header(0, "ts")) == ("app", RTIME)


@pytest.mark.parametrize("kind", ["basic", "bearer", "login", "oauth2", "weaver-e9"])
@pytest.mark.parametrize("address", ["http://oa.example", "HTTP://10.0.0.1:8080/oa"])
def test_no_secret_crosses_the_network_in_clear_unasked(kind, address):
    more = {"login": {"operation": "POST /t", "fields": {"p": "{password}"}}}
    auth = {"kind": kind, "operation": "POST /t", **more.get(kind, {})}
    if kind == "weaver-e9":
        auth, spk = {"kind": kind, "user": "21"}, "no key is read before the network is judged"
        with pytest.raises(Fatal, match=r"rest\.plain"):
            open_connector({"auth": auth}, Endpoint(address, "app", "s3cr3t", {"spk": spk}))
        return
    with pytest.raises(Fatal, match=r"rest\.plain"):
        open_connector({"auth": auth}, Endpoint(address, "app", "s3cr3t"))
    for kinder in (
        Endpoint("https://oa.example", "app", "s3cr3t"),
        Endpoint("http://127.0.0.1", "app", "s3cr3t"),
    ):
        open_connector({"auth": auth}, kinder).close()
    plain = {"auth": auth, "plain_login": True}
    open_connector(plain, Endpoint(address, "app", "s3cr3t")).close()
