"""A new home for a unit's signer: its key, the request for its certificate, and a ``signer.json`` to fill in."""

from __future__ import annotations

import json
from pathlib import Path

from crypto import certificates, keys
from crypto.errors import CryptoError
from crypto.suites import SUITES
from exchange.errors import Fatal, Invalid
from zhida import files
from zhida.signer_settings import FILE

KEY, REQUEST = "unit.key", "unit.csr"


def make(home: Path, unit: str, title: str, *, suite: str, password: bytes) -> dict[str, str]:
    """``Fatal`` if there is something already. The key is the unit's alone: nobody else ever has it."""
    if not password:
        raise Fatal("site.no-variable", variable="ZHIDA_SIGNER_PASSWORD")
    if suite not in SUITES:
        raise Invalid("signer.suite", suite=suite)
    files.make_folder(home)
    for name in (KEY, REQUEST, FILE):
        files.require_new(home / name)
    home.chmod(0o700)
    key = keys.generate(suite)
    try:
        request = certificates.request(unit, key, organization=title)
    except CryptoError as error:
        raise Fatal("key.request", name=unit, reason=error.code) from None
    files.write_private(home / KEY, key.to_pem(password))
    files.write_private(home / REQUEST, request)
    files.write_private(home / FILE, _settings(unit))
    return {"kid": key.kid, "key": KEY, "request": REQUEST, "settings": FILE}


def _settings(unit: str) -> bytes:
    door = {"host": "127.0.0.1", "cert": "server.crt", "key": "server.key"}
    told = {
        "unit": unit,
        "system": "his",
        "key": KEY,
        "certificate": "unit.crt",
        "store": "signer.sqlite",
        "mllp": door | {"port": 2575, "client_ca": "his-ca.crt"},
        "https": door | {"port": 8443, "client_ca": "hub-ca.crt"},
        "announces_to": [],
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
