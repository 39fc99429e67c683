"""The unit's own signer: a small process on a bureau's front-end machine (custody ``unit``).

It receives its own system's messages, reads them with the same adapter and mapping as the hub
would, signs what *it* read with the unit's key, and hands signed documents over on request. The
hub neither holds that key nor can drive it: the door through which messages come in asks for a
certificate that only the unit's own system has, and the door for the hub takes questions only.
Where no line leads to the hub, files do, through a gate (``zhida.signer_gate``).

``python -m zhida.signer --home FOLDER`` reads ``signer.json`` there; the key's password comes
from ``ZHIDA_SIGNER_PASSWORD``, the gate's secret from ``ZHIDA_SIGNER_GATE_SECRET``.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path
from typing import Any

from connectors.mllp_server import MllpServer
from exchange.archive import Archive
from exchange.errors import ZhidaError
from exchange.keyring import Keyring, UnitCertificate
from exchange.ledger import Ledger
from exchange.ports import Clock, utc_now
from exchange.store import schema
from exchange.store.engine import Store
from exchange.vault import Vault
from zhida import signer_guard, signer_key
from zhida.output import exit_code, tell
from zhida.signer_desk import SignerDesk
from zhida.signer_guard import SignerGuard
from zhida.signer_http import QueryServer
from zhida.signer_settings import SETTINGS, SignerHome

__all__ = ["SETTINGS", "SignerHome", "main", "open_desk", "run", "secrets"]


def open_desk(
    home: Path, told: Mapping[str, Any], password: bytes, clock: Clock = utc_now
) -> SignerDesk:
    """The desk of a signer's home folder."""
    held = signer_key.certificates_of(home, told)
    signer = signer_key.signer_of(home, told, password, held[0])
    unit = told["unit"]
    store = Store(f"sqlite:///{home / told['store']}")
    vault = Vault(home / "keys", password)
    keyring = Keyring(UnitCertificate(unit, certificate) for certificate in held)
    guard = SignerGuard.of(home, told, held)
    return SignerDesk(
        unit=unit,
        system=told["system"],
        signer=signer,
        store=store,
        vault=vault,
        ledger=Ledger(store, signer, origin=guard.origin, clock=clock, guard=guard),
        archive=Archive(store, vault, keyring),
        clock=clock,
        announces_to=frozenset(told.get("announces_to", ())),
    )


def run(home: SignerHome, password: str, gate_secret: str = "") -> None:
    """Serve its doors until SIGTERM; what is acknowledged is on disk."""
    desk = open_desk(home.folder, home.told, password.encode())
    schema.upgrade(desk.store)
    signer_guard.require_continued(home, desk.store)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with closing(desk), ExitStack() as open_doors:
        for door in _doors(home, desk, password, gate_secret):
            open_doors.enter_context(door)
        stop.wait()


def _doors(
    home: SignerHome, desk: SignerDesk, password: str, gate_secret: str
) -> Iterator[AbstractContextManager[Any]]:
    """One for the unit's system, and those by which it is handed over."""
    yield MllpServer(home.address("mllp"), desk.receive, tls=home.context("mllp", password))
    if "https" in home.told:
        yield QueryServer(home.address("https"), desk, home.context("https", password))
    if "gate" in home.told:
        from zhida import signer_gate

        door = signer_gate.opened(home, desk, gate_secret)
        yield signer_gate.GateTurns(door, home.told["gate"].get("every_s", signer_gate.EVERY_S))


def secrets() -> tuple[str, str]:
    """The key's password and what was agreed for the gate, from the environment."""
    names = ("ZHIDA_SIGNER_PASSWORD", "ZHIDA_SIGNER_GATE_SECRET")
    password, gate = (os.environ.get(name, "") for name in names)
    return password, gate


def main() -> int:
    """Command line of the process."""
    parser = argparse.ArgumentParser(prog="zhida.signer", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    home = parser.parse_args().home
    try:
        run(SignerHome.read(home), *secrets())
    except ZhidaError as error:
        tell(error)
        return exit_code(error)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
