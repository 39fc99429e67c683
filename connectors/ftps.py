"""Files over FTPS (ftplib, explicit TLS): picked up and put there like those of a disk.

FTP has no move that never replaces: before a file is shown one looks whether its name is taken,
and between the look and the move another program could take it. Where that matters use SFTP.

Errors: see ``connectors.ftps_line``.
"""

from __future__ import annotations

import ftplib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Any

from connectors import filing_options, ftps_listing, pickup_options
from connectors.filing import Filing
from connectors.folder import Entry
from connectors.ftps_line import Line, Server
from connectors.pickup import PickUp
from exchange.errors import Fatal
from exchange.ports import Endpoint

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "FTPS",
    "description": "显式 TLS（AUTH TLS），控制与数据连接都加密；不支持明文 FTP。"
    "连接的 extra：ca 为对方证书的根证书，cert、key、key_password 为我方证书（双向认证时）。",
    "type": "object",
    "additionalProperties": False,
    "required": ["folders"],
    "properties": {"folders": pickup_options.FOLDERS, "timeout_s": filing_options.TIMEOUT},
}
CALL_OPTIONS: dict[str, Any] = {
    **OPTIONS,
    "title": "FTPS（放入、读取文件）",
    "properties": {"folders": filing_options.FOLDERS, "timeout_s": filing_options.TIMEOUT},
}


def open_feed(options: Mapping[str, Any], endpoint: Endpoint) -> PickUp:
    """The folders on the server at ``endpoint``; connects when used."""
    line = Line(Server.of(endpoint, options.get("timeout_s", 30)))
    return PickUp(Remote(line), pickup_options.drops(options["folders"]), clock=endpoint.clock)


def open_connector(options: Mapping[str, Any], endpoint: Endpoint) -> Filing:
    """The folders on the server at ``endpoint``; connects when used.

    ``options`` have passed ``CALL_OPTIONS``.
    """
    line = Line(Server.of(endpoint, options.get("timeout_s", 30)))
    return Filing(Remote(line), filing_options.shelves(options["folders"]))


class Remote:
    """``connectors.folder.Cabinet`` at the other end of FTPS."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def list(self, path: str) -> Sequence[Entry]:
        """Kinds and sizes by LIST; times one by one, since LIST tells minutes only."""
        found = []
        for kind, size, name in self._listed(path):
            changed = self._changed(f"{path}/{name}") if kind == "file" else 0
            if changed is not None:  # it vanished while one looked
                found.append(Entry(name, size, changed, kind))
        return found

    def read(self, path: str, limit: int) -> bytes:
        """FTP follows links, so what is none of the folder's plain files is refused here."""
        folder, _, name = path.rpartition("/")
        kinds = {each: kind for kind, _, each in self._listed(folder)}
        if name not in kinds:
            raise FileNotFoundError(2, "no such file")
        if kinds[name] != "file":
            raise PermissionError(13, "no plain file")
        content = self._fetched(self._line.path(path), limit)
        if len(content) < limit and self._line.ftp.size(self._line.path(path)) != len(content):
            raise EOFError("cut short")
        return content

    def write(self, path: str, content: bytes) -> None:
        """STOR empties a file first: so to a name of its own, and from there by one move."""
        ftp, target = self._line.ftp, self._line.path(path)
        new = f"{target}.{secrets.token_hex(4)}"
        with self._refused():
            ftp.storbinary(f"STOR {new}", BytesIO(content))
        if ftp.size(new) != len(content):
            raise EOFError("cut short")
        with self._refused():
            ftp.rename(new, target)

    def reveal(self, source: str, target: str) -> None:
        """Look, then move."""
        folder, _, name = target.rpartition("/")
        if name in {each for _, _, each in self._listed(folder)}:
            raise FileExistsError(17, "target")
        self.rename(source, target)

    def remove(self, path: str) -> None:
        """DELE; one that is gone already is fine."""
        with suppress(ftplib.error_perm):
            self._line.ftp.delete(self._line.path(path))

    def rename(self, source: str, target: str) -> None:
        """RNFR, RNTO; the first is refused for what is not there."""
        ftp = self._line.ftp
        try:
            ftp.sendcmd(f"RNFR {self._line.path(source)}")
        except ftplib.error_perm:
            raise FileNotFoundError(2, "no such file") from None
        with self._refused():
            ftp.voidcmd(f"RNTO {self._line.path(target)}")

    def make(self, folder: str, below: str) -> None:
        """``mkdir -p`` below a folder that is there."""
        path, names = folder, {name for kind, _, name in self._listed(folder) if kind == "folder"}
        for part in below.split("/"):
            path = f"{path}/{part}"
            if part not in names:
                with suppress(ftplib.error_perm):  # another worker was first, or the next step says
                    self._line.ftp.mkd(self._line.path(path))
            names = {name for kind, _, name in self._listed(path) if kind == "folder"}

    @contextmanager
    def told(self, folder: str = "") -> Iterator[None]:
        """The line's own table."""
        with self._line.told(folder):
            yield

    def close(self) -> None:
        """Close the session."""
        self._line.close()

    def _listed(self, path: str) -> Sequence[tuple[Any, int, str]]:
        """CWD first: a server lists a folder that is not there as an empty one."""
        ftp = self._line.ftp
        lines: list[str] = []
        try:
            ftp.cwd(self._line.path(path))
        except ftplib.error_perm:
            raise FileNotFoundError(2, "no such folder") from None
        with self._refused():
            ftp.retrlines("LIST", lines.append)
        found = ftps_listing.entries(lines)
        if found is None:
            raise Fatal("ftps.listing", peer=self._line.peer, command="LIST")
        return found

    def _changed(self, path: str) -> int | None:
        """None for a file that has vanished (550, RFC 959); any other refusal says no such thing."""
        try:
            told = self._line.ftp.sendcmd(f"MDTM {self._line.path(path)}")
        except ftplib.error_perm as error:
            if str(error).startswith("550"):
                return None
            told = ""
        changed = ftps_listing.time(told)
        if changed is None:
            raise Fatal("ftps.listing", peer=self._line.peer, command="MDTM")
        return changed

    def _fetched(self, path: str, limit: int) -> bytes:
        ftp, found = self._line.ftp, bytearray()
        with self._refused(), ftp.transfercmd(f"RETR {path}") as data:
            while len(found) < limit and (more := data.recv(min(65536, limit - len(found)))):
                found += more
        if len(found) < limit:
            ftp.voidresp()
        else:
            self._line.close()  # what is left of it would come in the next answer's place
        return bytes(found)

    @contextmanager
    def _refused(self) -> Iterator[None]:
        try:
            yield
        except ftplib.error_perm:
            raise PermissionError(13, "refused") from None
