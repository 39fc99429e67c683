"""Bodies at rest: encrypted, bound to their place, and erasable by destroying a key.

A sealed body says how to open it::

    1 byte    version (1)
    1 byte    cipher (1 SM4-GCM, 2 AES-256-GCM)
    12 bytes  nonce
    n bytes   ciphertext
    16 bytes  tag, over head ‖ purpose ‖ aad and the ciphertext

``aad`` names the place (document id, column), so that a body moved to another row does not open.
Random nonces of 96 bits are safe for 2^32 bodies a key (SP 800-38D section 8.3).
"""

from __future__ import annotations

import os

from crypto import gcm
from crypto.errors import Malformed

DEFAULT = "SM4-GCM"
_VERSION = 1
_HEAD = 2
_SEALED = _HEAD + gcm.NONCE_SIZE
_BODY, _KEY = b"zhida body\0", b"zhida key\0"
"""Purposes: a wrapped key never opens as a body, nor a body as a key."""


def new_key(cipher: str = DEFAULT) -> bytes:
    """A random key: 16 bytes for SM4-GCM, 32 for AES-256-GCM."""
    return os.urandom(gcm.cipher(cipher).key_size)


def seal(
    key: bytes,
    plaintext: bytes,
    aad: bytes,
    cipher: str = DEFAULT,
    nonce: bytes | None = None,
) -> bytes:
    """The sealed body. ``nonce``: where the same must come out twice, and surely of no two bodies.

    >>> key = new_key()
    >>> unseal(key, seal(key, b"body", b"place"), b"place")
    b'body'
    """
    return _sealed(key, plaintext, _BODY + aad, chosen=gcm.cipher(cipher), nonce=nonce)


def unseal(key: bytes, blob: bytes, aad: bytes) -> bytes:
    """The body. Raises ``BadSignature`` (other key, other place, changed), ``Malformed``."""
    return _unsealed(key, blob, _BODY + aad)


def wrap(bucket_key: bytes, key: bytes, aad: bytes) -> bytes:
    """``key`` sealed under a retention bucket's key, with the cipher that that key is for."""
    return _sealed(bucket_key, key, _KEY + aad, chosen=gcm.by_key(bucket_key), nonce=None)


def unwrap(bucket_key: bytes, blob: bytes, aad: bytes) -> bytes:
    """The key inside. Raises ``BadSignature``, ``BadKey``, ``Malformed``."""
    key = _unsealed(bucket_key, blob, _KEY + aad)
    gcm.by_key(key)
    return key


def _sealed(
    key: bytes, plaintext: bytes, aad: bytes, *, chosen: gcm.Cipher, nonce: bytes | None
) -> bytes:
    head = bytes((_VERSION, chosen.number))
    fresh = os.urandom(gcm.NONCE_SIZE) if nonce is None else nonce
    return head + fresh + gcm.encrypt(chosen, key, fresh, plaintext, aad=head + aad)


def _unsealed(key: bytes, blob: bytes, aad: bytes) -> bytes:
    head, nonce, sealed = blob[:_HEAD], blob[_HEAD:_SEALED], blob[_SEALED:]
    if len(nonce) != gcm.NONCE_SIZE or head[0] != _VERSION:
        raise Malformed("crypto.malformed-sealed", "not a sealed body of version 1")
    chosen = gcm.by_number(head[1])
    return gcm.decrypt(chosen, key, nonce, sealed, aad=head + aad)
