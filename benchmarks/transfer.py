"""S2: one document signed, kept, cut down, sent and receipted on SQLite, against bare fsyncs.

The peer is a callable in this process, so nothing but our own work and the disk is measured.
Each transfer is three commits (document kept, sent, ended), each with a signed ledger head.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.measure import Result, compared, in_turn, rates
from connectors.memory import Memory
from crypto import certificates, keys
from exchange import document, locking, transfer
from exchange.agreement import Agreement
from exchange.archive import Archive
from exchange.bookkeeping import Order
from exchange.delivery import Delivery
from exchange.document import Document, Origin
from exchange.keyring import Keyring, UnitCertificate
from exchange.ledger import Entry, Ledger
from exchange.outcome import Outcome
from exchange.ports import (
    Answer,
    Connector,
    Inputs,
    Operation,
    Prepared,
    Record,
    utc_now,
)
from exchange.store import schema
from exchange.store.engine import Connection, Store
from exchange.vault import Vault
from mappings import compiler

_COUNT = 60
_SYNCS = 300
_REGISTER = Operation(
    "register", "登记", needs={"birth": "birth-record"}, identity=("birth/certificate/number",)
)
_AGREEMENT = Agreement(
    id="bench",
    provider="hospital",
    receiver="police",
    document="birth-record",
    purpose="bench",
    basis="-",
    fields=("/certificate/*", "/child/*", "/mother/*", "/father/*"),
    valid_from=date(2000, 1, 1),
    valid_until=date(2100, 1, 1),
)


class Peer:
    """An adapter of one operation, over any wire."""

    operations: Mapping[str, Operation] = {"register": _REGISTER}

    def __init__(self, wire: Connector, address: str) -> None:
        self._wire, self._address = wire, address

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        return Prepared(operation, effect_key, {"birth": dict(inputs["birth"])})

    def submit(self, prepared: Prepared) -> Answer:
        return Answer(self._wire.call(self._address, prepared.body).raw, "1")

    def probe(self, prepared: Prepared) -> Answer | None:
        return None

    def fetch(self, prepared: Prepared) -> Answer:
        raise NotImplementedError

    def close(self) -> None:
        self._wire.close()


class Bench:
    """A hub with one system, in a folder of its own. Thread-safe."""

    def __init__(self, folder: Path, url: str, peer: Peer) -> None:
        self.key = keys.generate("SM2-SM3")
        start, end = utc_now().replace(microsecond=0), utc_now().replace(year=2100, microsecond=0)
        own = certificates.issue_ca("bench", self.key, start, end)
        self.store, self.peer = Store(url), peer
        schema.upgrade(self.store)
        self.vault = Vault(folder / "keys", b"bench")
        self.ledger = Ledger(self.store, self.key, origin="bench", clock=utc_now)
        self.archive = Archive(self.store, self.vault, Keyring([UnitCertificate("hospital", own)]))
        parts: Any = {"store": self.store, "ledger": self.ledger, "vault": self.vault}
        self.locks = locking.open_locks(self.store, folder / "locks")
        self.delivery = Delivery(**parts, locks=self.locks, clock=utc_now)
        self.record = _record()
        self._numbers = count(1)

    def transfers(self) -> int:
        """So many newborns, one after the other."""
        for number in self.numbers(_COUNT):
            self.transfer(number)
        return _COUNT

    def numbers(self, wanted: int) -> list[str]:
        """So many certificates that have not been before."""
        return [f"X{next(self._numbers):09}" for _ in range(wanted)]

    def transfer(self, number: str) -> None:
        """A record signed, kept, cut down, sent and receipted."""
        signed = self._kept(self.record | {"certificate": {"number": number}})
        moved = transfer.plan(
            signed, [_AGREEMENT], receiver="police", purpose="bench", now=utc_now()
        )
        inputs, leave = {"birth": moved}, lambda _: True
        order = Order(number, "register", "police", _REGISTER, inputs, "bench", may_leave=leave)
        outcome = self.delivery.deliver(order, self.peer, _nothing_follows)
        if outcome.state != "applied":
            raise RuntimeError(f"{outcome.state} {outcome.code}")

    def _kept(self, record: Record) -> Document:
        now = utc_now()
        told = ("birth-record", "hospital", "hospital", "unit", "his")
        token = document.issue(record, Origin(*told, as_of=now), self.key, now=now)
        found = self.archive.verify(token)

        def write(connection: Connection) -> list[Entry]:
            raw: Any = {"raw": b"", "salt": b"0" * 16, "bucket": "bench", "now": now}
            self.archive.put(connection, found, **raw)
            return [Entry("document", found.id)]

        self.ledger.commit(write)
        return found

    def close(self) -> None:
        """Close what it opened."""
        self.locks.close()
        self.peer.close()
        self.store.close()


def run() -> Result:
    """In a temporary folder on the disk of ``TMPDIR``."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peer = Peer(Memory({"register": lambda _: {"serial": "1"}}), "register")
        bench = Bench(folder, f"sqlite:///{folder}/store.db", peer)
        samples = in_turn(bench.transfers, lambda: _syncs(folder / "plain"))
        bench.close()
    ours, cpu = rates([mine for mine, _ in samples])
    result = Result("S2", "一次完整传递 transfer", "次", "≥ 0.4 ×", ours, cpu)
    result.reference = "4 KiB + fsync"
    result.notes = ["three commits a transfer, each with a signed head; peer in memory"]
    return compared(result, samples, 0.4)


def _syncs(file: Path) -> int:
    with file.open("ab", buffering=0) as plain:
        for _ in range(_SYNCS):
            plain.write(bytes(4096))
            os.fsync(plain.fileno())
    return _SYNCS


def _nothing_follows(connection: Connection, outcome: Outcome) -> list[Entry]:
    del connection, outcome
    return []


def _record() -> dict[str, Any]:
    mapping = compiler.load("hospital_adt_birth_record")
    return mapping.apply(mapping.file.tests[0]["source"])
