"""SM2 by gmssl-pyx: for machines whose system OpenSSL was built without SM2.

Its one-shot ``sm2_sign`` computes ZA anew with a slow path; signing the digest
e = SM3(ZA ‖ M), computed here, is ten times faster. It holds the interpreter lock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crypto.der import to_der, to_raw
from crypto.errors import BadKey, CryptoError, translated
from crypto.sm2_curve import message_digest


@dataclass(frozen=True, slots=True)
class _Signing:
    library: Any
    private: bytes = field(repr=False)
    public: bytes

    def sign(self, data: bytes) -> bytes:
        with translated(BadKey, "crypto.signing-failed", "gmssl could not sign"):
            digest = message_digest(self.public, data)
            return to_raw(self.library.sm2_sign_sm3_digest(self.private, digest))


@dataclass(frozen=True, slots=True)
class _Verifying:
    library: Any
    public: bytes

    def verifies(self, signature: bytes, data: bytes) -> bool:
        try:
            der = to_der(signature)
            digest = message_digest(self.public, data)
            return bool(self.library.sm2_verify_sm3_digest(self.public, digest, der))
        except (CryptoError, self.library.GmsslInnerError):
            return False


@dataclass(frozen=True, slots=True)
class GmsslProvider:
    """See ``crypto.sm2.Provider``."""

    library: Any

    @property
    def name(self) -> str:
        """Library and version."""
        return f"gmssl-pyx {self.library.__version__}"

    def generate(self) -> tuple[bytes, bytes]:
        """A new pair, by the library's own random source (the operating system's)."""
        public, private = self.library.sm2_key_generate()
        return private, public

    def signing_key(self, private: bytes, public: bytes) -> _Signing:
        """Nothing is loaded ahead: the library takes plain bytes."""
        return _Signing(self.library, private, public)

    def verifying_key(self, public: bytes) -> _Verifying:
        """Nothing is loaded ahead: the library takes plain bytes."""
        return _Verifying(self.library, public)


def open_provider() -> GmsslProvider:
    """Raises ``ImportError`` where the wheel is missing (it exists for x86-64 Linux only)."""
    import gmssl_pyx

    return GmsslProvider(gmssl_pyx)
