"""The two authenticated ciphers: SM4-GCM (RFC 8998, GB/T 32907) and AES-256-GCM (SP 800-38D).

The same key with the same 96-bit nonce twice destroys both secrecy and authenticity; who calls
this answers for fresh nonces (``crypto.seal`` draws them at random).
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as _Context
from cryptography.hazmat.primitives.ciphers import CipherAlgorithm, algorithms, modes

from crypto.errors import BadKey, BadSignature, Malformed, Unsupported

NONCE_SIZE = 12
TAG_SIZE = 16


@dataclass(frozen=True, slots=True)
class Cipher:
    """One cipher: its name, its number in sealed bodies, its key's bytes."""

    name: str
    number: int
    key_size: int
    algorithm: type[CipherAlgorithm]


_CIPHERS = (
    Cipher("SM4-GCM", 1, 16, algorithms.SM4),
    Cipher("AES-256-GCM", 2, 32, algorithms.AES),
)


def cipher(name: str) -> Cipher:
    """The cipher of that name. Raises ``Unsupported``."""
    for each in _CIPHERS:
        if each.name == name:
            return each
    raise Unsupported("crypto.unknown-cipher", "no such cipher", cipher=name[:40])


def by_number(number: int) -> Cipher:
    """The cipher of a sealed body's head. Raises ``Malformed``."""
    for each in _CIPHERS:
        if each.number == number:
            return each
    raise Malformed("crypto.malformed-sealed", "no such cipher", number=number)


def by_key(key: bytes) -> Cipher:
    """The cipher that takes keys of this length. Raises ``BadKey``."""
    for each in _CIPHERS:
        if each.key_size == len(key):
            return each
    raise BadKey("crypto.key-size", "no cipher takes a key of this length", bytes=len(key))


def encrypt(chosen: Cipher, key: bytes, nonce: bytes, plaintext: bytes, *, aad: bytes) -> bytes:
    """Ciphertext, then the tag of 16 bytes."""
    context = _Context(_algorithm(chosen, key), modes.GCM(_checked(nonce))).encryptor()
    context.authenticate_additional_data(aad)
    return context.update(plaintext) + context.finalize() + context.tag


def decrypt(chosen: Cipher, key: bytes, nonce: bytes, sealed: bytes, *, aad: bytes) -> bytes:
    """The plaintext. Raises ``BadSignature`` when key, nonce, ``aad`` or any bit is another."""
    if len(sealed) < TAG_SIZE:
        raise Malformed("crypto.malformed-sealed", "shorter than its tag")
    tag = modes.GCM(_checked(nonce), sealed[-TAG_SIZE:])
    context = _Context(_algorithm(chosen, key), tag).decryptor()
    context.authenticate_additional_data(aad)
    try:
        return context.update(sealed[:-TAG_SIZE]) + context.finalize()
    except InvalidTag:
        raise BadSignature("crypto.unsealing", "another key or place, or changed bytes") from None


def _algorithm(chosen: Cipher, key: bytes) -> CipherAlgorithm:
    if len(key) != chosen.key_size:
        raise BadKey("crypto.key-size", "a key of another cipher", bytes=len(key))
    return chosen.algorithm(key)  # type: ignore[call-arg]


def _checked(nonce: bytes) -> bytes:
    if len(nonce) != NONCE_SIZE:
        raise Malformed("crypto.nonce-size", "a nonce has 12 bytes", bytes=len(nonce))
    return nonce
