"""Signed documents, with the public implementation of RFC 9901 (PyPI ``sd-jwt``) as oracle."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from crypto import base64url, jws, keys, sd_jwt
from crypto.errors import BadSignature, CryptoError, Malformed, Unsupported

FIELDS = {"/child/name": "张小直", "/child/sex": "1", "/child/order": 1, "/child/multiple": False}
ALWAYS = {"kind": "birth-record", "as_of": "2026-11-23T08:00:00Z", "tags": ["a", {"b": 1}]}
LEAVES = st.text(st.characters(exclude_categories=["Cs"])) | st.booleans()
LEAVES = LEAVES | st.integers(-(2**63) + 1, 2**63 - 1)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map("/".__add__)


@pytest.fixture(scope="module")
def token(key):
    return sd_jwt.issue(FIELDS, ALWAYS, key)


def signed(payload, key, *disclosures):
    """A token whose payload is written by hand."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return "~".join([jws.sign(body, key, {"typ": sd_jwt.TYP}), *disclosures, ""])


def test_a_document_verifies_with_all_its_fields(token, key):
    verified = sd_jwt.verify(token, key.public)
    assert verified.fields == FIELDS
    assert verified.always == ALWAYS
    assert verified.hidden == 0
    assert verified.header["kid"] == key.kid


@settings(max_examples=40, deadline=None)
@given(fields=st.dictionaries(NAMES, LEAVES, max_size=8), data=st.data())
def test_exactly_the_named_fields_are_disclosed_and_the_signature_still_holds(fields, data):
    key = ED25519
    kept = data.draw(st.sets(st.sampled_from(sorted(fields)))) if fields else set()
    cut = sd_jwt.disclose(sd_jwt.issue(fields, {"kind": "k"}, key), kept)
    verified = sd_jwt.verify(cut, key.public)
    assert verified.fields == {name: fields[name] for name in kept}
    assert verified.hidden == len(fields) - len(kept)


ED25519 = keys.generate("Ed25519")


def test_values_keep_their_kind(key):
    fields = {"/a": True, "/b": 1, "/c": "1", "/d": "", "/e": "𠮷\u0000\n"}
    verified = sd_jwt.verify(sd_jwt.issue(fields, {}, key), key.public)
    assert {name: (type(v), v) for name, v in verified.fields.items()} == {
        name: (type(v), v) for name, v in fields.items()
    }


def test_a_hidden_value_is_nowhere_in_the_token(token):
    cut = sd_jwt.disclose(token, ["/child/sex"])
    decoded = b"".join(base64url.decode(p) for part in cut.split("~") for p in part.split("."))
    assert "张小直".encode() not in decoded
    assert b"/child/name" not in decoded


def test_names_that_the_document_lacks_are_passed_over(token, key):
    cut = sd_jwt.disclose(token, ["/child/sex", "/father/name"])
    assert sd_jwt.verify(cut, key.public).fields == {"/child/sex": "1"}


def test_disclosing_everything_changes_nothing(token):
    assert sd_jwt.disclose(token, FIELDS) == token


def test_what_was_hidden_cannot_be_disclosed_again(token, key):
    cut = sd_jwt.disclose(sd_jwt.disclose(token, []), FIELDS)
    assert sd_jwt.verify(cut, key.public).fields == {}


def test_salts_are_fresh_and_given_from_outside(key):
    salts = iter(bytes([n]) * 16 for n in range(1, 9))
    first = sd_jwt.issue({"/a": 1, "/b": 1}, {}, key, salt=lambda: next(salts))
    texts = [json.loads(base64url.decode(text))[0] for text in first.split("~")[1:-1]]
    assert texts == [base64url.encode(b"\1" * 16), base64url.encode(b"\2" * 16)]
    again = [sd_jwt.issue({"/a": 1}, {}, key).split("~")[1] for _ in range(2)]
    assert again[0] != again[1]


def test_digests_are_sorted_and_named_after_the_suite(token, key):
    payload = json.loads(jws.decode(token.split("~")[0])[1])
    assert payload["_sd"] == sorted(payload["_sd"])
    assert payload["_sd_alg"] == {"SM2-SM3": "sm3", "Ed25519": "sha-256"}[key.suite]


