"""Files over SFTP (paramiko): picked up and put there like those of a disk.

Errors: see ``connectors.sftp_line``. One file too big or unreadable is a parcel with its error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from paramiko import SFTPFile

from connectors import filing_options, pickup_options
from connectors.files import kind_of
from connectors.filing import Filing
from connectors.folder import Entry
from connectors.pickup import PickUp
from connectors.sftp_line import Line, Server
from exchange.ports import Endpoint

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "SFTP",
    "description": "连接的 extra 须有 host_key（ssh-ed25519 AAAA…，即对方主机公钥）；"
    "以口令或 key（私钥文件，可加 key_password）登录。",
    "type": "object",
    "additionalProperties": False,
    "required": ["folders"],
    "properties": {"folders": pickup_options.FOLDERS, "timeout_s": filing_options.TIMEOUT},
}
CALL_OPTIONS: dict[str, Any] = {
    **OPTIONS,
    "title": "SFTP（放入、读取文件）",
    "properties": {"folders": filing_options.FOLDERS, "timeout_s": filing_options.TIMEOUT},
}


def open_feed(options: Mapping[str, Any], endpoint: Endpoint) -> PickUp:
    """The folders on the server at ``endpoint``; connects when used."""
    line = Line(Server.of(endpoint, options["timeout_s"]))
    return PickUp(Remote(line), pickup_options.drops(options["folders"]), clock=endpoint.clock)


def open_connector(options: Mapping[str, Any], endpoint: Endpoint) -> Filing:
    """The folders on the server at ``endpoint``; connects when used.

    ``options`` have passed ``CALL_OPTIONS``.
    """
    line = Line(Server.of(endpoint, options.get("timeout_s", 30)))
    return Filing(Remote(line), filing_options.shelves(options["folders"]))


class Remote:
    """``connectors.folder.Cabinet`` at the other end of SFTP."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def list(self, path: str) -> Sequence[Entry]:
        """A name that would lead elsewhere is no file's name: it is left out."""
        found = self._line.sftp.listdir_attr(path)
        return [
            Entry(one.filename, one.st_size or 0, one.st_mtime or 0, kind_of(one.st_mode or 0))
            for one in found
            if "/" not in one.filename and one.filename not in ("", ".", "..")
        ]

    def read(self, path: str, limit: int) -> bytes:
        """SFTP opens through links, so what became one since it was listed is refused here."""
        sftp = self._line.sftp
        if kind_of(sftp.lstat(path).st_mode or 0) != "file":
            raise PermissionError(13, "no plain file")
        with sftp.open(path, "rb") as file:
            file.prefetch(min(limit, file.stat().st_size or 0))
            return file.read(limit)

    def rename(self, source: str, target: str) -> None:
        """The plain rename: it never replaces anything, and every server has it."""
        self._line.sftp.rename(source, target)

    def write(self, path: str, content: bytes) -> None:
        """Brought to the server's disk where it can do so (OpenSSH's ``fsync@openssh.com``)."""
        sftp = self._line.sftp
        with self._opened(path) as file:
            file.write(content)  # not pipelined: paramiko would drop errors of single writes
            file.flush()
            self._line.to_disk(file)
        if sftp.stat(path).st_size != len(content):
            raise EOFError("cut short")

    def reveal(self, source: str, target: str) -> None:
        """The plain rename; a server's bare "failure" is looked into."""
        sftp = self._line.sftp
        try:
            sftp.rename(source, target)
        except OSError:
            with suppress(FileNotFoundError):
                sftp.lstat(target)
                raise FileExistsError(17, "target") from None
            raise

    def remove(self, path: str) -> None:
        """Remove the file."""
        with suppress(FileNotFoundError):
            self._line.sftp.remove(path)

    def _opened(self, path: str) -> SFTPFile:
        """A new file, or the one that is there, not emptied."""
        sftp = self._line.sftp
        try:
            return sftp.open(path, "wx")
        except (FileNotFoundError, PermissionError):
            raise
        except OSError:
            if kind_of(sftp.lstat(path).st_mode or 0) != "file":
                raise PermissionError(13, "no plain file") from None
            return sftp.open(path, "r+")

    def make(self, folder: str, below: str) -> None:
        """``mkdir -p`` below a folder that is there."""
        sftp, path = self._line.sftp, folder
        sftp.stat(folder)
        for part in below.split("/"):
            path = f"{path}/{part}"
            try:
                sftp.stat(path)
            except FileNotFoundError:
                with suppress(OSError):  # another worker was first; if not, the next step says so
                    sftp.mkdir(path)

    @contextmanager
    def told(self, folder: str = "") -> Iterator[None]:
        """The line's own table."""
        with self._line.told(folder):
            yield

    def close(self) -> None:
        """Close the session."""
        self._line.close()
