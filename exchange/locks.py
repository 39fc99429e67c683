"""Liveness locks: who holds one is alive, however long the call takes.

Not a lease in time: a stopped process (SIGSTOP) keeps its lock, a dead one (``kill -9``) loses
it at once, because the kernel holds it. So whoever gets the lock of an effect that another
worker had begun knows that the worker is dead.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import struct
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from exchange import owner
from exchange.errors import Fatal

_OFD_SETLK = 37  # F_OFD_SETLK of <fcntl.h>; Python names it from 3.13 on only for some builds


class Locks(Protocol):
    """Where liveness locks come from."""

    @property
    def owner(self) -> str:
        """The name of this process, for what it leaves behind."""

    def proves_death(self, name: str) -> bool:
        """Whether having got its lock means that ``name`` is at it no more."""

    def hold(self, key: str) -> AbstractContextManager[bool]:
        """Yields True while we own ``key``, False if another does; never waits."""

    def close(self) -> None:
        """Give back what it opened; what is held is freed."""


class FileLocks:
    """Embedded: byte-range locks of one file (Linux open-file-description locks).

    Each key is one byte far out in an empty file, so no lock files pile up; each holder has a
    descriptor of its own, so threads exclude one another as processes do. (A child forked
    without exec shares its parent's locks until it ends.)
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._me = owner.name()

    @property
    def owner(self) -> str:
        """The name of this process."""
        return self._me

    def proves_death(self, name: str) -> bool:
        """Always: the kernel frees a lock only when its holder leaves it or dies."""
        del name
        return True

    @contextmanager
    def hold(self, key: str) -> Iterator[bool]:
        """True while this caller alone owns ``key``; never waits."""
        descriptor = _open(self._path)
        try:
            yield _try_lock(descriptor, _place(key))
        finally:
            os.close(descriptor)  # closing the description frees its locks

    def close(self) -> None:
        """Nothing is open but what is held."""


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Fatal("lock.unavailable", errno=error.errno or 0) from None


def _place(key: str) -> int:
    """A byte offset for the key: 62 bits of SHA-256, so that two keys never meet in practice."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") >> 2


def _try_lock(descriptor: int, start: int) -> bool:
    request = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, start, 1, 0)
    try:
        fcntl.fcntl(descriptor, _OFD_SETLK, request)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        raise Fatal("lock.unavailable", errno=error.errno or 0) from None
    return True
