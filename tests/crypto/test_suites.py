"""Published digests: GB/T 32905 annex A for SM3, FIPS 180-4 for SHA-256."""

from pathlib import Path

import cryptography_vectors
import pytest

from crypto import suites
from crypto.errors import Unsupported

SM3_FILE = Path(cryptography_vectors.__path__[0], "hashes", "SM3", "oscca.txt")


def published_sm3():
    lines = [line.split(" = ") for line in SM3_FILE.read_text().splitlines() if " = " in line]
    for (_, length), (_, message), (_, digest) in zip(*[iter(lines)] * 3, strict=True):
        yield bytes.fromhex(message)[: int(length) // 8], digest


def test_sm3_of_abc_is_the_standards_first_example():
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert suites.suite("SM2-SM3").digest(b"abc").hex() == expected


def test_sm3_of_64_bytes_is_the_standards_second_example():
    expected = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    assert suites.suite("SM2-SM3").digest(b"abcd" * 16).hex() == expected


def test_sm3_agrees_with_all_published_vectors():
    vectors = list(published_sm3())
    assert len(vectors) > 5
    for message, digest in vectors:
        assert suites.suite("SM2-SM3").digest(message).hex() == digest


def test_the_substitute_for_a_hashlib_without_sm3_gives_the_same():
    for message, digest in published_sm3():
        assert suites._sm3_of_cryptography(message).hex() == digest


def test_the_digest_of_ed25519_is_sha256():
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert suites.suite("Ed25519").digest(b"abc").hex() == expected


def test_a_digest_does_not_remember_the_one_before():
    digest = suites.suite("SM2-SM3").digest
    assert digest(b"a") == digest(b"a") != digest(b"b")


@pytest.mark.parametrize(("typo", "meant"), [("sm2-sm3", "SM2-SM3"), ("ed25519", "Ed25519")])
def test_a_typo_is_answered_with_the_nearest_name(typo, meant):
    with pytest.raises(Unsupported) as caught:
        suites.suite(typo)
    assert caught.value.facts["hint"] == meant


@pytest.mark.parametrize("alg", ["none", "HS256", "ES256", "RS256", "", "eddsa"])
def test_other_jws_algorithms_are_refused(alg):
    with pytest.raises(Unsupported):
        suites.by_alg(alg)


def test_what_authorities_sign_with_has_a_refusal_of_its_own():
    for asked in (suites.suite, suites.by_alg):
        with pytest.raises(Unsupported) as caught:
            asked("ES256")
        assert caught.value.code == "crypto.es256-not-for-documents"


def test_each_alg_belongs_to_one_suite():
    assert suites.by_alg("EdDSA").name == "Ed25519"
    assert suites.by_alg("SM2-SM3").name == "SM2-SM3"
