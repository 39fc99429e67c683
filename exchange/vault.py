"""Bodies at rest: sealed under a key of their own, wrapped by the key of a retention bucket.

A bucket is matter × month of expiry (``newborn-2031-12``). Its key lies in a small file outside
the database and its backups; destroying that file erases every body of the bucket everywhere.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from crypto import seal
from crypto.errors import CryptoError
from exchange import vault_files as files
from exchange.errors import Fatal
from exchange.vault_files import Stamp

_KEY_BYTES = {"SM4-GCM": 16, "AES-256-GCM": 32}
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}
_BUCKET = re.compile(r"\w[\w.-]{0,63}")
"""A bucket's name is a file's name, and may be read out of a row that somebody changed."""
_LOOKUP = "lookup"


class Vault:
    """Seals and opens bodies, and makes the keyed digests of look-ups. Thread-safe.

    ``folder`` holds the wrapped keys; ``secret`` (high entropy, from the secrets backend) opens
    them. ``cipher`` is ``SM4-GCM`` or ``AES-256-GCM``. ``other`` is a second secret that opens them
    too, while one is exchanged for the other (``rewrap``).
    """

    def __init__(
        self, folder: Path, secret: bytes, *, cipher: str = "SM4-GCM", other: bytes = b""
    ) -> None:
        self._folder = folder
        self._secret, self._other = secret, other
        self._cipher = cipher
        self._masters: dict[tuple[bytes, bytes], bytes] = {}
        """By salt and secret: to derive one takes a tenth of a second."""
        self._keys: dict[str, tuple[Stamp, bytes]] = {}
        self._lock = Lock()

    @property
    def cipher(self) -> str:
        """With which cipher it seals."""
        return self._cipher

    def seal(self, bucket: str, plaintext: bytes, *, about: str) -> bytes:
        """Encrypt; ``about`` (an id) is bound to it, so that bodies can't be swapped."""
        return self.seal_all(bucket, [(plaintext, about)])[0]

    def seal_all(self, bucket: str, bodies: Iterable[tuple[bytes, str]]) -> list[bytes]:
        """The same of many small ones (plaintext, about), under one key: each opens alone."""
        key, name = seal.new_key(self._cipher), bucket.encode()
        wrapped = seal.wrap(self._key(bucket), key, name)
        head = b"".join([bytes([len(name)]), name, len(wrapped).to_bytes(2), wrapped])
        return [head + seal.seal(key, e, about.encode(), self._cipher) for e, about in bodies]

    def unseal(self, blob: bytes, *, about: str) -> bytes:
        """The reverse of ``seal``. ``Fatal`` if the bucket's key is gone or the body changed."""
        size = blob[0] if blob else 0
        name, rest = blob[1 : 1 + size], blob[1 + size :]
        size = int.from_bytes(rest[:2])
        wrapped, body = rest[2 : 2 + size], rest[2 + size :]
        try:
            bucket = name.decode()
            if not _BUCKET.fullmatch(bucket):
                raise Fatal("vault.broken", about=about)
            key = seal.unwrap(self._key(bucket, create=False), wrapped, name)
            return seal.unseal(key, body, about.encode())
        except (CryptoError, UnicodeDecodeError):
            raise Fatal("vault.broken", about=about) from None

    def tag(self, purpose: str, *parts: str) -> str:
        """HMAC of ``parts`` under the look-up key, 32 hex digits; its key is never rotated.

        Each part is preceded by its length, so that no two lists of parts look alike.
        """
        return self.tags(purpose, parts, [()])[0]

    def tags(self, purpose: str, first: Sequence[str], rest: Iterable[Sequence[str]]) -> list[str]:
        """``tag(purpose, *first, *each)`` of each of the rest: the key is looked up once for all."""
        begun = hmac.new(self._key(_LOOKUP), _framed((purpose, *first)), hashlib.sha256)
        found = []
        for each in rest:
            one = begun.copy()
            one.update(_framed(each))
            found.append(one.hexdigest()[:32])
        return found

    def prepare(self) -> None:
        """Make the look-up key if there is none, before the first thing is stored that needs none: a
        store that has something and no such key beside it has lost it.
        """
        if not self.has_lookup_key:
            self._key(_LOOKUP)

    @property
    def has_lookup_key(self) -> bool:
        """False on a new installation, and after the folder of keys was lost."""
        return self._path("lookup").exists()

    def wrapped(self, bucket: str) -> bytes:
        """The bucket's key as it lies on the disk, to look for copies of it. ``Fatal`` if it is gone."""
        try:
            return self._path(bucket).read_bytes()
        except FileNotFoundError:
            raise Fatal("vault.bucket-gone", bucket=bucket) from None

    def buckets(self) -> list[str]:
        """The buckets whose keys are here."""
        names = {path.stem for path in self._folder.glob("*.key")} - {_LOOKUP}
        return sorted(name for name in names if _BUCKET.fullmatch(name))

    def has(self, bucket: str) -> bool:
        """Is the bucket's key here? False once it is destroyed, and after a restore without it."""
        return bool(_BUCKET.fullmatch(bucket)) and self._path(bucket).exists()

    def destroy(self, bucket: str) -> None:
        """Erase the bucket: nothing sealed in it can ever be opened again, by any process.

        ``Fatal`` for a link, and for a file that has other names too and does not open as the bucket's
        key: it may be another's.
        """
        if bucket == _LOOKUP:  # every effect would get another key, and could come about twice
            raise Fatal("vault.bucket-name", bucket=bucket)
        path = self._path(bucket)
        with self._lock, files.disk_errors(), files.held(path) as file:
            self._keys.pop(bucket, None)
            files.drop_drafts(path)
            if file is not None:
                self._require_own(path, file)
                files.overwrite(file)
                path.unlink()
                files.sync(self._folder)

    def beside(self, folder: Path) -> Vault:
        """The same secrets for another folder: of copies of our keys."""
        return Vault(folder, self._secret, cipher=self._cipher, other=self._other)

    def _require_own(self, path: Path, file: BinaryIO) -> None:
        """Empty it has been destroyed, under another of its names."""
        try:
            if files.has_other_names(file) and (content := file.read()):
                self._by_either(content, path.stem)
        except Fatal:
            raise Fatal("vault.linked", file=str(path)) from None

    def _path(self, bucket: str) -> Path:
        if not _BUCKET.fullmatch(bucket):
            raise Fatal("vault.bucket-name", bucket=bucket[:80])
        return self._folder / f"{bucket}.key"

    def _key(self, bucket: str, *, create: bool = True) -> bytes:
        path = self._path(bucket)
        with self._lock, files.disk_errors():
            known = self._keys.get(bucket)
            if known is not None and known[0] == files.stamp(path):
                return known[1]
            if create and not path.exists():
                self._make(path, bucket)
            self._keys[bucket] = found = self._opened(path, bucket)
            return found[1]

    def _opened(self, path: Path, bucket: str) -> tuple[Stamp, bytes]:
        """Once more if another process has just put it under another secret."""
        seen = files.stamp(path)
        try:
            return seen, self._load(path, bucket)
        except Fatal:
            if files.stamp(path) == seen:
                raise
        return files.stamp(path), self._load(path, bucket)

    def _load(self, path: Path, bucket: str) -> bytes:
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise Fatal("vault.bucket-gone", bucket=bucket) from None
        return self._by_either(content, bucket)

    def _by_either(self, content: bytes, bucket: str) -> bytes:
        try:
            return self._unwrapped(content, self._secret, bucket)
        except CryptoError:
            return self._by_the_other(content, bucket)

    def _by_the_other(self, content: bytes, bucket: str) -> bytes:
        try:
            if not self._other:
                raise Fatal("vault.wrong-secret", bucket=bucket)
            return self._unwrapped(content, self._other, bucket)
        except CryptoError:
            raise Fatal("vault.wrong-secret", bucket=bucket) from None

    def _unwrapped(self, content: bytes, secret: bytes, bucket: str) -> bytes:
        return seal.unwrap(self._master(content[:16], secret), content[16:], bucket.encode())

    def _make(self, path: Path, bucket: str) -> None:
        """A new key file: complete before it has its name, and the first of two makers wins."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = files.drafted(path, self._wrapped(bucket, seal.new_key(self._cipher)))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        files.sync(self._folder)

    def _wrapped(self, bucket: str, key: bytes) -> bytes:
        ours = (salt for salt, secret in self._masters if secret == self._secret)
        salt = next(ours, None) or os.urandom(16)  # one derivation for all that it makes
        return salt + seal.wrap(self._master(salt, self._secret), key, bucket.encode())

    def rewrap(self) -> int:
        """Put every key that only the other secret opens under ours; how many. The keys stay the
        same, so that nothing which is sealed changes. Safe to repeat, and while others work.
        """
        done = 0
        with self._lock, files.disk_errors():
            for path in sorted(self._folder.glob("*.key")):
                with files.held(path) as file:
                    files.drop_drafts(path)
                    done += file is not None and self._rewrapped(path, file)
        return done

    def _rewrapped(self, path: Path, file: BinaryIO) -> bool:
        """The old form is overwritten: else a bucket that is destroyed later could be had back
        from the disk, by who knows the old secret.
        """
        bucket, content = path.stem, file.read()
        try:
            self._unwrapped(content, self._secret, bucket)
        except CryptoError:
            key = self._by_the_other(content, bucket)
            os.replace(files.drafted(path, self._wrapped(bucket, key)), path)
            files.sync(self._folder)
            files.overwrite(file)
            return True
        return False

    def _master(self, salt: bytes, secret: bytes) -> bytes:
        if (salt, secret) not in self._masters:
            size = _KEY_BYTES[self._cipher]
            self._masters[salt, secret] = hashlib.scrypt(secret, salt=salt, dklen=size, **_SCRYPT)
        return self._masters[salt, secret]


def _framed(parts: Sequence[str]) -> bytes:
    return b"".join([len(p).to_bytes(4) + p for p in [part.encode() for part in parts]])


def bucket_of(blob: bytes) -> str:
    """The bucket in which a body is sealed: it says so at its beginning. ``Fatal`` for what is none.

    >>> bucket_of(bytes([7]) + b"a-2031x" + b"...")
    'a-2031x'
    """
    name = blob[1 : 1 + blob[0]].decode("utf-8", "replace") if blob else ""
    if not _BUCKET.fullmatch(name):
        raise Fatal("vault.bucket-name", bucket=name[:80])
    return name
