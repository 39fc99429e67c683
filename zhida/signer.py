"""The unit's own signer: a small process on a bureau's front-end machine (custody ``unit``).

It receives its own system's messages, reads them with the same adapter and mapping as the hub
would, signs what *it* read with the unit's key, and hands signed documents over on request. The
hub neither holds that key nor can drive it: the door through which messages come in asks for a
certificate that only the unit's own system has, and the door for the hub takes questions only.

``python -m zhida.signer --home FOLDER`` reads ``signer.json`` there; the key's password comes
from ``ZHIDA_SIGNER_PASSWORD``.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs

from connectors import tls
from connectors.mllp_server import MllpServer
from crypto import certificates, keys
from crypto.errors import CryptoError
from exchange import canonical
from exchange.archive import Archive
from exchange.errors import Fatal, ZhidaError
from exchange.keyring import Keyring, UnitCertificate
from exchange.ledger import Ledger
from exchange.ports import Clock, utc_now
from exchange.store import schema
from exchange.store.engine import Store
from exchange.vault import Vault
from zhida.output import exit_code, tell
from zhida.signer_desk import SignerDesk
from zhida.signer_http import QueryServer

_DOOR = {
    "type": "object",
    "required": ["port", "cert", "key", "client_ca"],
    "properties": {
        "host": {"type": "string"},
        "port": {"type": "integer", "minimum": 1, "maximum": 65535},
        "cert": {"type": "string"},
        "key": {"type": "string"},
        "client_ca": {"type": "string"},
    },
}
SETTINGS: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "签名机 signer.json",
    "type": "object",
    "required": ["unit", "system", "key", "certificate", "mllp", "https", "store"],
    "properties": {
        "unit": {"type": "string", "minLength": 1},
        "system": {"type": "string", "minLength": 1},
        "key": {"type": "string"},
        "certificate": {"type": "string"},
        "former_certificates": {
            "title": "从前的证书",
            "description": "换下的密钥的证书：签名机自己从前签的还要靠它们来认。",
            "type": "array",
            "items": {"type": "string", "minLength": 1},
        },
        "store": {"type": "string"},
        "mllp": _DOOR,
        "https": _DOOR,
        "announces_to": {
            "title": "主动告知的对象",
            "description": "客户端证书的通用名；列出的可以取得每一例新出生，其他的只能按编号查询。",
            "type": "array",
            "items": {"type": "string", "minLength": 1},
        },
    },
}


@dataclass(frozen=True, slots=True)
class SignerHome:
    """The folder of one signer and what its ``signer.json`` says."""

    folder: Path
    told: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> SignerHome:
        """Read the folder's ``signer.json``."""
        try:
            told = canonical.loads((folder / "signer.json").read_bytes())
        except OSError:
            raise Fatal("signer.no-settings", folder=str(folder)) from None
        for error in jsonschema_rs.Draft202012Validator(dict(SETTINGS)).iter_errors(told):
            missing = getattr(error.kind, "property", "")
            path = "/".join([*map(str, error.instance_path), str(missing)]).strip("/")
            raise Fatal("signer.settings", path=path or "/")
        return cls(folder, told)

    def file(self, name: str) -> Path:
        """A file named relative to the folder."""
        return self.folder / name

    def address(self, door: str) -> tuple[str, int]:
        """Where a door listens; on this machine only unless the settings name a host."""
        told = self.told[door]
        return told.get("host", "127.0.0.1"), told["port"]

    def context(self, door: str, password: str) -> Any:
        """The TLS context of a door: its certificate, and whose certificates it asks for."""
        names = self.told[door]
        return tls.server(
            cert=self.file(names["cert"]),
            key=self.file(names["key"]),
            password=password,
            client_ca=self.file(names["client_ca"]),
        )


def open_desk(
    home: Path, told: Mapping[str, Any], password: bytes, clock: Clock = utc_now
) -> SignerDesk:
    """The desk of a signer's home folder."""
    try:
        signer = keys.load_private((home / told["key"]).read_bytes(), password)
        names = [told["certificate"], *told.get("former_certificates", ())]
        held = [certificates.load((home / name).read_bytes()) for name in names]
    except (OSError, CryptoError) as error:
        raise Fatal("signer.key", reason=getattr(error, "code", type(error).__name__)) from None
    unit = told["unit"]
    store = Store(f"sqlite:///{home / told['store']}")
    vault = Vault(home / "keys", password)
    keyring = Keyring(UnitCertificate(unit, certificate) for certificate in held)
    return SignerDesk(
        unit=unit,
        system=told["system"],
        signer=signer,
        store=store,
        vault=vault,
        ledger=Ledger(store, signer, origin=f"signer.{unit}", clock=clock),
        archive=Archive(store, vault, keyring),
        clock=clock,
        announces_to=frozenset(told.get("announces_to", ())),
    )


def run(home: SignerHome, password: str) -> None:
    """Serve both doors until SIGTERM; what is acknowledged is on disk."""
    desk = open_desk(home.folder, home.told, password.encode())
    schema.upgrade(desk.store)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with _messages(home, desk, password), _questions(home, desk, password):
        stop.wait()
    desk.close()


def _messages(home: SignerHome, desk: SignerDesk, password: str) -> MllpServer:
    return MllpServer(home.address("mllp"), desk.receive, tls=home.context("mllp", password))


def _questions(home: SignerHome, desk: SignerDesk, password: str) -> QueryServer:
    return QueryServer(home.address("https"), desk, home.context("https", password))


def main() -> int:
    """Command line of the process."""
    parser = argparse.ArgumentParser(prog="zhida.signer", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    home = parser.parse_args().home
    try:
        run(SignerHome.read(home), os.environ.get("ZHIDA_SIGNER_PASSWORD", ""))
    except ZhidaError as error:
        tell(error)
        return exit_code(error)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
