"""Flavours that gateways demand, each computed a second time by the ``openssl`` command."""

import base64
import subprocess
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
import requests

from connectors.rest_body import Writing
from connectors.rest_keys import SigningSecrets
from connectors.rest_signature import Signature, Surroundings
from crypto import keys
from exchange.errors import Fatal, Invalid

AT = datetime(2026, 1, 5, 1, 2, 3, 456_000, UTC)
SECRETS = SigningSecrets("app-1", "s3cr3t")
NONCE = "0123456789abcdef"


def around(**more):
    return Surroundings(clock=lambda: AT, nonce=lambda: NONCE, **more)


def openssl(text, *arguments):
    data = text if isinstance(text, bytes) else text.encode()
    command = ["openssl", "dgst", *arguments]
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=30).stdout


def hexed(text, *arguments):
    return openssl(text, "-r", *arguments).split()[0].decode()


def signed(
    rule, method="POST", url="http://x/api/act", *, writing=Writing(), given=SECRETS, **more
):
    request = requests.Request(method, url, **more).prepare()
    return Signature(rule, given, around(writing=writing))(request)


def test_tif_gateway():
    rule = {
        "content": "{timestamp}{secret}{nonce}{timestamp}",
        "digest": "sha256",
        "encoding": "hex",
        "timestamp": "s",
        "place": "header",
        "names": {
            "app": "x-tif-paasid",
            "timestamp": "x-tif-timestamp",
            "nonce": "x-tif-nonce",
            "sign": "x-tif-signature",
        },
    }
    headers = signed(rule).headers
    text = f"1767574923s3cr3t{NONCE}1767574923"
    assert headers["x-tif-signature"] == hexed(text, "-sha256")
    assert headers["X-TIF-PaasId"] == "app-1"
    assert (headers["x-tif-timestamp"], headers["x-tif-nonce"]) == ("1767574923", NONCE)


def test_form_with_json_whose_own_fields_hold_the_signature():
    rule = {
        "content": "{app}{secret}{timestamp}",
        "digest": "md5",
        "encoding": "hex",
        "place": "body",
        "names": {"app": "appKey", "timestamp": "requestTime", "sign": "sign"},
    }
    writing = Writing(body="form-json")
    content = writing.content("form-json", {"tyxydm": "91320117MA1ABCDE0X"})
    request = signed(
        rule, data=content.raw, headers={"Content-Type": content.media}, writing=writing
    )
    told = orjson.loads(parse_qs(request.body.decode())["data"][0])
    assert told == {
        "tyxydm": "91320117MA1ABCDE0X",
        "appKey": "app-1",
        "requestTime": "1767574923456",
        "sign": hexed("app-1s3cr3t1767574923456", "-md5"),
    }
    assert request.headers["Content-Length"] == str(len(request.body))


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sm3"])
def test_key_secret_and_time_in_headers(digest):
    rule = {
        "content": "{app}{secret}{timestamp}",
        "digest": digest,
        "encoding": "HEX",
        "place": "header",
        "names": {"app": "appKey", "timestamp": "timestamp", "sign": "signature"},
    }
    expected = hexed("app-1s3cr3t1767574923456", f"-{digest}").upper()
    assert signed(rule).headers["signature"] == expected


SORTED = {
    "content": "{parameters}&key={secret}",
    "digest": "md5",
    "encoding": "HEX",
    "timestamp": "yyyyMMddHHmmss",
    "place": "body",
    "names": {"app": "app_id", "timestamp": "time", "nonce": "nonce_str", "sign": "sign"},
}
SORTED_TEXT = f"app_id=app-1&fee=7&nonce_str={NONCE}&time=20260105090203&xm=张小直&key=s3cr3t"


def test_sorted_parameters_of_a_json_body():
    request = signed(SORTED, json={"xm": "张小直", "fee": 7, "bz": ""})
    told = orjson.loads(request.body)
    assert told["sign"] == hexed(SORTED_TEXT, "-md5").upper()
    assert (told["bz"], told["app_id"]) == ("", "app-1")


