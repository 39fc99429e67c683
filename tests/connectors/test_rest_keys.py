import pytest

from connectors.rest_keys import SigningSecrets, demanded, header_value, of_endpoint
from crypto import keys
from exchange.errors import Fatal
from exchange.ports import Endpoint

RULE = {"content": "{app}{secret}", "digest": "md5", "names": {"sign": "sign"}}
SM2 = {"content": "{body}", "digest": "sm2", "names": {"sign": "sign"}}


@pytest.fixture(scope="module")
def key():
    return keys.generate("SM2-SM3")


def fatal(call, *given):
    with pytest.raises(Fatal) as raised:
        call(*given)
    return raised.value.code, raised.value.facts


def sm2_endpoint(file, password="key-pass"):
    return Endpoint("http://x", "app", "", {"sign_key": str(file), "sign_key_password": password})


def test_login_and_password_are_application_and_secret():
    found = of_endpoint(Endpoint("http://x", "app", "s3"), RULE, "password")
    assert (found.app, found.secret) == ("app", "s3")


def test_a_second_signature_has_a_secret_of_its_own():
    endpoint = Endpoint("http://x", "app", "first", {"body_secret": "second"})
    assert of_endpoint(endpoint, RULE, "body_secret").secret == "second"


@pytest.mark.parametrize(
    ("endpoint", "name"), [(Endpoint("http://x", "app"), "password"), (Endpoint("u"), "login")]
)
def test_a_missing_secret_is_named(endpoint, name):
    assert fatal(of_endpoint, endpoint, RULE, "password") == ("rest.no-secret", {"name": name})


def test_a_rule_that_anybody_could_follow_is_refused():
    rule = {**RULE, "content": "{app}{timestamp}", "digest": "sm3"}
    told = fatal(of_endpoint, Endpoint("http://x", "app", "s3"), rule, "password")
    assert told == ("rest.unkeyed", {"digest": "sm3"})
    of_endpoint(Endpoint("http://x", "app", "s3"), {**rule, "digest": "hmac-sm3"}, "password")


def test_an_sm2_key_is_read_and_signs(tmp_path, key):
    (tmp_path / "sign.key").write_bytes(key.to_pem(b"key-pass", iterations=1000))
    found = of_endpoint(sm2_endpoint(tmp_path / "sign.key"), SM2, "password")
    key.public.verify(found.sm2_key().sign(b"body"), b"body")


def test_a_bad_key_file_is_told_when_the_wire_is_opened(tmp_path, key):
    file = tmp_path / "sign.key"
    code, facts = fatal(of_endpoint, sm2_endpoint(file), SM2, "password")
    assert (code, facts["reason"]) == ("rest.sign-key", "No such file or directory")
    file.write_bytes(key.to_pem(b"another", iterations=1000))
    assert fatal(of_endpoint, sm2_endpoint(file), SM2, "password")[0] == "rest.sign-key"
    other = keys.generate("Ed25519").to_pem(b"key-pass", iterations=1000)
    file.write_bytes(other)
    assert fatal(of_endpoint, sm2_endpoint(file), SM2, "password")[1]["reason"] == "Ed25519"


def test_without_a_key_there_is_no_sm2_signature():
    assert fatal(SigningSecrets("app").sm2_key) == ("rest.no-secret", {"name": "sign_key"})
    told = fatal(of_endpoint, Endpoint("http://x", "app"), SM2, "password")
    assert told == ("rest.no-secret", {"name": "sign_key"})


def test_secrets_do_not_show_themselves():
    assert "s3cr3t" not in repr(SigningSecrets("app", "s3cr3t"))


@pytest.mark.parametrize("value", ["", " x", "x\r\nX-Evil: 1", "密", "a\tb", "x\n"])
def test_what_cannot_stand_in_a_header_does_not(value):
    assert fatal(header_value, value, "token") == ("rest.header-value", {"name": "token"})


def test_a_value_that_is_there_is_given_back():
    assert demanded("v", "login") == header_value("v", "x") == "v"
