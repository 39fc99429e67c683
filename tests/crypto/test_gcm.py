"""RFC 8998 A.1 (SM4-GCM), NIST's AES-256-GCM vectors, GB/T 32907 for the block cipher below."""

from pathlib import Path

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from crypto import gcm
from crypto.errors import BadKey, BadSignature, Malformed, Unsupported

FOLDER = Path(cryptography_vectors.__path__[0], "ciphers")
SM4, AES = gcm.cipher("SM4-GCM"), gcm.cipher("AES-256-GCM")


def records(path):
    """NIST's layout: lines ``Name = value``, an empty line ends a record."""
    record = {}
    for line in [*path.read_text().splitlines(), ""]:
        name, equals, value = line.partition(" =")
        if equals and not line.startswith("["):
            record[name.strip().lower()] = value.strip()
        elif not line and record:
            yield record
            record = {}


def test_rfc_8998_appendix_a_1():
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    nonce = bytes.fromhex("00001234567800000000abcd")
    aad = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plaintext = b"".join(bytes([each]) * 8 for each in b"\xaa\xbb\xcc\xdd\xee\xff\xee\xaa")
    sealed = gcm.encrypt(SM4, key, nonce, plaintext, aad=aad)
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert gcm.decrypt(SM4, key, nonce, sealed, aad=aad) == plaintext


def test_the_aes_256_example_of_the_gcm_specification():
    sealed = gcm.encrypt(
        AES,
        bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2),
        bytes.fromhex("cafebabefacedbaddecaf888"),
        bytes.fromhex(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
        ),
        aad=bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
    )
    assert sealed.hex() == (
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    )


def test_nists_aes_256_vectors():
    tried = 0
    for each in records(FOLDER / "AES" / "GCM" / "gcmEncryptExtIV256.rsp"):
        iv, tag = bytes.fromhex(each.get("iv", "")), each.get("tag", "")
        if len(iv) == gcm.NONCE_SIZE and len(tag) == 2 * gcm.TAG_SIZE and tried < 300:
            key, text, aad = (bytes.fromhex(each[name]) for name in ("key", "pt", "aad"))
            assert gcm.encrypt(AES, key, iv, text, aad=aad).hex() == each["ct"] + tag
            tried += 1
    assert tried == 300


def test_published_sm4_blocks():
    blocks = list(records(FOLDER / "SM4" / "draft-ribose-cfrg-sm4-10-ecb.txt"))
    blocks = [each for each in blocks if "plaintext" in each]
    assert blocks
    for each in blocks:
        algorithm = SM4.algorithm(bytes.fromhex(each["key"]))
        encryptor = Cipher(algorithm, modes.ECB()).encryptor()
        assert encryptor.update(bytes.fromhex(each["plaintext"])).hex() == each["ciphertext"]


@pytest.mark.parametrize("cipher", [SM4, AES])
def test_every_changed_byte_is_noticed(cipher):
    key, nonce = bytes(cipher.key_size), bytes(12)
    sealed = gcm.encrypt(cipher, key, nonce, b"body", aad=b"place")
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(BadSignature):
            gcm.decrypt(cipher, key, nonce, changed, aad=b"place")
    with pytest.raises(BadSignature):
        gcm.decrypt(cipher, key, nonce, sealed, aad=b"Place")
    with pytest.raises(BadSignature):
        gcm.decrypt(cipher, key, b"\1" + bytes(11), sealed, aad=b"place")


def test_wrong_sizes_and_names_are_refused():
    with pytest.raises(BadKey):
        gcm.encrypt(SM4, bytes(32), bytes(12), b"", aad=b"")
    with pytest.raises(Malformed):
        gcm.encrypt(SM4, bytes(16), bytes(16), b"", aad=b"")
    with pytest.raises(Malformed):
        gcm.decrypt(SM4, bytes(16), bytes(12), bytes(15), aad=b"")
    with pytest.raises(Unsupported):
        gcm.cipher("SM4-CBC")
    with pytest.raises(BadKey):
        gcm.by_key(bytes(24))
    with pytest.raises(Malformed):
        gcm.by_number(3)
