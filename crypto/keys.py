"""Signing keys: made, kept in encrypted files, named by their thumbprint.

A key may also live elsewhere (HSM, signature server): see ``crypto.signer``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519

from crypto import base64url, p256, pbes2, pem, remembered, sm2, strict_json
from crypto import suites as _suites
from crypto.errors import BadKey, BadSignature, Malformed, Unsupported
from crypto.key_forms import (
    check_public,
    private_info,
    public_info,
    read_private_info,
    read_public_info,
)

_CURVES = {"SM2-SM3": "SM2", "ES256": "P-256"}


@dataclass(frozen=True)
class PublicKey:
    """A public key. Equal keys are equal values; thread-safe."""

    suite: str
    raw: bytes
    """x‖y (64 bytes) for SM2 and ES256, 32 bytes for Ed25519."""

    def __post_init__(self) -> None:
        _suites.require_key_suite(self.suite)
        check_public(self.suite, self.raw)

    @cached_property
    def kid(self) -> str:
        """RFC 7638 thumbprint: base64url of SHA-256 over the JWK's required members."""
        return base64url.encode(hashlib.sha256(strict_json.dumps(self.to_jwk())).digest())

    def verify(self, signature: bytes, data: bytes) -> None:
        """Raises ``BadSignature`` unless ``signature`` (64 bytes, raw) is this key's on ``data``."""
        asked = remembered.question(self.suite, self.raw, signature, data)
        if remembered.has(asked):
            return
        checks = {"SM2-SM3": self._sm2, "Ed25519": self._ed25519, "ES256": self._es256}
        if len(signature) != 64 or not checks[self.suite](signature, data):
            raise BadSignature(
                "crypto.bad-signature", "the signature does not verify", suite=self.suite
            )
        remembered.keep(asked)

    def to_der(self) -> bytes:
        """SubjectPublicKeyInfo."""
        return public_info(self.suite, self.raw)

    def to_pem(self) -> bytes:
        """SubjectPublicKeyInfo in PEM, as ``openssl pkey -pubin`` reads it."""
        return pem.armor("PUBLIC KEY", self.to_der())

    def to_jwk(self) -> dict[str, str]:
        """RFC 7517; ``crv`` "SM2" is not registered with IANA."""
        if self.suite in _CURVES:
            x, y = base64url.encode(self.raw[:32]), base64url.encode(self.raw[32:])
            return {"kty": "EC", "crv": _CURVES[self.suite], "x": x, "y": y}
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url.encode(self.raw)}

    def _sm2(self, signature: bytes, data: bytes) -> bool:
        return self._sm2_key.verifies(signature, data)

    def _es256(self, signature: bytes, data: bytes) -> bool:
        return p256.verifies(self.raw, signature, data)

    def _ed25519(self, signature: bytes, data: bytes) -> bool:
        try:
            self._ed25519_key.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _sm2_key(self) -> sm2.VerifyingKey:
        return _verifying(sm2.provider(), self.raw)

    @cached_property
    def _ed25519_key(self) -> ed25519.Ed25519PublicKey:
        return ed25519.Ed25519PublicKey.from_public_bytes(self.raw)


@lru_cache(maxsize=256)
def _verifying(provider: sm2.Provider, raw: bytes) -> sm2.VerifyingKey:
    """To load a key costs as much as a verification, and the same few keys come with every certificate."""
    return provider.verifying_key(raw)


