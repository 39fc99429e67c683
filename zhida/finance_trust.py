"""Whose certificates count as firms': the CA certificates in one folder, and their revocation lists."""

from __future__ import annotations

from pathlib import Path

from crypto import certificates
from crypto.certificates import Certificate, RevocationList
from crypto.errors import CryptoError
from exchange.errors import Fatal

_CERTIFICATES, _LISTS = frozenset({".crt", ".pem"}), frozenset({".crl"})


def anchors(folder: Path) -> tuple[Certificate, ...]:
    """Every CA certificate. ``Fatal`` for a file that is none, and where there is none at all."""
    found = [_anchor(path) for path in _files(folder, _CERTIFICATES)]
    if not found:
        raise Fatal("finance.no-trust", folder=folder.name)
    return tuple(found)


def lists(folder: Path) -> tuple[RevocationList, ...]:
    """Every revocation list, as it lies there now. ``Fatal`` for a file that is none: with a broken
    list nobody knows whose certificate was revoked.
    """
    return tuple(_list(path) for path in _files(folder, _LISTS))


def _files(folder: Path, kinds: frozenset[str]) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix in kinds)


def _anchor(path: Path) -> Certificate:
    try:
        found = certificates.load(path.read_bytes())
    except (OSError, CryptoError):
        raise Fatal("finance.trust-file", file=path.name) from None
    if not found.authority:
        raise Fatal("finance.trust-not-ca", file=path.name)
    return found


def _list(path: Path) -> RevocationList:
    try:
        return certificates.load_crl(path.read_bytes())
    except (OSError, CryptoError):
        raise Fatal("finance.trust-file", file=path.name) from None
