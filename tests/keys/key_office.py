"""A hub of a district whose systems are off: its keys, its authorities, and two operators."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crypto import certificates, keys
from crypto.certificates import Certificate, Revocation, RevocationList
from crypto.keys import PrivateKey
from exchange import document
from exchange.document import Document, Origin
from exchange.ledger import Entry
from exchange.store import schema
from sandbox import pki
from sandbox.district import District
from zhida import key_files, operators, proposals, revocation_look, site, trusted_lists
from zhida.hub import Hub
from zhida.key_book import IMPORT, ROTATE, WITHDRAW
from zhida.operators import Signatory
from zhida.proposals import Wish
from zhida.restore_order import Order

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = datetime.now(UTC).replace(microsecond=0)
ROOT = Path(__file__).resolve().parents[2]
QUICK = 1000
"""Rounds of PBKDF2 of a throw-away key."""
RECORD = {"certificate": {"number": "X320117001"}, "mother": {"name": "李小直"}}


def quick(folder: Path) -> None:
    """The same keys under the same passwords, opened quickly."""
    secrets = pki.secrets_of(folder)
    files = {"site/keys/hub.key": "hub", "hospital/signer.key": "signer"}
    files |= {f"operators/{name}.key": name for name in pki.OPERATORS}
    files |= {f"ca/{suite}.key": "ca" for suite in pki.SUITES}
    for file, name in files.items():
        password = secrets[name].encode()
        key = keys.load_private((folder / file).read_bytes(), password)
        (folder / file).write_bytes(key.to_pem(password, iterations=QUICK))


class KeyOffice:
    """Opened anew by ``reopen``; ``now`` is its clock."""

    def __init__(self, folder: Path, suite: str) -> None:
        self.folder, self.suite = folder, suite
        self.district = District(folder, signer=False, suite=suite)
        self.district.prepare()
        self.root, self.root_key = pki.root_of(folder, suite)
        self.secret = self.district.env["ZHIDA_KEY_PASSWORD"].encode()
        self.var = Path(self.district.env["ZHIDA_VAR"])
        self.var.mkdir(exist_ok=True)
        self.now = START
        self.connections: dict[str, Any] = {}
        self.hub = self.open_hub()
        schema.upgrade(self.hub.store)
        self.hub.vault.prepare()
        self._people: dict[str, PrivateKey] = {}
        self._number = 0

    def open_hub(self, ahead: timedelta = timedelta(0)) -> Hub:
        told = site.load(self.folder / "site")
        var, secret = self.var, self.secret
        return Hub(told, var=var, secret=secret, find=self.find, clock=lambda: self.now + ahead)

    def find(self, name: str) -> Any:
        return self.connections.get(name)

    def reopen(self) -> None:
        """What a restart is."""
        self.hub.close()
        self.hub = self.open_hub()

    # --- keys and certificates ----------------------------------------------------------------

    def certificate(
        self,
        unit: str,
        public: keys.PublicKey,
        *,
        start: timedelta = -HOUR,
        end: timedelta = 300 * DAY,
    ) -> Certificate:
        dates = {"valid_from": self.now + start, "valid_until": self.now + end}
        return certificates.issue(
            unit, public, self.root, self.root_key, organization="示例", **dates
        )

    def hospital_key(self) -> PrivateKey:
        pem = (self.folder / "hospital/signer.key").read_bytes()
        return keys.load_private(pem, self.district.secrets["signer"].encode())

    def hospital(self) -> Certificate:
        return certificates.load((self.folder / "site/keys/hospital.crt").read_bytes())

    def handed(self, certificate: Certificate) -> str:
        from exchange.store import trust_rows

        name = trusted_lists.fingerprint(certificate)
        with self.hub.store.write() as connection:
            trust_rows.put_certificate(connection, name, certificate.pem.decode())
        return name

    def new_hub_key(self, **validity: timedelta) -> PrivateKey:
        """Made, certified, and let in by two people; nothing signs with it yet."""
        key = keys.generate(self.suite)
        place = key_files.folder(self.var)
        place.mkdir(exist_ok=True)
        (place / f"{key.kid}.key").write_bytes(key.to_pem(self.secret, iterations=QUICK))
        self.two(IMPORT, self.handed(self.certificate("hub", key.public, **validity)))
        return key

    def rotate(self) -> PrivateKey:
        key = self.new_hub_key()
        self.two(ROTATE, key.kid)
        return key

    def withdraw(self, kid: str) -> None:
        self.two(WITHDRAW, kid)

    # --- people -------------------------------------------------------------------------------

    def person(self, name: str, role: str = "operate") -> Signatory:
        """Loaded once, since opening a key is slow on purpose; else as ``signatory`` has it."""
        if name not in self._people:
            pem = (self.folder / f"operators/{name}.key").read_bytes()
            self._people[name] = keys.load_private(pem, self.district.secrets[name].encode())
        who = operators.known(self.hub.site, name)
        operators.valid_certificate(self.hub.site, who, self.now)
        operators.require(who, role)
        return Signatory(self.hub.site, who, self._people[name])

    def order(self) -> Order:
        """Of a restore."""
        return Order(self.person("wang"), "磁盘损坏")

    def propose(self, action: str, item: str, reason: str = "年度更换") -> str:
        return proposals.propose(self.hub, self.person("wang"), Wish(action, "", item, reason)).id

    def approve(self, proposal: str) -> None:
        proposals.approve(self.hub, self.person("li", "approve"), proposal)

    def two(self, action: str, item: str) -> None:
        self.approve(self.propose(action, item))

    # --- lists --------------------------------------------------------------------------------

    def want_lists(self, **more: int) -> Path:
        """The site wants the root's list from a file, which is not there yet."""
        path = self.folder / "site/site.yaml"
        name = self.root.common_name
        rules = [f"  {key}: {value}" for key, value in more.items()]
        told = ["revocation:", f"  lists: [{{issuer: {name}, file: ../ca.crl}}]", *rules]
        path.write_text(path.read_text("utf-8") + "\n".join(told) + "\n", "utf-8")
        self.reopen()
        return self.folder / "ca.crl"

    def crl(self, *revoked: Certificate, **more: Any) -> RevocationList:
        """Of this moment, for a day."""
        self._number += 1
        at = more.pop("at", self.now)
        entries = [Revocation(each.serial, at, "key_compromise") for each in revoked]
        dates = {"this_update": self.now, "next_update": self.now + DAY, "number": self._number}
        return certificates.issue_crl(self.root, self.root_key, entries, **dates | more)

    def publish(self, crl: RevocationList) -> None:
        (self.folder / "ca.crl").write_bytes(crl.pem)

    def look(self) -> str:
        """The code of what went wrong; empty if nothing did."""
        [found] = revocation_look.look(self.hub, every=True)
        return found.error.code if found.error else ""

    # --- documents ----------------------------------------------------------------------------

    def signed(self, key: Any, unit: str = "hospital", at: datetime | None = None) -> str:
        when = at or self.now
        custody = "hub" if unit == "hub" else "unit"
        origin = Origin("birth-record", unit, "hospital", custody, "his", when)
        return document.issue(RECORD, origin, key, now=when)

    def keep(self, token: str) -> Document:
        """Verified as it comes, and stored."""
        found = self.hub.archive.verify(token)

        def write(connection: Any) -> list[Entry]:
            where = {"raw": b"", "salt": b"", "bucket": "t-2031-12", "now": self.now}
            self.hub.archive.put(connection, found, **where)
            return [Entry("document", found.id)]

        self.hub.ledger.commit(write)
        return found

    def incidents(self) -> dict[str, str]:
        """Kind → code of the open ones."""
        from exchange.store import incident_rows

        with self.hub.store.read() as connection:
            return {row.kind: row.code for row in incident_rows.still_open(connection)}

    def env(self, operator: str = "") -> dict[str, str]:
        """Of a process of this hub."""
        told = self.district.env | (self.district.operator_env(operator) if operator else {})
        return os.environ | told | {"PYTHONPATH": str(ROOT)}

    def close(self) -> None:
        with closing(self.hub):
            pass
