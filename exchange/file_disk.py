"""What the file area does with its disk, and what a disk that can't is told as."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from exchange.errors import Retriable


def write(file: BinaryIO, data: bytes) -> None:
    """All of it, and on the disk when this returns."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]
    os.fsync(file.fileno())


def own(file: BinaryIO) -> None:
    """Nobody else writes it until it is closed: the lock of who fetches it may be lost (a database's
    session), and two that write would spoil what neither notices.
    """
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Retriable("file.written") from None


def require_room(folder: Path, needed: int) -> None:
    """``Retriable("file.no-room")`` before hours are spent on what can't end well."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Retriable("file.no-room", needed=needed, free=free)


def overwrite_head(path: Path) -> None:
    """Its key first: so that what a disk forgets slowly can't be opened any more."""
    with path.open("r+b") as file:
        file.write(os.urandom(min(4096, path.stat().st_size)))
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """The names in it are durable too."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def told() -> Iterator[None]:
    """A full or broken disk: told by the name of its number, and what is here stays."""
    try:
        yield
    except OSError as error:
        reason = errno.errorcode.get(error.errno or 0, "?")
        raise Retriable("file.disk", reason=reason) from None
