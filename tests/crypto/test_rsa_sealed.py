"""What we seal, the ``openssl`` command opens."""

import subprocess

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from crypto.errors import BadKey
from crypto.rsa_sealed import rsa_public, sealed

SPKI = serialization.PublicFormat.SubjectPublicKeyInfo


def der(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, SPKI)


@pytest.fixture(scope="module")
def private():
    return rsa.generate_private_key(65537, 2048)


def test_openssl_opens_it_and_no_two_are_alike(tmp_path, private):
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "key.pem").write_bytes(pem)
    public = rsa_public(der(private))
    made = [sealed(public, "张三 21".encode()) for _ in range(2)]
    assert made[0] != made[1]
    command = ["openssl", "pkeyutl", "-decrypt", "-inkey", str(tmp_path / "key.pem")]
    command += ["-pkeyopt", "rsa_padding_mode:pkcs1"]
    done = subprocess.run(command, input=made[0], capture_output=True, check=True, timeout=30)
    assert done.stdout.decode() == "张三 21"


@pytest.mark.parametrize("bad", [b"", b"\x30\x00", b"text"])
def test_what_is_no_key(bad):
    with pytest.raises(BadKey, match=r"crypto\.bad-key"):
        rsa_public(bad)


def test_another_kind_of_key():
    with pytest.raises(BadKey):
        rsa_public(der(ed25519.Ed25519PrivateKey.generate()))


def test_a_text_that_is_too_long(private):
    with pytest.raises(BadKey):
        sealed(rsa_public(der(private)), bytes(246))
