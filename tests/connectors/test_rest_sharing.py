"""The national sharing platform's headers and rotating secret, over a socket."""

import base64
import json

import pytest

from crypto.digests import mac
from exchange.errors import Fatal
from exchange.problems import describe


def error_of(kind, wire, operation="POST /act", body=None):
    with pytest.raises(kind) as raised:
        wire.call(operation, body)
    assert type(raised.value) is kind
    told = "".join(describe(raised.value.code, raised.value.facts))
    assert "?" not in told, "a fact that the text names is missing"
    assert "s3cr3t" not in str(raised.value)
    return raised.value


PLATFORM = {
    "kind": "sharing-platform",
    "operation": "POST /secret",
    "rid": "rid-secret",
    "rids": {"POST /marriage": "rid-marriage"},
}
# "rotating-secret-0001-of-zhida-test" as OpenJDK encrypts it under the key "zhida-test-app-key".
WRAPPED = "zijA94F0XK5zQfp41VaNueMXyE46jN4Ggm3ndmi2vdyNNBL5A+w1/vkWCoWJxLsC"
SECRET = "rotating-secret-0001-of-zhida-test"
RTIME = "1767571200000"


def rotating(opened, **more):
    return opened({**PLATFORM, **more}, login="s_test_0001", password="zhida-test-app-key")


def signed_by(secret, rid):
    text = f"s_test_0001{rid}{RTIME}"
    return base64.b64encode(mac("hmac-sha256", secret.encode(), text.encode())).decode()


def secret_answer(end=1767574860000):
    return {"code": "0", "data": {"secret": WRAPPED, "secretEndTime": end}}


def test_the_secret_is_asked_for_with_the_app_key_and_signs_with_each_operation_s_rid(
    served, opened
):
    served.will(secret_answer())
    served.will()
    served.will()
    wire = rotating(opened)
    wire.call("POST /marriage", {"name_man": "张小直"})
    wire.call("POST /other")
    asked = {name: served.header(0, f"gjgxjhpt_{name}") for name in ("rid", "sid", "rtime", "sign")}
    assert asked == {
        "rid": "rid-secret",
        "sid": "s_test_0001",
        "rtime": RTIME,
        "sign": signed_by("zhida-test-app-key", "rid-secret"),
    }
    assert json.loads(served.came[0][1]) == {f"gjgxjhpt_{name}": v for name, v in asked.items()}
    assert served.header(1, "gjgxjhpt_rid") == "rid-marriage"
    assert served.header(1, "gjgxjhpt_sign") == signed_by(SECRET, "rid-marriage")
    assert served.header(2, "gjgxjhpt_sign") == signed_by(SECRET, "rid-secret")


def test_the_secret_rotates_a_minute_before_its_end(served, opened):
    for _ in range(2):
        served.will(secret_answer(end=1767571200000 + 59_000))
        served.will()
    wire = rotating(opened)
    wire.call("POST /marriage")
    wire.call("POST /marriage")
    assert [served.line(n).split()[1] for n in (0, 2)] == ["/base/secret"] * 2


def test_a_secret_without_a_known_end_is_kept_until_it_is_refused(served, opened):
    served.will(secret_answer(end="2026-01-05 09:00:00"))
    served.will()
    served.will()
    wire = rotating(opened)
    wire.call("POST /marriage")
    wire.call("POST /marriage")
    assert len(served.came) == 3


def test_a_platform_that_gives_no_secret(served, opened):
    served.will({"code": "-1", "message": "ip not allowed"})
    error = error_of(Fatal, rotating(opened))
    assert (error.code, error.facts["reason"]) == ("rest.login-failed", "-1")


@pytest.mark.parametrize("more", [{"cipher": "aes"}, {}])
def test_a_secret_that_does_not_open(served, opened, more):
    served.will({"code": 0, "data": {"secret": "AAAA" if not more else WRAPPED}})
    assert error_of(Fatal, rotating(opened, **more)).code == "rest.wrapped-secret"


def test_a_secret_in_clear(served, opened):
    served.will({"code": 0, "data": {"secret": "clear"}})
    served.will()
    rotating(opened, cipher="none").call("POST /marriage")
    assert served.header(1, "gjgxjhpt_sign") == signed_by("clear", "rid-marriage")


def test_a_body_signature_stands_beside_the_platform_s_own(served, opened):
    served.will(secret_answer())
    served.will()
    rule = {
        "content": "{timestamp}\n{path}\n{body}",
        "digest": "hmac-sm3",
        "encoding": "hex",
        "place": "header",
        "names": {"timestamp": "X-Hub-Time", "sign": "X-Hub-Signature"},
    }
    wire = opened(
        PLATFORM,
        login="s_test_0001",
        password="zhida-test-app-key",
        extra={"body_secret": "between-hubs"},
        body_signature=rule,
    )
    wire.call("POST /marriage", {"a": 1})
    text = RTIME.encode() + b'\n/base/marriage\n{"a":1}'
    assert served.header(1, "x-hub-signature") == mac("hmac-sm3", b"between-hubs", text).hex()
    assert served.header(1, "gjgxjhpt_sign") == signed_by(SECRET, "rid-marriage")
