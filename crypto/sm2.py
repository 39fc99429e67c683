"""Which implementation of SM2 signs here: the first that passes the published example.

Software builds differ: some system libraries leave SM2 out, some use an empty user id. So each
provider must, before it is used, verify the signature printed in GB/T 32918.5 (also GM/T 0003.5
annex A), refuse it changed, and verify what it signs itself.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast

from crypto.errors import CryptoError, Unsupported

CANDIDATES = ("crypto.sm2_openssl", "crypto.sm2_gmssl")
"""Modules with an ``open_provider()``, in order of preference."""

# The example: private key, public key x‖y, message, signature r‖s with the default user id.
_EXAMPLE_PRIVATE = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
_EXAMPLE_PUBLIC = (
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
_EXAMPLE_MESSAGE = b"message digest"
_EXAMPLE_SIGNATURE = (
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


class SigningKey(Protocol):
    """A private key loaded into a provider. Thread-safe."""

    def sign(self, data: bytes) -> bytes:
        """Raw r‖s (64 bytes) over e = SM3(ZA ‖ data)."""


class VerifyingKey(Protocol):
    """A public key loaded into a provider. Thread-safe."""

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether raw ``signature`` is valid; malformed ones are simply not."""


class Provider(Protocol):
    """One implementation of SM2 signatures with SM3 and the user id of ``sm2_curve``."""

    @property
    def name(self) -> str:
        """Library and version, for the operator."""

    def generate(self) -> tuple[bytes, bytes]:
        """A new key pair: 32 bytes private, 64 bytes public (x‖y)."""

    def signing_key(self, private: bytes, public: bytes) -> SigningKey:
        """Load a pair. Raises ``BadKey``."""

    def verifying_key(self, public: bytes) -> VerifyingKey:
        """Load x‖y, which the caller knows to be on the curve. Raises ``BadKey``."""

    def __hash__(self) -> int:
        """Loaded keys are remembered by their provider."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one candidate, for ``doctor``."""

    module: str
    usable: bool
    detail: str
    """Library and version, or the reason why it is not used."""


def provider() -> Provider:
    """The provider in use in this process. Raises ``Unsupported`` when none passes."""
    return first_usable(CANDIDATES)


@cache
def first_usable(candidates: tuple[str, ...]) -> Provider:
    """The first candidate that loads and passes the known-answer test."""
    for module in candidates:
        try:
            return opened(module)
        except (CryptoError, ImportError, OSError):
            continue
    raise Unsupported("crypto.no-sm2", "no SM2 implementation passes the known-answer test")


def providers(candidates: Iterable[str] = CANDIDATES) -> list[Report]:
    """Each candidate tried afresh; the first usable one is what ``provider`` takes."""
    return [_tried(module) for module in candidates]


def _tried(module: str) -> Report:
    try:
        return Report(module, usable=True, detail=opened(module).name)
    except (CryptoError, ImportError, OSError) as error:
        return Report(module, usable=False, detail=str(error))


def opened(module: str) -> Provider:
    """Load one provider and put it through the known-answer test."""
    candidate = cast("Provider", importlib.import_module(module).open_provider())
    known_answer_test(candidate)
    return candidate


def known_answer_test(candidate: Provider) -> None:
    """Raises ``Unsupported`` unless the published example and a round trip come out right."""
    public = bytes.fromhex(_EXAMPLE_PUBLIC)
    verifying = candidate.verifying_key(public)
    published = bytes.fromhex(_EXAMPLE_SIGNATURE)
    fresh = candidate.signing_key(bytes.fromhex(_EXAMPLE_PRIVATE), public).sign(b"round trip")
    passed = (
        verifying.verifies(published, _EXAMPLE_MESSAGE)
        and not verifying.verifies(published, _EXAMPLE_MESSAGE + b".")
        and verifying.verifies(fresh, b"round trip")
    )
    if not passed:
        raise Unsupported("crypto.sm2-self-test", "wrong SM2 results", provider=candidate.name)
