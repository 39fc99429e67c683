"""A new witness's folder: its own key, the hub's certificate, its settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crypto import certificates, keys
from crypto.errors import CryptoError
from exchange import canonical
from exchange.errors import Fatal
from zhida import files


def make(
    home: Path,
    name: str,
    origin: str,
    *,
    hub: Path,
    way: Mapping[str, str],
    suite: str,
    password: bytes,
) -> dict[str, str]:
    """What the hub needs of it. ``Fatal`` if the folder is there, or the certificate is none.

    ``way``: ``folder`` or ``connection``, whichever is not empty.
    """
    if home.exists():
        raise Fatal("cli.exists", file=home.name)
    try:
        told, key = certificates.load(files.read(hub)), keys.generate(suite)
    except CryptoError:
        raise Fatal("site.no-certificate", file=hub.name) from None
    settings = {"witness": name, "origin": origin, "hub": "hub.crt"}
    settings |= {kind: place for kind, place in way.items() if place}
    home.mkdir(parents=True, mode=0o700)
    secret = home / "witness.key"
    secret.touch(mode=0o600)
    secret.write_bytes(key.to_pem(password))
    files.write(home / "witness.pub", key.public.to_pem())
    files.write(home / "hub.crt", told.pem)
    files.write(home / "witness.json", canonical.dumps(settings))
    return {"witness": name, "key": str(home / "witness.pub")}
