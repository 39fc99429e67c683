"""The signature suites that a site may choose from, and the hash that goes with each.

``SM2-SM3`` has no registered JOSE algorithm: the ``alg`` value of that name is ours (GB/T 32918.2
signature, raw r‖s, user id ``1234567812345678``). ``Ed25519`` uses ``EdDSA`` of RFC 8037.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import hashes

from crypto.errors import Unsupported


@dataclass(frozen=True, slots=True)
class Suite:
    """One signature algorithm with its hash. Signatures of every suite are 64 bytes, raw."""

    name: str
    alg: str
    """Value of ``alg`` in a JWS header."""
    hash_name: str

    def digest(self, data: bytes) -> bytes:
        """The suite's hash of ``data``, 32 bytes."""
        return self.hasher(data)

    @property
    def hasher(self) -> Callable[[bytes], bytes]:
        """``digest`` itself: for who hashes many."""
        return _hasher(self.hash_name)


ES256 = "ES256"
"""ECDSA on P-256 with SHA-256: authorities sign with it, documents are not signed with it (ADR 0040)."""
_SUITES = (Suite("SM2-SM3", "SM2-SM3", "sm3"), Suite("Ed25519", "EdDSA", "sha256"))
SUITES = {each.name: each for each in _SUITES}
_BY_ALG = {each.alg: each for each in _SUITES}


def suite(name: str) -> Suite:
    """The suite of that name; a typo is answered with the nearest one.

    >>> suite("SM2-SM3").digest(b"abc").hex()[:16]
    '66c7f0f462eeedd9'
    """
    if name in SUITES:
        return SUITES[name]
    _refuse_authoritys(name)
    near = difflib.get_close_matches(name, SUITES, n=1, cutoff=0.3)
    hint = near[0] if near else ", ".join(SUITES)
    raise Unsupported("crypto.unknown-suite", "no such suite", suite=name[:40], hint=hint)


def by_alg(alg: str) -> Suite:
    """The suite that a JWS header's ``alg`` names. ``none`` and all others are refused.

    >>> by_alg("EdDSA").name
    'Ed25519'
    """
    _refuse_authoritys(alg)
    if alg not in _BY_ALG:
        raise Unsupported("crypto.unknown-alg", "not one of our JWS algorithms", alg=alg[:40])
    return _BY_ALG[alg]


def require_key_suite(name: str) -> None:
    """Whose public keys are read: those of every suite, and authorities' of ``ES256``."""
    if name != ES256:
        suite(name)


def _refuse_authoritys(name: str) -> None:
    if name == ES256:
        raise Unsupported("crypto.es256-not-for-documents", "only authorities sign with ES256")


@cache
def _hasher(name: str) -> Callable[[bytes], bytes]:
    """``hashlib`` where it can (fastest), else ``cryptography``: some builds lack SM3."""
    try:
        empty = hashlib.new(name)
    except ValueError:
        return _sm3_of_cryptography

    def digest(data: bytes) -> bytes:
        fresh = empty.copy()
        fresh.update(data)
        return fresh.digest()

    return digest


def _sm3_of_cryptography(data: bytes) -> bytes:
    context = hashes.Hash(hashes.SM3())
    context.update(data)
    return context.finalize()
