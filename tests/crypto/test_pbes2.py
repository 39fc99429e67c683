import pytest
from asn1crypto import keys as asn1_keys

from crypto import pbes2
from crypto.errors import BadKey, Malformed, Unsupported

FEW = 1000


def test_what_is_encrypted_opens_with_its_password():
    der = pbes2.encrypt(b"private info", b"secret", iterations=FEW)
    assert pbes2.decrypt(der, b"secret") == b"private info"
    assert b"private info" not in der


def test_the_same_key_is_encrypted_differently_each_time():
    first, second = (pbes2.encrypt(b"info", b"secret", iterations=FEW) for _ in range(2))
    assert first[-16:] != second[-16:]


def test_another_password_does_not_open_it():
    for _ in range(20):  # PKCS#7 padding alone would let one wrong password in 256 through
        der = pbes2.encrypt(b"private info", b"secret", iterations=FEW)
        try:
            assert pbes2.decrypt(der, b"other") != b"private info"
        except BadKey as error:
            assert error.code == "crypto.wrong-password"


def test_an_empty_password_is_no_protection():
    with pytest.raises(BadKey):
        pbes2.encrypt(b"info", b"")


def test_the_default_is_slow_enough_for_guessing():
    info = asn1_keys.EncryptedPrivateKeyInfo.load(pbes2.encrypt(b"info", b"secret"))
    assert info["encryption_algorithm"].kdf_iterations >= 600_000
    assert info["encryption_algorithm"].kdf_hmac == "sha256"
    assert info["encryption_algorithm"].encryption_cipher == "aes"


def test_a_hostile_number_of_iterations_is_not_computed():
    der = pbes2.encrypt(b"info", b"secret", iterations=65_536)
    hostile = der.replace(bytes.fromhex("0203010000"), bytes.fromhex("02037fffff"))
    assert hostile != der
    info = asn1_keys.EncryptedPrivateKeyInfo.load(hostile)
    assert info["encryption_algorithm"].kdf_iterations == 0x7FFFFF
    larger = _with_iterations(der, 2**31)
    with pytest.raises(Unsupported):
        pbes2.decrypt(larger, b"secret")


def test_other_ways_to_encrypt_are_not_supported():
    info = asn1_keys.EncryptedPrivateKeyInfo(
        {
            "encryption_algorithm": {
                "algorithm": "pbes1_sha1_des",
                "parameters": {"salt": bytes(8), "iterations": 1},
            },
            "encrypted_data": bytes(16),
        }
    )
    with pytest.raises(Unsupported):
        pbes2.decrypt(info.dump(), b"secret")


@pytest.mark.parametrize("der", [b"", b"\x30\x00", b"nonsense"])
def test_anything_else_is_malformed(der):
    with pytest.raises(Malformed):
        pbes2.decrypt(der, b"secret")


def _with_iterations(der, iterations):
    info = asn1_keys.EncryptedPrivateKeyInfo.load(der)
    parameters = info["encryption_algorithm"]["parameters"]
    parameters["key_derivation_func"]["parameters"]["iteration_count"] = iterations
    return info.dump(force=True)