def test_sorted_parameters_of_a_gbk_form_are_signed_in_gbk():
    writing = Writing(body="form", charset="gbk")
    content = writing.content("form", {"xm": "张小直", "fee": 7})
    request = signed(SORTED, data=content.raw, writing=writing)
    told = parse_qs(request.body.decode(), encoding="gbk")
    assert told["sign"] == [hexed(SORTED_TEXT.encode("gbk"), "-md5").upper()]
    assert told["xm"] == ["张小直"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sorted_parameters_of_an_address(method):
    rule = {**SORTED, "place": "query"}
    writing = Writing(body="query")
    url = "http://x/api/act?" + writing.content("query", {"xm": "张小直", "fee": 7}).query
    request = signed(rule, method, url, writing=writing)
    told = parse_qs(urlsplit(request.url).query)
    assert told["sign"] == [hexed(SORTED_TEXT, "-md5").upper()]
    assert told["xm"] == ["张小直"]


def test_a_get_has_no_body_so_its_fields_go_into_the_address():
    request = signed(SORTED, "GET", "http://x/api/act?xm=%E5%BC%A0%E5%B0%8F%E7%9B%B4&fee=7")
    assert parse_qs(urlsplit(request.url).query)["sign"] == [hexed(SORTED_TEXT, "-md5").upper()]
    assert request.body is None


@pytest.mark.parametrize("digest", ["hmac-sha256", "hmac-sm3"])
def test_a_keyed_digest_over_everything_that_counts(digest):
    rule = {
        "content": "{method}\n{path}\n{query}\n{timestamp}\n{nonce}\n{body_sm3}\n{body_sha256}",
        "digest": digest,
        "encoding": "base64",
        "place": "header",
        "names": {"timestamp": "X-Time", "nonce": "X-Nonce", "sign": "X-Sign"},
    }
    body = '{"xm":"张小直"}'.encode()
    request = signed(rule, "PUT", "http://x/api/act?a=1", data=body)
    sums = [hexed(body, f"-{name}") for name in ("sm3", "sha256")]
    text = "\n".join(["PUT", "/api/act", "a=1", "1767574923456", NONCE, *sums])
    name = digest.removeprefix("hmac-")
    expected = openssl(text, "-binary", f"-{name}", "-hmac", "s3cr3t")
    assert request.headers["X-Sign"] == base64.b64encode(expected).decode()


BODY_RULE = {
    "content": "{timestamp}{body}",
    "digest": "sm2",
    "encoding": "base64",
    "place": "header",
    "names": {"timestamp": "X-Time", "sign": "X-Sign"},
}


@pytest.fixture(scope="module")
def key():
    return keys.generate("SM2-SM3")


def test_openssl_verifies_the_sm2_signature_of_the_body(tmp_path, key):
    body = '{"xm":"张小直"}'.encode()
    given = SigningSecrets("app-1", signer=key)
    request = signed(BODY_RULE, data=body, given=given)
    (tmp_path / "public.pem").write_bytes(key.public.to_pem())
    (tmp_path / "sig").write_bytes(base64.b64decode(request.headers["X-Sign"]))
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin"]
    verify += ["-in", "data", "-sigfile", "sig", "-digest", "sm3"]
    verify += ["-pkeyopt", "distid:1234567812345678"]
    for data, code in ((b"1767574923456" + body, 0), (body, 1)):
        (tmp_path / "data").write_bytes(data)
        done = subprocess.run(verify, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == code


def test_sm2_in_raw_form(key):
    rule = {**BODY_RULE, "sm2_form": "raw"}
    request = signed(rule, data=b"{}", given=SigningSecrets(signer=key))
    raw = base64.b64decode(request.headers["X-Sign"])
    assert len(raw) == 64
    key.public.verify(raw, b"1767574923456{}")


def test_a_body_that_takes_no_fields_is_not_sent():
    with pytest.raises(Invalid, match=r"rest\.no-fields"):
        signed(SORTED, json=[1])


def test_an_empty_body_takes_them():
    assert "sign" in orjson.loads(signed(SORTED).body)


def test_braces_in_data_are_data():
    """A value that looks like a placeholder is signed as it is: the text is split only once."""
    request = signed(SORTED, json={"xm": "{secret}"})
    text = f"app_id=app-1&nonce_str={NONCE}&time=20260105090203&xm={{secret}}&key=s3cr3t"
    assert orjson.loads(request.body)["sign"] == hexed(text, "-md5").upper()


def test_a_signature_of_the_caller_s_own_is_replaced_and_not_signed():
    request = signed(SORTED, json={"xm": "张小直", "fee": 7, "sign": "forged"})
    assert orjson.loads(request.body)["sign"] == hexed(SORTED_TEXT, "-md5").upper()


def test_a_login_in_chinese_cannot_stand_in_a_header():
    rule = {**BODY_RULE, "digest": "hmac-sm3", "names": {"app": "appKey", "sign": "sign"}}
    with pytest.raises(Fatal, match=r"rest\.header-value"):
        signed(rule, given=SigningSecrets("应用", "s"))


def test_each_signature_has_its_own_nonce():
    found = {Surroundings().nonce() for _ in range(100)}
    assert len(found) == 100
    assert {len(nonce) for nonce in found} == {32}


def test_the_body_s_style_follows_the_operation_below_the_base_path():
    writing = Writing(body="json", bodies={"POST /act": "form"})
    request = requests.Request("POST", "http://x/api/act", data="fee=7&xm=%E5%BC%A0").prepare()
    Signature(SORTED, SECRETS, around(writing=writing, base_path="/api"))(request)
    assert parse_qs(request.body.decode())["app_id"] == ["app-1"]
