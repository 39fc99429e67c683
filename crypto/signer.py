"""What signing needs of a key, wherever it lives (file, HSM, signature server)."""

from __future__ import annotations

from typing import Protocol


class Signer(Protocol):
    """``crypto.keys.PrivateKey`` is one; a remote signer is anything with these three."""

    @property
    def suite(self) -> str:
        """Name of the suite, ``SM2-SM3`` or ``Ed25519``."""

    @property
    def kid(self) -> str:
        """Thumbprint of the public key (RFC 7638)."""

    def sign(self, data: bytes) -> bytes:
        """64 bytes, raw."""


class DigestSigner(Protocol):
    """A signature server (签名验签服务器) or a card: it signs a digest with a key that never leaves it."""

    def sign(self, digest: bytes, key_id: str) -> bytes:
        """Of SM2: r‖s or DER over ``digest``, which is e = SM3(ZA ‖ message), GB/T 32918.2."""
