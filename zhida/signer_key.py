"""The unit's key: a file, or a signature server that never lets it out."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors import tls
from connectors.signature_server import PATIENCE, SignatureCommand, SignatureService
from crypto import certificates, keys
from crypto.certificates import Certificate
from crypto.errors import CryptoError
from crypto.signer import DigestSigner, Signer
from exchange.errors import Fatal
from exchange.remote_key import RemoteKey


def certificates_of(home: Path, told: Mapping[str, Any]) -> list[Certificate]:
    """The unit's own, then those of keys that it had before. ``Fatal``."""
    names = [told["certificate"], *told.get("former_certificates", ())]
    try:
        return [certificates.load(_read(home / name)) for name in names]
    except CryptoError as error:
        raise Fatal("signer.key", reason=error.code) from None


def signer_of(home: Path, told: Mapping[str, Any], password: bytes, own: Certificate) -> Signer:
    """What signs. ``Fatal`` if it does not open, or is not the certificate's."""
    server = told.get("signature_server")
    if server is not None:
        reached = port(home, server, password.decode())
        return RemoteKey.of(own.public_key, server["key_id"], reached)
    try:
        found = keys.load_private(_read(home / told["key"]), password)
    except CryptoError as error:
        raise Fatal("signer.key", reason=error.code) from None
    if found.public != own.public_key:
        raise Fatal("signer.other-key", unit=str(told["unit"]))
    return found


def port(
    home: Path, server: Mapping[str, Any], password: str, *, patience: float = PATIENCE
) -> DigestSigner:
    """A signature server by one of the two wires. ``home``: where the files lie that it names."""
    if "command" in server:
        return SignatureCommand(tuple(server["command"]), patience)
    return SignatureService(server["url"], _context(home, server, password), patience)


def _context(home: Path, server: Mapping[str, Any], password: str) -> ssl.SSLContext:
    names = {name: home / server[name] for name in ("ca", "cert", "key") if name in server}
    return tls.client(**names, password=password if "key" in names else "")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Fatal("signer.no-file", file=path.name, reason=error.strerror or "") from None
