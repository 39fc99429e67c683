"""ECDSA on P-256 with SHA-256 (FIPS 186-5): what authorities outside sign certificates and lists with.

Verification only: no document, head or seal is signed with it (ADR 0040).
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from crypto import der
from crypto.errors import BadSignature

_UNCOMPRESSED = b"\x04"


def on_curve(point: bytes) -> bool:
    """Whether 64 bytes x‖y are a point of the curve (it has cofactor 1; infinity has no x and y).

    >>> on_curve(bytes(64))
    False
    """
    try:
        _key(point)
    except ValueError:
        return False
    return True


def verifies(point: bytes, signature: bytes, data: bytes) -> bool:
    """``signature`` is raw r‖s. With s also n − s is right: ECDSA has both."""
    try:
        _key(point).verify(der.to_der(signature), data, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, BadSignature):
        return False
    return True


@lru_cache(maxsize=256)
def _key(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _UNCOMPRESSED + point)
