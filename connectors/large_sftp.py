"""Large files over SFTP: asked for in windows, so that a slow reader never has a file in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any

from paramiko import SFTPFile

from connectors.files import kind_of
from connectors.large import PIECE, Pieces, Seen, checked
from connectors.sftp import Remote
from connectors.sftp_line import Line, Server
from exchange.ports import Endpoint

_ASKED = 32_768
"""Bytes of one request: what every server answers whole."""
_WINDOW = 64
"""Requests on their way at once. paramiko keeps every answer until it is read."""


def open_place(options: Mapping[str, Any], endpoint: Endpoint, folder: str) -> SftpFiles:
    """One of the folders in ``options`` (valid under ``connectors.sftp.CALL_OPTIONS``)."""
    line = Line(Server.of(endpoint, options.get("timeout_s", 30)))
    return SftpFiles(line, options["folders"][folder]["folder"])


class SftpFiles:
    """``connectors.large.Drop`` at the other end of SFTP."""

    def __init__(self, line: Line, folder: str) -> None:
        self._line, self._folder = line, folder

    def seen(self, name: str) -> Seen | None:
        """Size and time of change."""
        sftp = self._line.sftp
        sftp.stat(self._folder)  # a folder that is not there is no missing file
        try:
            found = sftp.lstat(self._path(name))
        except FileNotFoundError:
            return None
        if kind_of(found.st_mode or 0) != "file":
            raise PermissionError(13, "no plain file")
        return Seen(found.st_size or 0, str(found.st_mtime or 0))

    def read(self, name: str, offset: int) -> Pieces:
        """Window after window, up to the size that it has when it is opened."""
        path = self._path(name)
        if kind_of(self._line.sftp.lstat(path).st_mode or 0) != "file":
            raise PermissionError(13, "no plain file")
        with self._line.sftp.open(path, "rb") as file:
            end = file.stat().st_size or 0
            while offset < end:
                window = list(_requests(offset, min(end, offset + _WINDOW * _ASKED)))
                for piece in file.readv(window):
                    offset += len(piece)
                    yield piece
                if offset != window[-1][0] + window[-1][1]:
                    raise EOFError("cut short")

    def append(self, name: str, offset: int, data: bytes) -> None:
        """Brought to the server's disk where it can do so."""
        with self._for_writing(name) as file:
            if (file.stat().st_size or 0) > offset:
                file.truncate(offset)
            file.seek(offset)
            for start in range(0, len(data), PIECE):
                file.write(data[start : start + PIECE])
            file.flush()
            self._line.to_disk(file)
            if file.stat().st_size != offset + len(data):
                raise EOFError("cut short")

    def reveal(self, part: str, name: str) -> None:
        """As the connector of small files does it."""
        Remote(self._line).reveal(self._path(part), self._path(name))

    def told(self) -> AbstractContextManager[None]:
        """The line's own table."""
        return self._line.told(self._folder)

    def close(self) -> None:
        """Close the session."""
        self._line.close()

    def _for_writing(self, name: str) -> SFTPFile:
        sftp, path = self._line.sftp, self._path(name)
        with suppress(FileNotFoundError):
            if kind_of(sftp.lstat(path).st_mode or 0) != "file":
                raise PermissionError(13, "no plain file")
            return sftp.open(path, "r+")
        return sftp.open(path, "wx")

    def _path(self, name: str) -> str:
        """Below the folder. A server resolves links itself: where they lead is asked of it."""
        path = f"{self._folder}/{checked(name)}"
        if "/" in name:
            sftp = self._line.sftp
            base, above = sftp.normalize(self._folder), sftp.normalize(path.rpartition("/")[0])
            if not f"{above}/".startswith(f"{base}/"):
                raise PermissionError(13, "leads elsewhere")
        return path


def _requests(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Offsets and sizes.

    >>> list(_requests(10, 40_000))
    [(10, 32768), (32778, 7222)]
    """
    for offset in range(start, stop, _ASKED):
        yield offset, min(_ASKED, stop - offset)
