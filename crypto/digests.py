"""The digests and keyed digests that peers ask for, by name.

MD5 and SHA-1 are broken as signatures (SHA-1 and MD5 collisions are cheap), and are here only because
some gateways accept nothing else: nothing of ours is signed with them, and nobody falls back to them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

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
