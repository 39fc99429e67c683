"""The small files that hold wrapped keys: written whole, exchanged and erased by one at a time."""

from __future__ import annotations

import errno
import fcntl
import glob
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from exchange.errors import Fatal, Retriable

_DRAFT = re.compile(r"\.[0-9a-f]{8}")
Stamp = tuple[int, int]
"""Inode and time of change of a key file: another file is another key."""


@contextmanager
def disk_errors() -> Iterator[None]:
    """A full or missing disk passes: try again when it has."""
    try:
        yield
    except OSError as error:
        raise Retriable("vault.unavailable", reason=error.strerror or "") from None


def stamp(path: Path) -> Stamp:
    """(0, 0) for a file that is not there."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (status.st_ino, status.st_mtime_ns)


def drafted(path: Path, content: bytes) -> Path:
    """The content, whole and on disk, beside its place."""
    draft = path.with_suffix(f".{os.urandom(4).hex()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def drop_drafts(path: Path) -> None:
    """What a process that was killed left beside the file: the same key, under a name that nobody reads.

    To be called while the file is ``held``: then it is no draft of somebody who is at work on it. Who
    makes a new key at this moment finds its draft gone, and tries again (``Retriable``).
    """
    for draft in path.parent.glob(f"{glob.escape(path.stem)}.*"):
        if _DRAFT.fullmatch(draft.name[len(path.stem) :]):
            with suppress(FileNotFoundError):
                if draft.lstat().st_nlink == 1 and not draft.is_symlink():
                    with opened(draft) as file:
                        overwrite(file)
                draft.unlink()  # of what has another name too, only this one: it may be the key itself


def sync(folder: Path) -> None:
    """Names are durable too: else a body could outlive its key in a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def opened(path: Path) -> BinaryIO:
    """To read and to write; a link is not followed: what it leads to may be another bucket's key.

    ``Fatal`` for a link.
    """
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_NOFOLLOW), "r+b")
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Fatal("vault.linked", file=str(path)) from None
        raise


def has_other_names(file: BinaryIO) -> bool:
    """Hard links: whoever overwrites it under one name does so under all."""
    return os.fstat(file.fileno()).st_nlink > 1


@contextmanager
def held(path: Path) -> Iterator[BinaryIO | None]:
    """The file, which nobody else erases or exchanges meanwhile; None if it is not there (any more):
    what was erased must not come back by being written anew. ``Fatal`` for a link.
    """
    while True:
        try:
            file = opened(path)
        except FileNotFoundError:
            yield None
            return
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file.fileno()).st_ino == stamp(path)[0]:
                yield file
                return


def overwrite(file: BinaryIO) -> None:
    """Nothing of it can be read again, by whoever has it open or knows it by another name either."""
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    file.write(os.urandom(size))
    file.flush()
    os.fsync(file.fileno())
    file.truncate(0)  # after the sync: else the disk might never see the other bytes
