"""A signing key that lives in a signature server: what it signs is digested here, and checked here.

The server sees digests only, so it must be asked by nobody but this process. What comes back is verified
under the unit's certificate before it is used: a server that signed with another key, or something
else, makes no document.
"""

from __future__ import annotations

from dataclasses import dataclass

from crypto import der, sm2_curve
from crypto.errors import CryptoError
from crypto.keys import PublicKey
from crypto.signer import DigestSigner
from exchange.errors import Fatal


@dataclass(frozen=True, slots=True)
class RemoteKey:
    """A ``crypto.signer.Signer`` over a server's key. Thread-safe if the server's port is."""

    public: PublicKey
    key_id: str
    """The server's own name for the key."""
    server: DigestSigner

    @classmethod
    def of(cls, public: PublicKey, key_id: str, server: DigestSigner) -> RemoteKey:
        """``Fatal`` for another suite than SM2: Ed25519 signs messages, never digests (RFC 8032)."""
        if public.suite != "SM2-SM3":
            raise Fatal("signer.server-suite", suite=public.suite)
        return cls(public, key_id, server)

    @property
    def suite(self) -> str:
        """Name of the suite."""
        return self.public.suite

    @property
    def kid(self) -> str:
        """Thumbprint of the public key."""
        return self.public.kid

    def sign(self, data: bytes) -> bytes:
        """64 bytes, raw. ``Retriable`` if the server does not answer, ``Fatal`` for a wrong answer."""
        digest = sm2_curve.message_digest(self.public.raw, data)
        answer = self.server.sign(digest, self.key_id)
        try:
            signature = answer if len(answer) == 64 else der.to_raw(answer)
            self.public.verify(signature, data)
        except CryptoError:
            raise Fatal("signer.server-wrong", key=self.key_id) from None
        return signature
