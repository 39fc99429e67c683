"""One FTPS session (explicit TLS, RFC 4217): control and data protected, and the table of errors.

Error map::

    the name has no address                      Retriable  wire.name
    refused, timed out, lost, server busy (4xx)  Retriable  wire.refused, ftps.lost, ftps.busy
    certificate or handshake                     Retriable  wire.tls
    the server offers no TLS                     Fatal      ftps.no-tls (nothing is ever sent plain)
    login refused                                Fatal      ftps.login
    no such folder, no right                     Fatal      ftps.no-folder, ftps.no-right
    a name that is not UTF-8                     Fatal      ftps.encoding
    a listing or a time of another form          Fatal      ftps.listing

The data connection resumes the control connection's TLS session: so the server knows that both
are the same caller (vsftpd's ``require_ssl_reuse``), and nobody can steal a transfer.
"""

from __future__ import annotations

import ftplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from connectors import tls
from exchange.addresses import without_login
from exchange.errors import Fatal, Retriable, ZhidaError
from exchange.ports import Endpoint


@dataclass(frozen=True, slots=True)
class Server:
    """Where an FTPS server is and how to log in."""

    host: str
    port: int
    login: str
    password: str = field(repr=False)
    context: ssl.SSLContext = field(repr=False)
    timeout_s: float = 30.0

    @classmethod
    def of(cls, endpoint: Endpoint, timeout_s: float) -> Server:
        """Out of the connection; its ``extra`` holds ``ca``, ``crl``, and for mTLS ``cert``, ``key``."""
        host, _, port = endpoint.address.rpartition(":")
        if not host:
            host, port = endpoint.address, "21"
        if not host or "@" in host or not (port.isascii() and port.isdigit()):
            raise Fatal("wire.address", address=without_login(endpoint.address))
        told = (endpoint.login, endpoint.password, tls.of_files(endpoint), timeout_s)
        return cls(host.strip("[]"), int(port), *told)

    @property
    def peer(self) -> str:
        """Host and port, for errors."""
        return f"{self.host}:{self.port}"


class Line:
    """Connects when used, and again after it was lost. For one thread at a time."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._ftp: Session | None = None
        self._home = ""

    @property
    def peer(self) -> str:
        """Host and port, for errors."""
        return self._server.peer

    @property
    def ftp(self) -> Session:
        """The open session; use it inside ``told``."""
        if self._ftp is None:
            self._ftp = self._opened()
            self._home = self._ftp.pwd().rstrip("/")
        return self._ftp

    def path(self, path: str) -> str:
        """A path of ours as an absolute one of the server's, below where the login lands."""
        return f"{self._home}/{path}" if self.ftp else path

    @contextmanager
    def told(self, folder: str = "") -> Iterator[None]:
        """Foreign errors → ours (see the table); a session that failed is not used again."""
        peer, folder = self._server.peer, folder or "."
        try:
            yield
        except FileNotFoundError:
            raise Fatal("ftps.no-folder", peer=peer, folder=folder) from None
        except PermissionError:
            raise Fatal("ftps.no-right", peer=peer, folder=folder) from None
        except UnicodeDecodeError:
            self.close()
            raise Fatal("ftps.encoding", peer=peer) from None
        except (OSError, EOFError, ftplib.Error) as error:
            self.close()
            raise _ours(error, peer) from None

    def close(self) -> None:
        """Close the session without a word: it may be broken already."""
        ftp, self._ftp = self._ftp, None
        if ftp is not None:
            with suppress(Exception):
                ftp.close()

    def _opened(self) -> Session:
        server = self._server
        ftp = Session(context=server.context, timeout=server.timeout_s, encoding="utf-8")
        try:
            ftp.connect(server.host, server.port)
            _protect(ftp, server.peer)
            _log_in(ftp, server)
        except BaseException:
            with suppress(Exception):
                ftp.close()
            raise
        return ftp


class Session(ftplib.FTP_TLS):
    """Data connections go to the server's own address, and resume the control's TLS session."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int]:
        """As ftplib does it, with a session to resume."""
        plain, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 (it gets TLS here)
        try:
            control: Any = self.sock
            name = self.host if self.context.check_hostname else None
            return self.context.wrap_socket(
                plain, server_hostname=name, session=control.session
            ), size or 0
        except BaseException:
            plain.close()
            raise


def _protect(ftp: Session, peer: str) -> None:
    """Before the login: a server without TLS hears no password."""
    try:
        ftp.auth()
    except ftplib.error_perm:
        raise Fatal("ftps.no-tls", peer=peer) from None


def _log_in(ftp: Session, server: Server) -> None:
    try:
        ftp.login(server.login, server.password, secure=False)  # it is already
        ftp.prot_p()
    except ftplib.error_perm:
        raise Fatal("ftps.login", peer=server.peer) from None


_TABLE: tuple[tuple[type[Exception], type[ZhidaError], str], ...] = (
    (ConnectionRefusedError, Retriable, "wire.refused"),
    (socket.gaierror, Retriable, "wire.name"),
    (ftplib.error_temp, Retriable, "ftps.busy"),
    (ftplib.error_perm, Fatal, "ftps.no-right"),
    (Exception, Retriable, "ftps.lost"),
)
"""First match wins: the more special class stands before the more general one."""


def _ours(error: Exception, peer: str) -> ZhidaError:
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return Retriable("wire.tls", peer=peer, reason=tls.why(error))
    leaf, code = next((leaf, code) for kind, leaf, code in _TABLE if isinstance(error, kind))
    return leaf(code, peer=peer)
