"""泛微 E9's token and headers, over a socket; what is sealed is opened with the server's key."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from exchange.errors import Fatal

E9 = {"kind": "weaver-e9", "user": "21"}


@pytest.fixture(scope="module")
def server_key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def extra(server_key):
    der = server_key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = base64.b64encode(der).decode()
    return {"spk": text[:64] + "\n" + text[64:]}


def unsealed(key, text):
    return key.decrypt(base64.b64decode(text), padding.PKCS1v15()).decode()


def test_the_token_is_had_with_the_sealed_secret_and_calls_name_the_user(
    served, opened, extra, server_key
):
    served.will({"code": 0, "status": True, "token": "t-1"})
    served.will({"code": "SUCCESS", "data": {"requestid": 447473}})
    wire = opened(E9, extra=extra, body="form")
    body = {"mainData": [{"fieldName": "xm", "fieldValue": "张"}], "workflowId": "7"}
    answer = wire.call("POST /api/workflow/paService/doCreateRequest", body)
    assert answer.value["data"]["requestid"] == 447473
    assert served.line(0) == "POST /base/api/ec/dev/auth/applytoken HTTP/1.1"
    assert (served.header(0, "appid"), served.header(0, "time")) == ("app", "1800")
    assert unsealed(server_key, served.header(0, "secret")) == "s3cr3t"
    assert (served.header(1, "appid"), served.header(1, "token")) == ("app", "t-1")
    assert unsealed(server_key, served.header(1, "userid")) == "21"
    assert served.header(1, "secret") is None
    assert served.came[1][1].startswith(b"mainData=%5B%7B%22fieldName")


def test_the_token_is_renewed_within_the_time_that_was_asked_for(served, opened, extra):
    clock = [datetime(2026, 1, 5, tzinfo=UTC)]
    for _ in range(2):
        served.will({"token": "t"})
        served.will()
    wire = opened({**E9, "lifetime_s": 100}, extra=extra, clock=lambda: clock[0])
    wire.call("POST /act")
    clock[0] += timedelta(seconds=90)
    wire.call("POST /act")
    assert served.header(2, "time") == "100"
    assert len(served.came) == 4


def test_an_application_that_is_refused(served, opened, extra):
    served.will({"code": -1, "status": False, "msg": "注册失败"})
    with pytest.raises(Fatal, match=r"rest\.login-failed.*reason=-1"):
        opened(E9, extra=extra).call("POST /act")


@pytest.mark.parametrize("spk", ["AAAA", "not base64!", base64.b64encode(b"key").decode()])
def test_a_key_that_is_none_is_told_when_the_wire_is_opened(opened, spk):
    with pytest.raises(Fatal, match=r"rest\.peer-key"):
        opened(E9, extra={"spk": spk})


def test_a_missing_key_is_named(opened):
    with pytest.raises(Fatal, match=r"rest\.no-secret.*spk"):
        opened(E9)
