"""Keys in their standard containers: SubjectPublicKeyInfo and PrivateKeyInfo, in DER.

RFC 5480, RFC 5915, RFC 5208 and RFC 8410, with the SM2 curve's identifier of GM/T 0006. For each
suite the public container has exactly one DER form, so it is a fixed head before the key's bytes;
reading is a comparison, and there is nothing for a hostile encoder to play with.
"""

from __future__ import annotations

from typing import Any, ClassVar

from asn1crypto import core

from crypto import p256
from crypto.errors import BadKey, Malformed, Unsupported, translated
from crypto.sm2_curve import OID, N, on_curve

_PUBLIC = {
    # SEQUENCE { SEQUENCE { id-ecPublicKey, sm2 curve }, BIT STRING 04 ‖ x ‖ y }
    "SM2-SM3": (bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004"), 64),
    # The same with secp256r1 (RFC 5480)
    "ES256": (bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"), 64),
    # SEQUENCE { SEQUENCE { id-Ed25519 }, BIT STRING key }
    "Ed25519": (bytes.fromhex("302a300506032b6570032100"), 32),
}
_ON_CURVE = {"SM2-SM3": on_curve, "ES256": p256.on_curve}
_SM2_PRIVATE = bytes.fromhex(
    "308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420"
)
_SM2_PRIVATE_PUBLIC = bytes.fromhex("a14403420004")
_ED25519_PRIVATE = bytes.fromhex("302e020100300506032b657004220420")
_EC_PUBLIC_KEY = "1.2.840.10045.2.1"


class _Algorithm(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[Any]] = [
        ("algorithm", core.ObjectIdentifier),
        ("parameters", core.Any, {"optional": True}),
    ]


class _PrivateKeyInfo(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[Any]] = [
        ("version", core.Integer),
        ("algorithm", _Algorithm),
        ("private_key", core.OctetString),
        ("attributes", core.Any, {"implicit": 0, "optional": True}),
    ]


class _EcPrivateKey(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[Any]] = [
        ("version", core.Integer),
        ("private_key", core.OctetString),
        ("parameters", core.ObjectIdentifier, {"explicit": 0, "optional": True}),
        ("public_key", core.OctetBitString, {"explicit": 1, "optional": True}),
    ]


def public_info(suite: str, public: bytes) -> bytes:
    """DER SubjectPublicKeyInfo of a public key (x‖y for SM2 and ES256, 32 bytes for Ed25519)."""
    return _PUBLIC[suite][0] + public


def read_public_info(der: bytes) -> tuple[str, bytes]:
    """Suite and public key. Raises ``BadKey`` (not on the curve) or ``Unsupported``."""
    for suite, (head, size) in _PUBLIC.items():
        if der.startswith(head) and len(der) == len(head) + size:
            public = der[len(head) :]
            check_public(suite, public)
            return suite, public
    raise Unsupported("crypto.unsupported-key", "a public key of no suite")


def check_public(suite: str, public: bytes) -> None:
    """Raises ``BadKey`` unless the bytes can be a public key of the suite."""
    is_wrong_point = suite in _ON_CURVE and not _ON_CURVE[suite](public)
    if len(public) != _PUBLIC[suite][1] or is_wrong_point:
        raise BadKey("crypto.bad-key", "not a public key of this suite", suite=suite)


def sm2_private_info(private: bytes, public: bytes) -> bytes:
    """DER PrivateKeyInfo, unencrypted: for a library's memory, never for a file."""
    return _SM2_PRIVATE + private + _SM2_PRIVATE_PUBLIC + public


def private_info(suite: str, private: bytes, public: bytes) -> bytes:
    """The same for a key of either suite."""
    if suite == "SM2-SM3":
        return sm2_private_info(private, public)
    return _ED25519_PRIVATE + private


def read_private_info(der: bytes) -> tuple[str, bytes, bytes]:
    """Suite, private key, and public key if it stands beside it (SM2; else empty)."""
    if der.startswith(_ED25519_PRIVATE) and len(der) == len(_ED25519_PRIVATE) + 32:
        return "Ed25519", der[-32:], b""
    with translated(Malformed, "crypto.malformed-key", "not a PKCS#8 private key"):
        info = _PrivateKeyInfo.load(der, strict=True)
        algorithm = info["algorithm"]["algorithm"].dotted
        curve = info["algorithm"]["parameters"].parse(core.ObjectIdentifier).dotted
        inner = bytes(info["private_key"])
    if (algorithm, curve) != (_EC_PUBLIC_KEY, OID):
        raise Unsupported("crypto.unsupported-key", "neither an SM2 nor an Ed25519 private key")
    return "SM2-SM3", *sm2_from_sec1(inner)


def sm2_from_sec1(der: bytes) -> tuple[bytes, bytes]:
    """Private scalar and x‖y of an ECPrivateKey (RFC 5915). Raises ``BadKey``, ``Malformed``."""
    with translated(Malformed, "crypto.malformed-key", "not an SM2 private key"):
        key = _EcPrivateKey.load(der, strict=True)
        private, point = bytes(key["private_key"]), key["public_key"].native
    if not isinstance(point, bytes) or point[:1] != b"\x04":
        raise BadKey("crypto.key-without-public", "the file lacks the public half of the SM2 key")
    # GB/T 32918.1 section 6.1: the private key lies in 1 … n-2.
    if len(private) != 32 or not 0 < int.from_bytes(private, "big") < N - 1:
        raise BadKey("crypto.bad-key", "not a private key of this suite", suite="SM2-SM3")
    check_public("SM2-SM3", point[1:])
    return private, point[1:]
