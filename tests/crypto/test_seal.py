import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import gcm, seal
from crypto.errors import BadKey, BadSignature, CryptoError, Malformed, Unsupported

CIPHERS = ("SM4-GCM", "AES-256-GCM")


@settings(deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=40), st.sampled_from(CIPHERS))
def test_a_body_opens_with_its_key_at_its_place(body, place, cipher):
    key = seal.new_key(cipher)
    blob = seal.seal(key, body, place, cipher)
    assert seal.unseal(key, blob, place) == body
    assert len(blob) == len(body) + 30


def test_the_head_says_how_to_open_it():
    nonce = bytes(range(12))
    assert seal.seal(bytes(16), b"", b"", nonce=nonce)[:14] == b"\1\1" + nonce
    assert seal.seal(bytes(32), b"", b"", "AES-256-GCM", nonce)[:14] == b"\1\2" + nonce


def test_the_tag_covers_head_and_purpose_and_place():
    blob = seal.seal(bytes(16), b"body", b"place", nonce=bytes(12))
    covered = b"\1\1" + b"zhida body\0" + b"place"
    sm4 = gcm.cipher("SM4-GCM")
    assert gcm.decrypt(sm4, bytes(16), bytes(12), blob[14:], aad=covered) == b"body"


def test_the_same_body_is_sealed_differently_each_time():
    key = seal.new_key()
    assert seal.seal(key, b"body", b"") != seal.seal(key, b"body", b"")


@pytest.mark.parametrize("cipher", CIPHERS)
def test_every_changed_byte_is_noticed(cipher):
    key = seal.new_key(cipher)
    blob = seal.seal(key, b"body of a record", b"place", cipher)
    for at in range(len(blob)):
        for mask in (1, 2, 3, 0x80):
            changed = blob[:at] + bytes([blob[at] ^ mask]) + blob[at + 1 :]
            with pytest.raises(CryptoError):
                seal.unseal(key, changed, b"place")
    for cut in range(len(blob)):
        with pytest.raises(CryptoError):
            seal.unseal(key, blob[:cut], b"place")


def test_another_place_or_key_does_not_open_it():
    key, blob = bytes(16), seal.seal(bytes(16), b"body", b"document/1")
    with pytest.raises(BadSignature):
        seal.unseal(key, blob, b"document/2")
    with pytest.raises(BadSignature):
        seal.unseal(b"\1" * 16, blob, b"document/1")
    with pytest.raises(BadKey):
        seal.unseal(bytes(32), blob, b"document/1")


@pytest.mark.parametrize("cipher", CIPHERS)
def test_a_wrapped_key_comes_back(cipher):
    bucket, key = seal.new_key(cipher), seal.new_key("SM4-GCM")
    assert (
        seal.unwrap(bucket, seal.wrap(bucket, key, b"newborn/2033-01"), b"newborn/2033-01") == key
    )


def test_without_the_buckets_key_the_bodies_are_gone():
    bucket, key = seal.new_key(), seal.new_key()
    wrapped = seal.wrap(bucket, key, b"bucket")
    with pytest.raises(BadSignature):
        seal.unwrap(seal.new_key(), wrapped, b"bucket")
    with pytest.raises(BadSignature):
        seal.unwrap(bucket, wrapped, b"other bucket")


def test_a_key_is_not_a_body_and_a_body_not_a_key():
    key = seal.new_key()
    with pytest.raises(BadSignature):
        seal.unseal(key, seal.wrap(key, bytes(16), b""), b"")
    with pytest.raises(BadSignature):
        seal.unwrap(key, seal.seal(key, bytes(16), b""), b"")


def test_wrong_keys_versions_and_ciphers_are_refused():
    with pytest.raises(BadKey):
        seal.seal(bytes(32), b"", b"", "SM4-GCM")
    with pytest.raises(BadKey):
        seal.wrap(bytes(24), bytes(16), b"")
    with pytest.raises(BadKey):
        seal.unwrap(bytes(16), seal.wrap(bytes(16), b"no key", b""), b"")
    with pytest.raises(Unsupported):
        seal.seal(bytes(16), b"", b"", "ROT13")
    for blob in (b"", b"\1", b"\2" + bytes(40), b"\1\x09" + bytes(40)):
        with pytest.raises(Malformed):
            seal.unseal(bytes(16), blob, b"")
