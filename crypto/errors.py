"""What went wrong with bytes, told by which property failed. All are ``ValueError``.

The family::

    CryptoError(ValueError)
    ├── Malformed      not in the one form that we accept (encoding, structure, limits)
    ├── BadSignature   the bytes are not what the key's holder signed, sealed or logged
    ├── BadKey         a key that is broken, unprotected, or of another suite
    ├── Untrusted      authentic, but no path leads to a trust anchor, or it may not be used so
    ├── Expired        outside its time of validity
    ├── Revoked        taken back by its issuer before the moment in question
    └── Unsupported    well-formed, but an algorithm or extension that we refuse to guess about

``code`` is stable and has its text and remedy in ``crypto/problems.csv``; ``facts`` are names,
positions and sizes, never keys or the content of a record.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Fact = str | int


class CryptoError(ValueError):
    """Base of the family. Raise one of the leaves, not this.

    >>> str(BadSignature("crypto.bad-signature", "does not verify", suite="Ed25519"))
    'crypto.bad-signature: does not verify (suite=Ed25519)'
    """

    def __init__(self, code: str, message: str, /, **facts: Fact) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.facts: dict[str, Fact] = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{k}={v}" for k, v in self.facts.items())
        return f"{self.code}: {self.message}" + (f" ({facts})" if facts else "")

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.code, self.message, self.facts))


def _rebuild(
    kind: type[CryptoError], code: str, message: str, facts: dict[str, Fact]
) -> CryptoError:
    return kind(code, message, **facts)


class Malformed(CryptoError):
    """Bytes that are not in the one form that we accept."""


class BadSignature(CryptoError):
    """Bytes that are not what the key's holder signed, sealed or logged."""


class BadKey(CryptoError):
    """A key that is broken, unprotected, opened with a wrong password, or of another suite."""


class Untrusted(CryptoError):
    """Authentic, but no path leads to a trust anchor, or it may not be used for this."""


class Expired(CryptoError):
    """Outside its time of validity."""


class Revoked(CryptoError):
    """Taken back by its issuer at or before the moment in question."""


class Unsupported(CryptoError):
    """Well-formed, but an algorithm or extension that we refuse to guess about."""


@contextmanager
def translated(
    kind: type[CryptoError], code: str, message: str, /, **facts: Fact
) -> Iterator[None]:
    """Turn any foreign exception of the block into ``kind``; ours pass unchanged.

    Parsers of hostile bytes raise whatever their authors did not foresee (asn1crypto parses
    lazily: KeyError, IndexError, RecursionError …). The cause is dropped on purpose: its text
    may quote key material or a record.
    """
    try:
        yield
    except CryptoError:
        raise
    except Exception:  # noqa: BLE001 - the reason stands above
        raise kind(code, message, **facts) from None
