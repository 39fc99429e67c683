"""Keys: RFC 8032 vectors, thumbprints of RFC 7638 / RFC 8037, files, and what is refused."""

import copy
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from crypto import keys, pem
from crypto.errors import BadKey, BadSignature, CryptoError, Malformed, Unsupported
from crypto.key_forms import private_info
from crypto.pbes2 import encrypt

FEW = 1000
ED25519_FILE = Path(cryptography_vectors.__path__[0], "asymmetric", "Ed25519", "sign.input")


def test_rfc_8032_first_vector():
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    key = keys._from_seed(seed)
    assert key.public.raw.hex() == (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    )
    assert key.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
        "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )


def test_published_ed25519_signatures_are_made_and_verified():
    for line in ED25519_FILE.read_text().splitlines()[1:64]:
        pair, public, message, signed = (bytes.fromhex(part) for part in line.split(":")[:4])
        key = keys._from_seed(pair[:32])
        assert key.public.raw == public
        assert key.sign(message) == signed[:64]
        key.public.verify(signed[:64], message)


def test_rfc_8037_thumbprint():
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert keys.public_from_jwk(jwk).kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_signature_verifies_only_with_its_key_and_data(key, other_key):
    signature = key.sign(b"data")
    assert len(signature) == 64
    key.public.verify(signature, b"data")
    for public, wrong, data in (
        (other_key.public, signature, b"data"),
        (key.public, signature, b"datA"),
        (key.public, signature[:-1], b"data"),
        (key.public, signature + b"\0", b"data"),
        (key.public, b"", b"data"),
    ):
        with pytest.raises(BadSignature):
            public.verify(wrong, data)


def test_every_changed_byte_of_a_signature_is_noticed(key):
    signature = key.sign(b"data")
    for at in range(64):
        changed = signature[:at] + bytes([signature[at] ^ 0x40]) + signature[at + 1 :]
        with pytest.raises(BadSignature):
            key.public.verify(changed, b"data")


def test_a_key_comes_back_from_its_encrypted_file(key):
    text = key.to_pem(b"secret", iterations=FEW)
    assert text.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    again = keys.load_private(text, b"secret")
    assert again == key
    key.public.verify(again.sign(b"data"), b"data")


def test_a_wrong_password_is_a_bad_key(key):
    for _ in range(4):
        with pytest.raises(CryptoError):
            keys.load_private(key.to_pem(b"secret", iterations=FEW), b"Secret")


def test_an_unencrypted_private_key_is_refused(key):
    plain = pem.armor("PRIVATE KEY", private_info(key.suite, key.raw, key.public.raw))
    for text in (plain, plain.replace(b"PRIVATE", b"EC PRIVATE")):
        with pytest.raises(BadKey) as caught:
            keys.load_private(text, b"secret")
        assert caught.value.code == "crypto.key-not-encrypted"


def test_halves_of_two_sm2_keys_are_refused():
    one, two = keys.generate("SM2-SM3"), keys.generate("SM2-SM3")
    mixed = encrypt(private_info("SM2-SM3", one.raw, two.public.raw), b"secret", iterations=FEW)
    with pytest.raises(BadKey) as caught:
        keys.load_private(pem.armor("ENCRYPTED PRIVATE KEY", mixed), b"secret")
    assert caught.value.code == "crypto.key-pair"


def test_every_changed_byte_of_an_sm2_key_is_noticed_or_without_effect():
    key = keys.generate("SM2-SM3")
    info = private_info(key.suite, key.raw, key.public.raw)
    refused = 0
    for at in range(len(info)):
        changed = info[:at] + bytes([info[at] ^ 1]) + info[at + 1 :]
        text = pem.armor("ENCRYPTED PRIVATE KEY", encrypt(changed, b"secret", iterations=1))
        try:
            assert keys.load_private(text, b"secret") == key
        except CryptoError:
            refused += 1
    assert refused > 100


def test_the_encrypted_file_of_another_kind_of_key_is_not_supported():
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    with pytest.raises(Unsupported):
        keys.load_private(other, b"secret")


def test_public_keys_come_back_from_pem_der_and_jwk(key):
    assert keys.load_public(key.public.to_pem()) == key.public
    assert keys.public_from_der(key.public.to_der()) == key.public
    assert keys.public_from_jwk(key.public.to_jwk()) == key.public


def test_other_public_keys_are_not_supported():
    for other in (ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)):
        text = other.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        with pytest.raises(Unsupported):
            keys.load_public(text)


def test_a_private_jwk_is_not_taken_for_a_public_one(key):
    with pytest.raises(BadKey) as caught:
        keys.public_from_jwk({**key.public.to_jwk(), "d": "AAAA"})
    assert caught.value.code == "crypto.private-jwk"


@pytest.mark.parametrize(
    "change", [{"x": "AA"}, {"x": None}, {"x": 1}, {"x": "A" * 43}, {"x": "!"}, {"crv": "P-256"}]
)
def test_broken_jwks_are_refused(change):
    jwk = keys.generate("SM2-SM3").public.to_jwk()
    with pytest.raises(CryptoError):
        keys.public_from_jwk({**jwk, **change})


def test_coordinates_of_uneven_length_are_refused():
    jwk = keys.generate("SM2-SM3").public.to_jwk()
    with pytest.raises(Malformed):
        keys.public_from_jwk({**jwk, "x": "AA", "y": "A" * 84})


def test_a_key_names_itself_by_its_public_half_alone(key, other_key):
    assert key.kid == key.public.kid == copy.copy(key.public).kid
    assert key.kid != other_key.kid
    assert len(key.kid) == 43


def test_the_private_key_never_stands_in_its_repr(key):
    assert repr(key.raw) not in repr(key)
    assert key.raw.hex() not in repr(key)


def test_an_unknown_suite_makes_no_key():
    with pytest.raises(Unsupported):
        keys.generate("ES384")
    with pytest.raises(Unsupported):
        keys.PublicKey("ES384", bytes(64))


def test_an_authoritys_suite_makes_no_key_for_documents():
    """Its public keys are values, though: certificates hold them."""
    with pytest.raises(Unsupported) as caught:
        keys.generate("ES256")
    assert caught.value.code == "crypto.es256-not-for-documents"
    pem = ec.generate_private_key(ec.SECP256R1()).public_key()
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(Unsupported) as caught:
        keys.load_public(pem.public_bytes(*form))
    assert caught.value.code == "crypto.es256-not-for-documents"
    with pytest.raises(BadKey):
        keys.PublicKey("ES256", bytes(64))