def test_peek_reads_without_a_key_and_without_trust(token, key):
    always, fields, kid = sd_jwt.peek(token)
    assert (always, fields, kid) == (ALWAYS, FIELDS, key.kid)


# --- refused ---------------------------------------------------------------------------------


def test_another_key_is_noticed(token, other_key):
    with pytest.raises(BadSignature):
        sd_jwt.verify(token, other_key.public)


def test_a_disclosure_of_another_document_is_noticed(token, key):
    other = sd_jwt.issue({"/child/name": "王大直"}, ALWAYS, key).split("~")[1]
    moved = sd_jwt.disclose(token, ["/child/sex"]) + other + "~"
    for read in (lambda: sd_jwt.verify(moved, key.public), lambda: sd_jwt.peek(moved)):
        with pytest.raises(BadSignature) as caught:
            read()
        assert caught.value.code == "crypto.disclosure-foreign"


def test_a_field_changed_with_its_salt_kept_is_noticed(token, key):
    signature, *texts = token.split("~")
    salt, name, _ = json.loads(base64url.decode(texts[1]))
    texts[1] = base64url.encode(json.dumps([salt, name, "2"]).encode())
    with pytest.raises(BadSignature):
        sd_jwt.verify("~".join([signature, *texts]), key.public)


def test_a_disclosure_twice_is_refused(token, key):
    with pytest.raises(Malformed) as caught:
        sd_jwt.verify(token + token.split("~")[1] + "~", key.public)
    assert caught.value.code == "crypto.disclosure-repeated"


def test_two_values_for_one_name_are_refused_even_if_both_are_signed(key):
    texts = [sd_jwt.make(bytes([n]) * 16, "/a", n).text for n in (1, 2)]
    digests = [sd_jwt.read(t).digest(sd_jwt.suite(key.suite)) for t in texts]
    payload = {"_sd": digests, "_sd_alg": sd_jwt._SD_ALG[key.suite]}
    with pytest.raises(Malformed):
        sd_jwt.verify(signed(payload, key, *texts), key.public)


def test_a_disclosure_that_shadows_a_visible_claim_is_refused(key):
    text = sd_jwt.make(bytes(16), "kind", "x").text
    digest = sd_jwt.read(text).digest(sd_jwt.suite(key.suite))
    payload = {"kind": "y", "_sd": [digest], "_sd_alg": sd_jwt._SD_ALG[key.suite]}
    with pytest.raises(Malformed) as caught:
        sd_jwt.verify(signed(payload, key, text), key.public)
    assert caught.value.code == "crypto.name-twice"


@pytest.mark.parametrize(
    "payload",
    [
        {"_sd": ["a", "a"]},
        {"_sd": "a"},
        {"_sd": [1]},
        {"_sd": [str(n) for n in range(513)]},
        {"_sd": [], "nested": {"_sd": []}},
        {"_sd": [], "list": [{"...": "x"}]},
        {"_sd": [], "...": 1},
        {"_sd": [], "_sd_alg": "md5"},
        {"_sd": [], "_sd_alg": 1},
        b'{"_sd":[],"_sd":[]}',
        b'{"a":1,"a":2}',
        b"[]",
        b"",
        b'{"a":1.5}',
    ],
)
def test_signed_payloads_of_another_form_are_refused(payload, key):
    if isinstance(payload, dict):
        payload = {"_sd_alg": sd_jwt._SD_ALG[key.suite], **payload}
    with pytest.raises(CryptoError):
        sd_jwt.verify(signed(payload, key), key.public)


def test_a_token_of_another_type_is_refused_unless_any_is_asked_for(key):
    token = sd_jwt.issue(FIELDS, {}, key, typ="other+sd-jwt")
    with pytest.raises(Malformed) as caught:
        sd_jwt.verify(token, key.public)
    assert caught.value.code == "crypto.other-type"
    assert sd_jwt.verify(token, key.public, typ=None).fields == FIELDS


def test_key_binding_and_missing_tildes_are_refused(token, key):
    with pytest.raises(Unsupported):
        sd_jwt.verify(token + "e30.e30.e30", key.public)
    for broken in (token.split("~")[0], ""):
        with pytest.raises(CryptoError):
            sd_jwt.verify(broken, key.public)


