"""Large files over FTPS: begun anywhere in them by REST (RFC 3659, section 5)."""

from __future__ import annotations

import ftplib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

from connectors.ftps import Remote
from connectors.ftps_line import Line, Server
from connectors.large import PIECE, Pieces, Seen, checked
from exchange.ports import Endpoint


def open_place(options: Mapping[str, Any], endpoint: Endpoint, folder: str) -> FtpsFiles:
    """One of the folders in ``options`` (valid under ``connectors.ftps.CALL_OPTIONS``)."""
    line = Line(Server.of(endpoint, options.get("timeout_s", 30)))
    return FtpsFiles(line, options["folders"][folder]["folder"])


class FtpsFiles:
    """``connectors.large.Drop`` at the other end of FTPS."""

    def __init__(self, line: Line, folder: str) -> None:
        self._line, self._folder, self._remote = line, folder, Remote(line)

    def seen(self, name: str) -> Seen | None:
        """As the server lists it: so what is no plain file is nothing."""
        folder, _, last = self._path(name).rpartition("/")
        for each in self._remote.list(folder):
            if each.name == last:
                if each.kind != "file":
                    raise PermissionError(13, "no plain file")
                return Seen(self._size(name), str(each.changed))
        return None

    def read(self, name: str, offset: int) -> Pieces:
        """The rest of the file; a reader that stops in the middle costs the session."""
        size = self._size(name)
        self._line.ftp.voidcmd("TYPE I")
        whole = False
        try:
            with self._line.ftp.transfercmd(f"RETR {self._where(name)}", rest=offset) as data:
                while piece := data.recv(PIECE):
                    offset += len(piece)
                    yield piece
            self._line.ftp.voidresp()
            whole = offset == size
        finally:
            if not whole:
                self._line.close()  # what is left of it would come in the next answer's place
        if not whole:
            raise EOFError("cut short")

    def append(self, name: str, offset: int, data: bytes) -> None:
        """STOR from ``offset`` on; that the server has it all is asked."""
        ftp, path = self._line.ftp, self._where(name)
        ftp.storbinary(f"STOR {path}", BytesIO(data), rest=offset or None)
        if ftp.size(path) != offset + len(data):
            raise EOFError("cut short")

    def reveal(self, part: str, name: str) -> None:
        """Look, then move: FTP has nothing better."""
        self._remote.reveal(self._path(part), self._path(name))

    def told(self) -> AbstractContextManager[None]:
        """The line's own table."""
        return self._line.told(self._folder)

    def close(self) -> None:
        """Close the session."""
        self._line.close()

    def _size(self, name: str) -> int:
        self._line.ftp.voidcmd("TYPE I")
        try:
            return self._line.ftp.size(self._where(name)) or 0
        except ftplib.error_perm:
            raise FileNotFoundError(2, "no such file") from None

    def _path(self, name: str) -> str:
        return f"{self._folder}/{checked(name)}"

    def _where(self, name: str) -> str:
        return self._line.path(self._path(name))
