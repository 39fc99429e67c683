import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from crypto import base64url, jws, keys, strict_json
from crypto.errors import BadKey, BadSignature, CryptoError, Malformed, Unsupported


def forge(header, payload=b"{}", signature=bytes(64)):
    encoded = header if isinstance(header, bytes) else strict_json.dumps(header)
    return ".".join(base64url.encode(part) for part in (encoded, payload, signature))


def test_a_token_verifies_and_gives_its_payload(key):
    token = jws.sign(b'{"a":1}', key, {"typ": "head"})
    header, payload = jws.verify(token, key.public)
    assert payload == b'{"a":1}'
    assert header["kid"] == key.kid
    assert header["typ"] == "head"


def test_rfc_8037_appendix_a_4():
    # The one published EdDSA token; its payload is text and its header has no kid.
    token = (
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert jws.verify(token, keys.public_from_jwk(jwk)) == (
        {"alg": "EdDSA"},
        b"Example of Ed25519 signing",
    )


def test_another_implementation_accepts_our_ed25519_tokens():
    key = keys.generate("Ed25519")
    theirs = ed25519.Ed25519PublicKey.from_public_bytes(key.public.raw)
    assert jwt.decode(jws.sign(b'{"a":1}', key, {}), theirs, algorithms=["EdDSA"]) == {"a": 1}


def test_we_accept_the_tokens_of_another_implementation():
    key = keys.generate("Ed25519")
    theirs = ed25519.Ed25519PrivateKey.from_private_bytes(key.raw)
    token = jwt.encode({"a": 1}, theirs, algorithm="EdDSA")
    assert strict_json.loads(jws.verify(token, key.public)[1]) == {"a": 1}


def test_a_remote_signer_is_anything_with_suite_kid_and_sign(key):
    class Remote:
        suite, kid = key.suite, key.kid
        sign = staticmethod(key.sign)

    jws.verify(jws.sign(b"{}", Remote(), {}), key.public)


def test_another_key_of_the_same_suite_is_noticed(key, other_key):
    with pytest.raises(BadSignature) as caught:
        jws.verify(jws.sign(b"{}", key, {}), other_key.public)
    assert caught.value.code == "crypto.other-key"


def test_a_token_that_names_our_key_but_is_not_signed_by_it_is_noticed(key, other_key):
    token = jws.sign(b"{}", other_key, {})
    head = base64url.encode(strict_json.dumps({"alg": jws.decode(token)[0]["alg"], "kid": key.kid}))
    with pytest.raises(BadSignature) as caught:
        jws.verify(".".join([head, *token.split(".")[1:]]), key.public)
    assert caught.value.code == "crypto.bad-signature"


def test_the_header_cannot_choose_the_algorithm():
    sm2, ed = keys.generate("SM2-SM3"), keys.generate("Ed25519")
    for signer, key in ((sm2, ed), (ed, sm2)):
        with pytest.raises(BadKey) as caught:
            jws.verify(jws.sign(b"{}", signer, {}), key.public)
        assert caught.value.code == "crypto.other-suite"


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "ES256", "RS256", ""])
def test_other_algorithms_and_none_are_refused(alg):
    with pytest.raises(Unsupported):
        jws.decode(forge({"alg": alg}))


@pytest.mark.parametrize("name", ["crit", "b64", "jku", "jwk", "x5u", "zip"])
def test_headers_that_change_the_rules_are_refused_on_both_ways(key, name):
    with pytest.raises(Unsupported):
        jws.decode(forge({"alg": "EdDSA", name: []}))
    with pytest.raises(Malformed):
        jws.sign(b"{}", key, {name: []})


@pytest.mark.parametrize("name", ["alg", "kid"])
def test_the_caller_cannot_set_what_belongs_to_the_key(key, name):
    with pytest.raises(Malformed):
        jws.sign(b"{}", key, {name: "x"})


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a",
        "a.b",
        "....",
        "e30.e30.AA",
        forge({"alg": "EdDSA"}, signature=bytes(63)),
        forge({"alg": "EdDSA"}, signature=bytes(65)),
        forge({"alg": 1}),
        forge({"alg": "EdDSA", "kid": 1}),
        forge({"alg": "EdDSA", "typ": []}),
        forge(b'{"alg":"none","alg":"EdDSA"}'),
        forge(b"[]"),
        forge(b"\xff"),
        forge({"alg": "EdDSA"}) + "=",
        forge({"alg": "EdDSA"}).replace(".", "\n.", 1),
        forge({}),
    ],
)
def test_tokens_of_another_form_are_refused(token):
    with pytest.raises(CryptoError):
        jws.decode(token)