def test_512_leaves_are_the_most(key):
    fields = {f"/{number}": number for number in range(512)}
    assert sd_jwt.verify(sd_jwt.issue(fields, {}, key), key.public).fields == fields
    with pytest.raises(Malformed):
        sd_jwt.issue({**fields, "/512": 512}, {}, key)


@pytest.mark.parametrize(
    ("fields", "always"),
    [
        ({"_sd": 1}, {}),
        ({"...": 1}, {}),
        ({"/a": 1}, {"/a": 2}),
        ({"/a": None}, {}),
        ({"/a": 1.5}, {}),
        ({}, {"_sd": []}),
        ({}, {"a": {"_sd_alg": "x"}}),
        ({}, {"a": [{"...": 1}]}),
        ({}, {"a": 1.5}),
        ({}, {"a": object()}),
        ({}, {"a": "\ud800"}),
        ({}, {1: 2, "a": 3}),
    ],
)
def test_nothing_is_signed_that_could_not_be_verified(fields, always, key):
    with pytest.raises(Malformed):
        sd_jwt.issue(fields, always, key)


# --- against the public implementation ----------------------------------------------------------


def jwk(key, *, private=False):
    parts = dict(key.public.to_jwk())
    if private:
        parts["d"] = base64url.encode(key.raw)
    return JWK(**parts)


def test_the_public_implementation_verifies_our_documents():
    key = ED25519
    cut = sd_jwt.disclose(sd_jwt.issue(FIELDS, ALWAYS, key), ["/child/name", "/child/order"])
    theirs = SDJWTVerifier(cut, lambda issuer, header: jwk(key)).get_verified_payload()
    assert theirs == {**ALWAYS, "/child/name": "张小直", "/child/order": 1}


def test_the_public_implementation_can_present_our_documents():
    holder = SDJWTHolder(sd_jwt.issue(FIELDS, ALWAYS, ED25519))
    holder.create_presentation({"/child/sex": True})
    verified = sd_jwt.verify(holder.sd_jwt_presentation, ED25519.public)
    assert verified.fields == {"/child/sex": "1"}
    assert verified.hidden == 3


def test_we_verify_the_documents_of_the_public_implementation():
    claims = {SDObj(name): value for name, value in FIELDS.items()}
    theirs = SDJWTIssuer({**claims, "kind": "k"}, jwk(ED25519, private=True), sign_alg="EdDSA")
    verified = sd_jwt.verify(theirs.sd_jwt_issuance, ED25519.public, typ=None)
    assert (verified.fields, verified.always) == (FIELDS, {"kind": "k"})
    cut = sd_jwt.disclose(theirs.sd_jwt_issuance, ["/child/sex"])
    assert sd_jwt.verify(cut, ED25519.public, typ=None).fields == {"/child/sex": "1"}


def test_decoy_digests_of_others_count_as_hidden():
    theirs = SDJWTIssuer(
        {SDObj("/a"): 1},
        jwk(ED25519, private=True),
        sign_alg="EdDSA",
        add_decoy_claims=True,
    )
    verified = sd_jwt.verify(theirs.sd_jwt_issuance, ED25519.public, typ=None)
    assert verified.fields == {"/a": 1}
    assert verified.hidden == len(theirs.decoy_digests) > 0


def test_the_rfcs_example_has_the_printed_digests():
    """RFC 9901 section 5.1, its scalar claims with the printed salts."""
    printed = {
        ("given_name", "John"): "2GLC42sKQveCfGfryNRN9w",
        ("family_name", "Doe"): "eluV5Og3gSNII8EYnsxA_A",
        ("email", "johndoe@example.com"): "6Ij7tM-a5iVPGboS5tmvVA",
        ("birthdate", "1940-01-01"): "Pc33JM2LchcU_lHggv_ufQ",
    }
    salts = iter(map(base64url.decode, printed.values()))
    token = sd_jwt.issue(
        dict(printed.keys()), {"sub": "user_42"}, ED25519, salt=lambda: next(salts)
    )
    assert json.loads(jws.decode(token.split("~")[0])[1])["_sd"] == [
        "JzYjH4svliH0R3PyEMfeZu6Jt69u5qehZo7F7EPYlSE",
        "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo",
        "gbOsI4Edq2x2Kw-w5wPEzakob9hV1cRD0ATN3oQL9JM",
        "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4",
    ]
