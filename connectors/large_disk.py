"""Large files in a folder of this machine (or a share that is mounted here)."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from connectors.files import Disk, root_of
from connectors.large import PIECE, Pieces, Seen, checked
from exchange.ports import Endpoint


def open_place(options: Mapping[str, Any], endpoint: Endpoint, folder: str) -> DiskFiles:
    """One of the folders in ``options`` (valid under ``connectors.files.CALL_OPTIONS``)."""
    return DiskFiles(root_of(endpoint), options["folders"][folder]["folder"])


class DiskFiles:
    """``connectors.large.Drop`` on a disk."""

    def __init__(self, root: Path, folder: str) -> None:
        self._disk, self._folder, self._base = Disk(root), folder, root / folder

    def seen(self, name: str) -> Seen | None:
        """Size, time of change and inode."""
        self._base.stat()  # a folder that is not there is no missing file
        try:
            opened = self._opened(name, os.O_RDONLY | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        told = os.fstat(opened)
        os.close(opened)
        return Seen(told.st_size, f"{told.st_mtime_ns}-{told.st_ino}")

    def read(self, name: str, offset: int) -> Pieces:
        """Straight from the disk."""
        with os.fdopen(self._opened(name, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            file.seek(offset)
            while piece := file.read(PIECE):
                yield piece

    def append(self, name: str, offset: int, data: bytes) -> None:
        """``fsync`` before it returns."""
        opened = self._opened(name, os.O_WRONLY | os.O_CREAT)
        with os.fdopen(opened, "wb") as file:
            file.truncate(offset)
            file.seek(offset)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def reveal(self, part: str, name: str) -> None:
        """As the connector of small files does it."""
        self._disk.reveal(f"{self._folder}/{checked(part)}", f"{self._folder}/{checked(name)}")

    def told(self) -> AbstractContextManager[None]:
        """The disk's own table."""
        return self._disk.told(self._folder)

    def close(self) -> None:
        """Nothing is held open."""

    def _opened(self, name: str, flags: int) -> int:
        """Below the folder and a plain file, whatever links anybody has put there."""
        path = self._base / checked(name)
        if not path.parent.resolve().is_relative_to(self._base.resolve()):
            raise PermissionError(13, "leads elsewhere")
        opened = self._disk.opened(f"{self._folder}/{name}", flags)
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            os.close(opened)
            raise PermissionError(13, "no plain file")
        return opened
