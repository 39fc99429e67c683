"""The hub's further keys: encrypted PKCS#8 in ``ZHIDA_VAR/signing``, one file a key, named by ``kid``."""

from __future__ import annotations

import os
from pathlib import Path

from crypto import certificates, keys
from crypto.errors import CryptoError
from crypto.keys import PrivateKey
from exchange.errors import Fatal, Retriable
from zhida import files, trust

FOLDER = "signing"


def folder(var: Path) -> Path:
    """Where they lie."""
    return var / FOLDER


def make(var: Path, suite: str, secret: bytes) -> PrivateKey:
    """A new key on disk; nothing signs with it yet. ``Retriable`` if the disk takes it not."""
    key = keys.generate(suite)
    keep(var, key, secret)
    return key


def keep(var: Path, key: PrivateKey, secret: bytes) -> None:
    """Write the key under ``secret``, readable by its owner only. The same once more changes nothing."""
    place = folder(var)
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = _file(var, key.kid)
        draft = target.with_suffix(f".{os.urandom(4).hex()}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
            file.write(key.to_pem(secret))
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
        _sync(place)
    except OSError as error:
        raise Retriable("vault.unavailable", reason=error.strerror or "") from None


def load(var: Path, kid: str, secret: bytes, other: bytes = b"") -> PrivateKey:
    """The key. ``Fatal`` if it is not here, does not open with either password, or is another."""
    try:
        found = trust.opened(_file(var, kid).read_bytes(), secret, other)
    except OSError:
        raise Fatal("key.no-file", kid=kid) from None
    except CryptoError as error:
        raise Fatal("key.bad-file", kid=kid, reason=error.code) from None
    if found.kid != kid:
        raise Fatal("key.bad-file", kid=kid, reason="crypto.key-pair")
    return found


def rewrap(var: Path, secret: bytes, other: bytes) -> int:
    """Put every key that only the other password opens under ours; how many."""
    done = 0
    for file in sorted(folder(var).glob("*.key")):
        try:
            keys.load_private(file.read_bytes(), secret)
        except CryptoError:
            keep(var, load(var, file.stem, secret, other), secret)
            done += 1
    return done


def has(var: Path, kid: str) -> bool:
    """Does its file lie here?"""
    return _file(var, kid).is_file()


def opened(file: Path, password: bytes) -> PrivateKey:
    """A key that was made elsewhere. ``Fatal`` if it does not open."""
    try:
        return keys.load_private(files.read(file), password)
    except CryptoError as error:
        raise Fatal("key.bad-file", kid=file.name, reason=error.code) from None


def request(key: PrivateKey, name: str, organization: str) -> bytes:
    """What the CA wants to see (PKCS #10, PEM). ``Fatal`` for a name that no certificate holds."""
    try:
        return certificates.request(name, key, organization=organization)
    except CryptoError as error:
        raise Fatal("key.request", name=name, reason=error.code) from None


def _file(var: Path, kid: str) -> Path:
    """A ``kid`` is base64url, so it is a file's name as it stands; anything else is none of ours."""
    if not kid or not set(kid) <= _ALPHABET:
        raise Fatal("key.no-file", kid=kid[:60])
    return folder(var) / f"{kid}.key"


_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def _sync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
