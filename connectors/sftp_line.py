"""One SFTP session: the server's key pinned, time-outs and keepalive, and the table of errors.

Error map::

    the name has no address                   Retriable  wire.name
    refused, timed out, lost, not SFTP        Retriable  wire.refused, sftp.lost
    another host key than the pinned one      Fatal      sftp.host-key
    login refused, key file unusable          Fatal      sftp.login, sftp.key-file
    no such folder, no right                  Fatal      sftp.no-folder, sftp.no-right
    a name or text that is not UTF-8          Fatal      sftp.encoding
    the server says "failure"                 Retriable  sftp.refused

Claims may be made again, so nothing is Unknown here; a move into a receiver's folder is another
matter (``connectors.filing``).
"""

from __future__ import annotations

import base64
import binascii
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import paramiko
from paramiko.sftp import CMD_EXTENDED, SFTPError
from paramiko.ssh_exception import (
    AuthenticationException,
    BadHostKeyException,
    NoValidConnectionsError,
    SSHException,
)

from exchange.addresses import without_login
from exchange.errors import Fatal, Retriable, ZhidaError
from exchange.ports import Endpoint


@dataclass(frozen=True, slots=True)
class Server:
    """Where an SFTP server is and how to log in."""

    host: str
    port: int
    login: str
    host_key: str
    """``ssh-ed25519 AAAA…``, as in ``known_hosts``."""
    password: str = field(default="", repr=False)
    key: str = ""
    """File of our private key."""
    key_password: str = field(default="", repr=False)
    timeout_s: float = 30.0
    keepalive_s: int = 15

    @classmethod
    def of(cls, endpoint: Endpoint, timeout_s: float) -> Server:
        """Out of the connection; its ``extra`` holds ``host_key``, ``key``, ``key_password``."""
        host, _, port = endpoint.address.rpartition(":")
        if not host:
            host, port = endpoint.address, "22"
        if not host or "@" in host or not (port.isascii() and port.isdigit()):
            raise Fatal("wire.address", address=without_login(endpoint.address))
        extra = endpoint.extra
        return cls(
            host.strip("[]"),
            int(port),
            endpoint.login,
            extra.get("host_key", ""),
            endpoint.password,
            extra.get("key", ""),
            extra.get("key_password", ""),
            timeout_s,
        )

    @property
    def peer(self) -> str:
        """Host and port, for errors."""
        return f"{self.host}:{self.port}"


class Line:
    """Connects when used, and again after it was lost. For one thread at a time."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client: paramiko.SSHClient | None = None
        self._sftp: paramiko.SFTPClient | None = None

    @property
    def sftp(self) -> paramiko.SFTPClient:
        """The open session; use it inside ``told``."""
        if self._sftp is None:
            self._sftp = self._opened()
        return self._sftp

    def to_disk(self, file: paramiko.SFTPFile) -> None:
        """OpenSSH brings what was written to its disk (``fsync@openssh.com``); others aren't asked."""
        transport: Any = self._client.get_transport() if self._client else None
        if "OpenSSH" in getattr(transport, "remote_version", ""):
            session: Any = self.sftp  # paramiko has the request, but no public word for it
            session._request(CMD_EXTENDED, "fsync@openssh.com", file.handle)

    @contextmanager
    def told(self, folder: str = "") -> Iterator[None]:
        """Foreign errors → ours (see the table); a session that failed is not used again."""
        peer, folder = self._server.peer, folder or "."
        try:
            yield
        except FileNotFoundError:
            raise Fatal("sftp.no-folder", peer=peer, folder=folder) from None
        except PermissionError:
            raise Fatal("sftp.no-right", peer=peer, folder=folder) from None
        except UnicodeDecodeError:
            self.close()
            raise Fatal("sftp.encoding", peer=peer) from None
        except (SSHException, SFTPError, EOFError, OSError) as error:
            self.close()
            raise _ours(error, peer) from None

    def close(self) -> None:
        """Close the session."""
        client, self._client, self._sftp = self._client, None, None
        if client is not None:
            with suppress(Exception):  # it may be broken already
                client.close()

    def _opened(self) -> paramiko.SFTPClient:
        server, client = self._server, paramiko.SSHClient()
        self._client = client
        name = server.host if server.port == 22 else f"[{server.host}]:{server.port}"
        key = pinned(server.host_key)
        client.get_host_keys().add(name, key.get_name(), key)
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        _connect(client, server)
        sftp = client.open_sftp()
        channel = sftp.get_channel()
        if channel is not None:
            channel.settimeout(server.timeout_s)
        return sftp


def _connect(client: paramiko.SSHClient, server: Server) -> None:
    client.connect(
        server.host,
        server.port,
        server.login,
        server.password or None,
        pkey=_private_key(server),
        timeout=server.timeout_s,
        banner_timeout=server.timeout_s,
        auth_timeout=server.timeout_s,
        allow_agent=False,
        look_for_keys=False,
    )
    transport = client.get_transport()
    if transport is not None:
        transport.set_keepalive(server.keepalive_s)


def pinned(text: str) -> paramiko.PKey:
    """The server's key out of ``ssh-ed25519 AAAA…``. ``Fatal sftp.host-key-form`` otherwise: a
    server whose key we don't know could be anybody.
    """
    parts = text.split()
    try:
        return paramiko.PKey.from_type_string(parts[0], base64.b64decode(parts[1], validate=True))
    except (IndexError, binascii.Error, SSHException, ValueError):
        raise Fatal("sftp.host-key-form") from None


def _private_key(server: Server) -> paramiko.PKey | None:
    if not server.key:
        return None
    try:
        # Declared as text, but handed on to a library that wants bytes.
        phrase: Any = server.key_password.encode() or None
        return paramiko.PKey.from_path(server.key, phrase)
    except (OSError, SSHException, ValueError, TypeError):
        raise Fatal("sftp.key-file", file=server.key) from None


_TABLE: tuple[tuple[type[Exception], type[ZhidaError], str], ...] = (
    (BadHostKeyException, Fatal, "sftp.host-key"),
    (AuthenticationException, Fatal, "sftp.login"),
    (NoValidConnectionsError, Retriable, "wire.refused"),
    (socket.gaierror, Retriable, "wire.name"),
    (Exception, Retriable, "sftp.lost"),
)
"""First match wins: the more special class stands before the more general one."""


def _ours(error: Exception, peer: str) -> ZhidaError:
    closed = str(error) == "Socket is closed"  # paramiko's own, of the same kind as:
    if type(error) is OSError and error.errno is None and not closed:  # SSH_FX_FAILURE
        return Retriable("sftp.refused", peer=peer)
    if isinstance(error, SSHException) and "not found in known_hosts" in str(error):
        return Fatal("sftp.host-key", peer=peer)  # it has a key, of another kind than ours
    leaf, code = next((leaf, code) for kind, leaf, code in _TABLE if isinstance(error, kind))
    return leaf(code, peer=peer)
