"""RFC 9901 section 4.2 and 5.1: salts, texts and digests as printed there."""

import pytest

from crypto import base64url, disclosure
from crypto.errors import Malformed
from crypto.suites import suite

PRINTED = [
    (
        "2GLC42sKQveCfGfryNRN9w",
        "given_name",
        "John",
        "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4",
    ),
    (
        "eluV5Og3gSNII8EYnsxA_A",
        "family_name",
        "Doe",
        "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo",
    ),
    (
        "6Ij7tM-a5iVPGboS5tmvVA",
        "email",
        "johndoe@example.com",
        "JzYjH4svliH0R3PyEMfeZu6Jt69u5qehZo7F7EPYlSE",
    ),
    (
        "eI8ZWm9QnKPpNPeNenHdhQ",
        "phone_number",
        "+1-202-555-0101",
        "PorFbpKuVu6xymJagvkFsFXAbRoc2JGlAUA2BA4o7cI",
    ),
    (
        "Qg_O64zqAxe412a108iroA",
        "phone_number_verified",
        True,
        "XQ_3kPKt1XyX7KANkqVR6yZ2Va5NrPIvPYbyMvRKBMM",
    ),
    (
        "Pc33JM2LchcU_lHggv_ufQ",
        "birthdate",
        "1940-01-01",
        "gbOsI4Edq2x2Kw-w5wPEzakob9hV1cRD0ATN3oQL9JM",
    ),
    (
        "G02NSrQfjFXQ7Io09syajA",
        "updated_at",
        1570000000,
        "CrQe7S5kqBAHt-nMYXgc6bdt2SH5aTY1sU_M-PgkjPI",
    ),
]


@pytest.mark.parametrize(("salt", "name", "value", "digest"), PRINTED)
def test_printed_disclosures_have_the_printed_digests(salt, name, value, digest):
    made = disclosure.make(base64url.decode(salt), name, value)
    assert made.digest(suite("Ed25519")) == digest


def test_the_printed_text_is_read():
    text = "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd"
    read = disclosure.read(text)
    assert (read.name, read.value, read.text) == ("given_name", "John", text)
    assert disclosure.make(base64url.decode(PRINTED[0][0]), "given_name", "John") == read


def test_the_digest_covers_the_text_as_it_stands_not_its_meaning():
    with_space = disclosure.read(base64url.encode(b'["c2FsdA", "a", 1]'))
    without = disclosure.read(base64url.encode(b'["c2FsdA","a",1]'))
    assert (with_space.name, with_space.value) == (without.name, without.value)
    assert with_space.digest(suite("Ed25519")) != without.digest(suite("Ed25519"))


def test_the_digest_is_the_suites_own():
    made = disclosure.make(b"salt", "/a", "张小直")
    expected = base64url.encode(suite("SM2-SM3").digest(made.text.encode()))
    assert made.digest(suite("SM2-SM3")) == expected != made.digest(suite("Ed25519"))


@pytest.mark.parametrize("name", ["_sd", "_sd_alg", "...", ""])
def test_reserved_and_empty_names_are_refused(name):
    with pytest.raises(Malformed):
        disclosure.make(b"salt", name, 1)


@pytest.mark.parametrize("value", [None, 1.5, [], {}, b"x", 2**63, -(2**63), "\ud800"])
def test_only_text_64_bit_integers_and_booleans_are_leaves(value):
    with pytest.raises(Malformed):
        disclosure.make(b"salt", "/a", value)


@pytest.mark.parametrize(
    "contents",
    [
        b'["s","a"]',
        b'["s","a",1,2]',
        b'[1,"a",1]',
        b'["s",1,1]',
        b'["s","a",null]',
        b'["s","a",1.5]',
        b'["s","a",[1]]',
        b'["s","a",{"_sd":[]}]',
        b'["s","_sd",1]',
        b'["s","...",1]',
        b'{"s":1}',
        b"",
    ],
)
def test_disclosures_of_another_form_are_refused(contents):
    with pytest.raises(Malformed):
        disclosure.read(base64url.encode(contents))
