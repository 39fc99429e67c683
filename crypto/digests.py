"""The digests and keyed digests that peers ask for, by name.

MD5 and SHA-1 are broken as signatures (SHA-1 and MD5 collisions are cheap), and are here only because
some gateways accept nothing else: nothing of ours is signed with them, and nobody falls back to them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Protocol

from cryptography.hazmat.primitives import hashes, hmac

from crypto.errors import Unsupported
from crypto.suites import suite

_DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False).digest(),
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sm3": suite("SM2-SM3").digest,
}
_MACS: Mapping[str, Callable[[], hashes.HashAlgorithm]] = {
    "hmac-sha256": hashes.SHA256,
    "hmac-sm3": hashes.SM3,
}


def digest(name: str, data: bytes) -> bytes:
    """``md5``, ``sha1``, ``sha256`` or ``sm3`` (GB/T 32905) of ``data``.

    >>> digest("sm3", b"abc").hex()[:16]
    '66c7f0f462eeedd9'
    """
    if name not in _DIGESTS:
        raise Unsupported("crypto.unknown-digest", "no such digest", name=name[:40])
    return _DIGESTS[name](data)


class Running(Protocol):
    """A digest of what comes in pieces."""

    def update(self, data: bytes) -> None:
        """Go on with the next piece."""

    def hexdigest(self) -> str:
        """Of all pieces so far."""


class _Sm3:
    """Where ``hashlib`` was built without it."""

    def __init__(self) -> None:
        self._context = hashes.Hash(hashes.SM3())

    def update(self, data: bytes) -> None:
        self._context.update(data)

    def hexdigest(self) -> str:
        return self._context.copy().finalize().hex()


def running(name: str) -> Running:
    """``sha256`` or ``sm3`` of something too big to be held as a whole.

    >>> one = running("sm3")
    >>> one.update(b"a"), one.update(b"bc"), one.hexdigest()[:16]
    (None, None, '66c7f0f462eeedd9')
    """
    if name == "sha256":
        return hashlib.sha256()
    if name != "sm3":
        raise Unsupported("crypto.unknown-digest", "no such digest", name=name[:40])
    return hashlib.new("sm3") if "sm3" in hashlib.algorithms_available else _Sm3()


def mac(name: str, key: bytes, data: bytes) -> bytes:
    """``hmac-sha256`` (RFC 2104) or ``hmac-sm3`` (GB/T 15852.2) of ``data``.

    >>> mac("hmac-sm3", b"k1", b"abc").hex()[:16]
    '86895c0da66ebc73'
    """
    if name not in _MACS:
        raise Unsupported("crypto.unknown-digest", "no such keyed digest", name=name[:40])
    context = hmac.HMAC(key, _MACS[name]())
    context.update(data)
    return context.finalize()
