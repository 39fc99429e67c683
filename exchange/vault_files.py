"""The small files that hold wrapped keys: written whole, exchanged and erased by one at a time."""

from __future__ import annotations

import fcntl
import glob
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from exchange.errors import Retriable

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
            with suppress(FileNotFoundError), draft.open("r+b") as file:
                overwrite(file)
                draft.unlink()


def sync(folder: Path) -> None:
    """Names are durable too: else a body could outlive its key in a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def held(path: Path) -> Iterator[BinaryIO | None]:
    """The file, which nobody else erases or exchanges meanwhile; None if it is not there (any more):
    what was erased must not come back by being written anew.
    """
    while True:
        try:
            file = path.open("r+b")
        except FileNotFoundError:
            yield None
            return
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file.fileno()).st_ino == stamp(path)[0]:
                yield file
                return


def overwrite(file: BinaryIO) -> None:
    """Nothing of it can be read again, by whoever has it open either."""
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    file.write(os.urandom(size))
    file.flush()
    os.fsync(file.fileno())
