"""What crosses a gate for a sync is sealed: its files lie in folders of others, and stay there when it is done.

The key comes of the secret that both sides have agreed on. The same message is the same bytes, for a gate's
files are put there again to the letter: so its nonce comes of what it says, under a key of its own (as in
RFC 5297), and is that of no other message.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from crypto import gcm, seal
from crypto.errors import CryptoError
from exchange.errors import Fatal, Invalid

_SALT = b"zhida sync gate"


@dataclass(frozen=True, slots=True, repr=False)
class Cover:
    """Of one side of a gate."""

    key: bytes
    nonces: bytes

    @classmethod
    def of(cls, secret: str) -> Cover:
        """``Fatal`` without a secret: nothing crosses in clear."""
        if not secret:
            raise Fatal("gate-cover.no-secret")
        made = hashlib.scrypt(secret.encode(), salt=_SALT, n=2**14, r=8, p=1, dklen=48)
        return cls(made[:16], made[16:])

    def put_on(self, content: bytes, place: str, message: str) -> bytes:
        """``place``: channel and sender, so that nothing is taken for the other's.

        >>> cover = Cover.of("secret")
        >>> cover.take_off(cover.put_on(b"rows", "c/a", "7"), "c/a")
        b'rows'
        """
        said = "\0".join((place, message)).encode() + hashlib.sha256(content).digest()
        nonce = hmac.digest(self.nonces, said, "sha256")[: gcm.NONCE_SIZE]
        return seal.seal(self.key, content, place.encode(), nonce=nonce)

    def take_off(self, raw: bytes, place: str) -> bytes:
        """``Invalid`` for what was not sealed by the other side, for this side."""
        try:
            return seal.unseal(self.key, raw, place.encode())
        except (CryptoError, IndexError):
            raise Invalid("gate-cover.unopened", place=place) from None
