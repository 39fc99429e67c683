"""Private keys at rest: encrypted PKCS#8 (RFC 5958) with PBES2 (RFC 8018).

Written: AES-256-CBC, PBKDF2-HMAC-SHA256, which ``openssl pkey`` opens. Read: the same with any
SHA-2 and AES. GmSSL's HMAC-SM3 files cannot be opened by OpenSSL 3.0 and are refused here too.
"""

from __future__ import annotations

import os
from typing import Any

from asn1crypto import algos, keys
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from crypto.errors import BadKey, Malformed, Unsupported, translated

ITERATIONS = 600_000
"""OWASP's figure for this function (2023); about 0.1 s."""
_MOST_ITERATIONS = 10_000_000
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


def encrypt(private_info: bytes, password: bytes, *, iterations: int = ITERATIONS) -> bytes:
    """DER EncryptedPrivateKeyInfo of a DER PrivateKeyInfo."""
    if not password:
        raise BadKey("crypto.empty-password", "a private key needs a password")
    salt, iv = os.urandom(16), os.urandom(16)
    key = _derived(password, salt=salt, iterations=iterations, size=32, digest="sha256")
    padder = padding.PKCS7(128).padder()
    padded = padder.update(private_info) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    sealed = encryptor.update(padded) + encryptor.finalize()
    algorithm = _algorithm(salt, iv, iterations)
    info = {"encryption_algorithm": algorithm, "encrypted_data": sealed}
    return bytes(keys.EncryptedPrivateKeyInfo(info).dump())


def decrypt(der: bytes, password: bytes) -> bytes:
    """The DER PrivateKeyInfo. Raises ``BadKey`` for a wrong password, ``Unsupported``."""
    with translated(Malformed, "crypto.malformed-key", "not an encrypted PKCS#8 key"):
        info = keys.EncryptedPrivateKeyInfo.load(der, strict=True)
        algorithm, data = info["encryption_algorithm"], info["encrypted_data"].native
        known = algorithm["algorithm"].native == "pbes2" and algorithm.kdf == "pbkdf2"
        known = known and algorithm.encryption_cipher == "aes"
        known = known and algorithm.encryption_mode == "cbc" and algorithm.kdf_hmac in _HASHES
    if not known:
        raise Unsupported("crypto.unsupported-key-encryption", "only PBES2 with AES-CBC and SHA-2")
    with translated(BadKey, "crypto.wrong-password", "the password does not open this key"):
        return _opened(algorithm, data, password)


def _opened(algorithm: Any, data: bytes, password: bytes) -> bytes:
    if algorithm.kdf_iterations > _MOST_ITERATIONS:
        raise Unsupported("crypto.unsupported-key-encryption", "too many PBKDF2 iterations")
    key = _derived(
        password,
        salt=algorithm.kdf_salt,
        iterations=algorithm.kdf_iterations,
        size=algorithm.key_length,
        digest=algorithm.kdf_hmac,
    )
    decryptor = Cipher(algorithms.AES(key), modes.CBC(algorithm.encryption_iv)).decryptor()
    padded = decryptor.update(data) + decryptor.finalize()
    unpadder = padding.PKCS7(128).unpadder()
    return unpadder.update(padded) + unpadder.finalize()


def _derived(password: bytes, *, salt: bytes, iterations: int, size: int, digest: str) -> bytes:
    kdf = PBKDF2HMAC(_HASHES[digest](), length=size, salt=salt, iterations=iterations)
    return kdf.derive(password)


def _algorithm(salt: bytes, iv: bytes, iterations: int) -> algos.EncryptionAlgorithm:
    kdf = {
        "algorithm": "pbkdf2",
        "parameters": {
            "salt": algos.Pbkdf2Salt("specified", salt),
            "iteration_count": iterations,
            "prf": {"algorithm": "sha256"},
        },
    }
    scheme = {"algorithm": "aes256_cbc", "parameters": iv}
    parameters = {"key_derivation_func": kdf, "encryption_scheme": scheme}
    return algos.EncryptionAlgorithm({"algorithm": "pbes2", "parameters": parameters})
