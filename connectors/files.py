"""A local folder: others put files there, and they are picked up (``connectors.pickup``); or we
put files there for others (``connectors.filing``).

Error map::

    the folder is not there               Fatal      files.no-folder
    no right to read, make or rename      Fatal      files.no-right
    anything else of the disk (EIO, …)    Retriable  files.unavailable
    one file too big, unreadable, a link  a parcel with its error, files.too-big …
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from connectors import filing_options, pickup_options
from connectors.filing import Filing
from connectors.folder import Entry
from connectors.pickup import PickUp
from exchange.errors import Fatal, Retriable
from exchange.ports import Endpoint

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "本机目录",
    "description": "连接的 host 为接收目录所在的绝对路径。",
    "type": "object",
    "additionalProperties": False,
    "required": ["folders"],
    "properties": {"folders": pickup_options.FOLDERS},
}
CALL_OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "本机目录（放入、读取文件）",
    "description": "连接的 host 为各目录所在的绝对路径。",
    "type": "object",
    "additionalProperties": False,
    "required": ["folders"],
    "properties": {"folders": filing_options.FOLDERS},
}
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)
"""What file systems without hard links say (FAT, many network shares)."""


def open_feed(options: Mapping[str, Any], endpoint: Endpoint) -> PickUp:
    """The folders below ``endpoint.address``. ``options`` have passed ``OPTIONS``."""
    drops = pickup_options.drops(options["folders"])
    return PickUp(Disk(root_of(endpoint)), drops, clock=endpoint.clock)


def open_connector(options: Mapping[str, Any], endpoint: Endpoint) -> Filing:
    """The folders below ``endpoint.address``. ``options`` have passed ``CALL_OPTIONS``."""
    return Filing(Disk(root_of(endpoint)), filing_options.shelves(options["folders"]))


def root_of(endpoint: Endpoint) -> Path:
    """The directory that the connection names; ``Fatal files.no-folder`` if there is none."""
    root = Path(endpoint.address)
    if not root.is_absolute() or not root.is_dir():
        raise Fatal("files.no-folder", folder=endpoint.address)
    return root


class Disk:
    """``connectors.folder.Cabinet`` below a directory of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def list(self, path: str) -> Sequence[Entry]:
        """Names that vanish while one looks are left out."""
        found: list[Entry] = []
        with os.scandir(self._root / path) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    told = entry.stat(follow_symlinks=False)
                    kind = kind_of(told.st_mode)
                    found.append(Entry(entry.name, told.st_size, told.st_mtime_ns, kind))
        return found

    def read(self, path: str, limit: int) -> bytes:
        """What became a link or a pipe since it was listed is refused by the system itself."""
        with os.fdopen(self.opened(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            return file.read(limit)

    def rename(self, source: str, target: str) -> None:
        """``rename(2)``."""
        os.rename(self._root / source, self._root / target)

    def write(self, path: str, content: bytes) -> None:
        """``fsync`` before it returns."""
        with os.fdopen(self.opened(path, os.O_WRONLY | os.O_CREAT), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def reveal(self, source: str, target: str) -> None:
        """``link(2)`` never replaces; where a file system has no links, look before the move."""
        old, new = self._root / source, self._root / target
        try:
            os.link(old, new, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if os.path.lexists(new):
                raise FileExistsError(errno.EEXIST, "target") from None
            os.rename(old, new)
        with suppress(FileNotFoundError):
            old.unlink()
        _to_disk(new.parent)

    def opened(self, path: str, flags: int) -> int:
        """A descriptor of the file itself: a link in its place is refused."""
        try:
            return os.open(self._root / path, flags | os.O_NOFOLLOW, 0o640)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise PermissionError(errno.EACCES, "link") from None
            raise

    def remove(self, path: str) -> None:
        """``unlink(2)``."""
        (self._root / path).unlink(missing_ok=True)

    def make(self, folder: str, below: str) -> None:
        """``mkdir -p`` below a folder that is there."""
        if not (self._root / folder).is_dir():
            raise FileNotFoundError(errno.ENOENT, "drop folder")
        (self._root / folder / below).mkdir(parents=True, exist_ok=True)

    @contextmanager
    def told(self, folder: str = "") -> Iterator[None]:
        """``OSError`` → ours; the reason is the name of its number, never a file's name."""
        place = str(self._root / folder)
        try:
            yield
        except FileNotFoundError:
            raise Fatal("files.no-folder", folder=place) from None
        except PermissionError:
            raise Fatal("files.no-right", folder=place) from None
        except OSError as error:
            reason = errno.errorcode.get(error.errno or 0, "?")
            raise Retriable("files.unavailable", folder=place, reason=reason) from None

    def close(self) -> None:
        """Nothing is held open."""


def _to_disk(folder: Path) -> None:
    """The name of a new file is durable once its folder is."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def kind_of(mode: int) -> Any:
    """``file``, ``folder`` or ``other``.

    >>> kind_of(0o100644), kind_of(0o40755), kind_of(0o120777)
    ('file', 'folder', 'other')
    """
    if stat.S_ISREG(mode):
        return "file"
    return "folder" if stat.S_ISDIR(mode) else "other"
