"""Short texts that a peer wants encrypted under its RSA key: PKCS#1 v1.5 (RFC 8017, 7.2).

Java's ``Cipher.getInstance("RSA")``, which vendors' samples use, means this padding. It is weak only
for who decrypts (it must not tell good padding from bad); we never do.
"""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from crypto.errors import BadKey


def rsa_public(der: bytes) -> RSAPublicKey:
    """The key in a SubjectPublicKeyInfo. Raises ``BadKey`` for anything but RSA of 1024 bits or more."""
    try:
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        raise BadKey("crypto.bad-key", "not a public key") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < 1024:
        raise BadKey("crypto.bad-key", "not an RSA key of 1024 bits or more")
    return key


def sealed(key: RSAPublicKey, text: bytes) -> bytes:
    """``text`` for the holder of the key alone; each time other bytes. Raises ``BadKey`` if too long."""
    try:
        return key.encrypt(text, PKCS1v15())
    except ValueError:
        raise BadKey("crypto.bad-key", "the text is too long for this key") from None
