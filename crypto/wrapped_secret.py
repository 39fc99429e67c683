"""Secrets that the national sharing platform hands out encrypted: AES in ECB mode, PKCS#7 padding.

ECB hides no pattern and nothing here is authenticated: enough for one random secret over TLS, and for
nothing else. We only open what a peer made; nothing of ours is encrypted so.
"""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from crypto.errors import Malformed

_BLOCK_BITS = 128


def sha1prng_key(seed: bytes) -> bytes:
    """The AES-128 key of Java's ``KeyGenerator`` over a ``SHA1PRNG`` with that seed.

    Many samples handed out by platforms derive their key so. The generator's state is SHA-1 of the
    seed and its first output SHA-1 of the state (``sun.security.provider.SecureRandom``).

    >>> sha1prng_key(b"zhida-test-app-key").hex()
    'f582bd3511998394218e4e6f985bcf39'
    """
    state = hashlib.sha1(seed, usedforsecurity=False).digest()
    return hashlib.sha1(state, usedforsecurity=False).digest()[:16]


def opened(key: bytes, wrapped: bytes) -> bytes:
    """What was wrapped. Raises ``Malformed`` for a wrong key or damaged bytes (told by padding)."""
    try:
        cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305  the peer's choice
        decryptor = cipher.decryptor()
        padded = decryptor.update(wrapped) + decryptor.finalize()
        unpadder = padding.PKCS7(_BLOCK_BITS).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        raise Malformed("crypto.wrapped-secret", "the key does not open it") from None