@dataclass(frozen=True)
class PrivateKey:
    """A private key in this process's memory. Thread-safe."""

    public: PublicKey
    raw: bytes = field(repr=False)
    """32 bytes: the scalar (SM2) or the seed (Ed25519)."""

    @property
    def suite(self) -> str:
        """Name of the suite."""
        return self.public.suite

    @property
    def kid(self) -> str:
        """Thumbprint of the public key (RFC 7638)."""
        return self.public.kid

    def sign(self, data: bytes) -> bytes:
        """64 bytes, raw: r‖s (SM2, with the fixed user id) or RFC 8032."""
        return self._signing.sign(data)

    def to_pem(self, password: bytes, *, iterations: int = pbes2.ITERATIONS) -> bytes:
        """Encrypted PKCS#8. ``iterations`` of PBKDF2: fewer only for throw-away keys."""
        info = private_info(self.suite, self.raw, self.public.raw)
        der = pbes2.encrypt(info, password, iterations=iterations)
        return pem.armor("ENCRYPTED PRIVATE KEY", der)

    @cached_property
    def _signing(self) -> sm2.SigningKey:
        if self.suite == "SM2-SM3":
            return sm2.provider().signing_key(self.raw, self.public.raw)
        return ed25519.Ed25519PrivateKey.from_private_bytes(self.raw)


def generate(suite: str) -> PrivateKey:
    """A new key of that suite, from the system's random source."""
    if _suites.suite(suite).name == "SM2-SM3":
        private, public = sm2.provider().generate()
        return PrivateKey(PublicKey(suite, public), private)
    return _from_seed(ed25519.Ed25519PrivateKey.generate().private_bytes_raw())


def load_private(pem_text: bytes, password: bytes) -> PrivateKey:
    """A key from encrypted PKCS#8 in PEM.

    Raises ``BadKey`` for a wrong password, an unencrypted file, or halves that do not belong
    together; ``Malformed``; ``Unsupported`` for another kind of key.
    """
    label, der = pem.unarmor(pem_text)
    if label != "ENCRYPTED PRIVATE KEY":
        raise BadKey("crypto.key-not-encrypted", "only encrypted PKCS#8 is accepted", label=label)
    suite, private, public = read_private_info(pbes2.decrypt(der, password))
    if suite == "Ed25519":
        return _from_seed(private)
    key = PrivateKey(PublicKey(suite, public), private)
    _check_pair(key)
    return key


def load_public(pem_text: bytes) -> PublicKey:
    """A document's key from SubjectPublicKeyInfo in PEM. Raises ``Malformed``, ``BadKey``, ``Unsupported``."""
    label, der = pem.unarmor(pem_text)
    if label != "PUBLIC KEY":
        raise Malformed("crypto.pem-label", "not a PUBLIC KEY", label=label)
    found = public_from_der(der)
    _suites.suite(found.suite)
    return found


def public_from_der(der: bytes) -> PublicKey:
    """A key from SubjectPublicKeyInfo, an authority's too. Raises ``BadKey``, ``Unsupported``."""
    return PublicKey(*read_public_info(der))


def public_from_jwk(jwk: Mapping[str, object]) -> PublicKey:
    """A key from its JWK; one that carries a private part is refused."""
    if "d" in jwk:
        raise BadKey("crypto.private-jwk", "a private key where a public one belongs")
    kind = (jwk.get("kty"), jwk.get("crv"))
    members = {("EC", "SM2"): ("SM2-SM3", "x", "y"), ("OKP", "Ed25519"): ("Ed25519", "x")}
    if kind not in members:
        raise Unsupported("crypto.unsupported-key", "neither an SM2 nor an Ed25519 public key")
    suite, *names = members[kind]
    parts = [jwk.get(name) for name in names]
    if not all(isinstance(part, str) for part in parts):
        raise Malformed("crypto.malformed-key", "a coordinate is missing")
    raw = [base64url.decode(str(part)) for part in parts]
    if any(len(part) != 32 for part in raw):
        raise Malformed("crypto.malformed-key", "a coordinate is not 32 bytes")
    return PublicKey(suite, b"".join(raw))


def _from_seed(seed: bytes) -> PrivateKey:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    return PrivateKey(PublicKey("Ed25519", key.public_key().public_bytes_raw()), seed)


def _check_pair(key: PrivateKey) -> None:
    """An SM2 signature verifies only under the public key that belongs to the private one."""
    probe = b"zhida key pair check"
    try:
        key.public.verify(key.sign(probe), probe)
    except BadSignature:
        message = "private and public half do not belong together"
        raise BadKey("crypto.key-pair", message) from None
