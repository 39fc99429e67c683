"""Files over SFTP (paramiko): picked up like those of a disk, and put there at once.

Errors: see ``connectors.sftp_line``. One file too big or unreadable is a parcel with its error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from connectors import pickup_options
from connectors.files import kind_of
from connectors.folder import Entry
from connectors.pickup import PickUp
from connectors.sftp_line import Line, Server
from exchange.errors import Fatal, Invalid
from exchange.ports import Endpoint, Reply

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "SFTP",
    "description": "连接的 extra 须有 host_key（ssh-ed25519 AAAA…，即对方主机公钥）；"
    "以口令或 key（私钥文件，可加 key_password）登录。",
    "type": "object",
    "additionalProperties": False,
    "required": ["folders"],
    "properties": {
        "folders": pickup_options.FOLDERS,
        "timeout_s": {
            "title": "等待应答的秒数",
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 30,
        },
    },
}


def open_feed(options: Mapping[str, Any], endpoint: Endpoint) -> PickUp:
    """The folders on the server at ``endpoint``; connects when used."""
    line = Line(Server.of(endpoint, options["timeout_s"]))
    return PickUp(Remote(line), pickup_options.drops(options["folders"]), clock=endpoint.clock)


class Remote:
    """``connectors.folder.Folder`` at the other end of SFTP."""

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
    def told(self) -> Iterator[None]:
        """The line's own table."""
        with self._line.told():
            yield

    def close(self) -> None:
        """Close the session."""
        self._line.close()


class Sftp:
    """Connector that puts files: ``call("put", {"path": …, "content": bytes})``.

    The file is written beside its place (``.part``), and moved into it by one rename once the
    server has all of it; so nobody sees half a file, and putting it again does no harm.
    """

    def __init__(self, server: Server) -> None:
        self._line = Line(server)

    def call(self, operation: str, body: Any) -> Reply:
        """Put a file. ``Retriable`` also after a lost connection: the same file again is no
        second effect.
        """
        if operation != "put":
            raise Fatal("wire.no-operation", operation=operation, nearest="put")
        path, content = body["path"], body["content"]
        if path.startswith("/") or {"", ".", ".."} & set(path.split("/")):
            raise Invalid("sftp.path", path="/path")
        with self._line.told():
            self._put(path, content)
        return Reply(b"", None)

    def close(self) -> None:
        """Close the session."""
        self._line.close()

    def _put(self, path: str, content: bytes) -> None:
        sftp, part = self._line.sftp, f"{path}.part"
        with sftp.open(part, "wb") as file:
            file.set_pipelined(True)
            file.write(content)
        if sftp.stat(part).st_size != len(content):
            raise EOFError("cut short")
        sftp.posix_rename(part, path)
