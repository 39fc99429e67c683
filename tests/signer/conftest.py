"""The hospital's side alone: its system (HIS) and the signer beside it; and the hub's client."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crypto import certificates, keys, sd_jwt
from exchange import audit, canonical
from exchange.store import document_rows, ledger_rows
from exchange.store.engine import Store
from exchange.store.tables import document
from exchange.vault import Vault
from sandbox import mllp
from sandbox.births import Birth, birth
from sandbox.district import District
from tests.signer.gap import Gap
from tests.signer.own_home import OwnHome


class Hospital:
    """A district with nothing but a hospital, seen from every side."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.home = district.directory / "hospital"
        certificate = certificates.load((self.home / "signer.crt").read_bytes())
        self.key: keys.PublicKey = certificate.public_key
        self._numbers = iter(range(1, 998))

    # --- the hospital's system ---------------------------------------------------------------

    def birth(self, *, father: bool = True) -> Birth:
        """A birth that nobody has told the signer of."""
        return birth(next(self._numbers), father=father)

    def tell(self, facts: dict[str, Any]) -> None:
        self.district.birth(facts)

    def send(self, message: bytes) -> dict[str, Any]:
        """Raw bytes from the HIS to the signer; what came back."""
        import base64

        body = {"base64": base64.b64encode(message).decode()}
        told: dict[str, Any] = self.district.system("hospital").ask("POST", "/messages", body)
        return told

    def books(self) -> list[dict[str, Any]]:
        return self.district.system("hospital").books()

    def all_acknowledged(self) -> bool:
        return all(row["ack"] == "AA" for row in self.books())

    def wait(self, is_so: Callable[[], bool], seconds: float = 30.0) -> None:
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, "it did not come about"
            time.sleep(0.03)

    # --- the two doors -----------------------------------------------------------------------

    def context(self, role: str) -> ssl.SSLContext:
        """A client's TLS with the certificate of ``his``, ``hub``, or with none."""
        tls = self.district.directory / "tls"
        context = ssl.create_default_context(cafile=str(tls / "server-ca.crt"))
        if role:
            secret = self.district.secrets[f"tls_{role}"]
            context.load_cert_chain(tls / f"{role}.crt", tls / f"{role}.key", secret)
        return context

    def connect(self, door: str, context: ssl.SSLContext | None) -> socket.socket:
        port = self.district.ports["signer"][door]
        plain = socket.create_connection(("127.0.0.1", port), timeout=10)
        if context is None:
            return plain
        try:
            return context.wrap_socket(plain, server_hostname="127.0.0.1")
        except BaseException:
            plain.close()
            raise

    def mllp(self, message: bytes, role: str = "his") -> bytes:
        """One message over a connection of its own; the acknowledgement."""
        with self.connect("mllp", self.context(role)) as connection:
            connection.sendall(mllp.frame(message))
            return mllp.unframe(mllp.receive(connection))

    def post(self, body: bytes, path: str = "/query", **headers: str) -> tuple[int, Any]:
        """A question in the hub's name: status and JSON."""
        port = self.district.ports["signer"]["https"]
        connection = HTTPSConnection("127.0.0.1", port, timeout=10, context=self.context("hub"))
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        is_json = answer.headers.get_content_type() == "application/json"
        return answer.status, json.loads(content) if is_json else content

    def ask(self, number: str) -> str:
        """The signed document of a certificate, empty if there is none."""
        question = {"kind": "birth-record", "identity": {"/certificate/number": number}}
        status, told = self.post(json.dumps(question).encode())
        return str(told["document"]) if status == 200 else ""

    def fields(self, number: str) -> dict[str, Any]:
        return sd_jwt.verify(self.ask(number), self.key).fields

    # --- the signer's own store --------------------------------------------------------------

    def store(self) -> Store:
        return Store(f"sqlite:///{self.home / 'signer.sqlite'}")

    def ledger(self, kind: str) -> list[dict[str, Any]]:
        store = self.store()
        with store.read() as connection:
            rows = ledger_rows.entries(connection, 0, 100_000)
        store.close()
        return [canonical.loads(row.body) for row in rows if row.kind == kind]

    def documents(self) -> int:
        store = self.store()
        with store.read() as connection:
            found = len(connection.execute(select(document.c.id)).all())
        store.close()
        return found

    def invalid(self) -> list[tuple[list[dict[str, Any]], bytes]]:
        """Every refused message: its problems and its bytes, unsealed with the signer's secret."""
        store = self.store()
        vault = Vault(self.home / "keys", self.district.secrets["signer"].encode())
        with store.read() as connection:
            rows = document_rows.list_invalid(connection)
        store.close()
        return [
            (canonical.loads(row.problems.encode()), vault.unseal(row.raw, about=row.id))
            for row in rows
        ]

    def audit(self) -> audit.Audit:
        store = self.store()
        found = audit.verify(store, self.key, "signer.hospital")
        store.close()
        return found

    def log(self) -> str:
        return Path(self.home / "signer.log").read_text("utf-8")


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    with District(tmp_path_factory.mktemp("town"), systems=("hospital",)) as district:
        yield Hospital(district)


@pytest.fixture(scope="module")
def signed(hospital: Any) -> str:
    """A certificate number whose record the signer has."""
    born = hospital.birth()
    hospital.tell(born.facts)
    hospital.wait(hospital.all_acknowledged)
    return str(born.form["cszmbh"])


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A hospital's folders with keys and certificates, and its password; nothing runs."""
    folder = tmp_path_factory.mktemp("own") / "d"
    district = District(folder, systems=(), signer=False, suite="Ed25519")
    district.prepare()
    return folder, district.secrets["signer"]


@pytest.fixture
def own(made_home: tuple[Path, str], tmp_path: Path) -> Iterator[OwnHome]:
    """A fresh signer of this process."""
    folder, password = made_home
    for name in ("tls", "hospital"):
        shutil.copytree(folder / name, tmp_path / name)
    found = OwnHome(tmp_path / "hospital", password)
    yield found
    found.close()


@pytest.fixture
def gap(own: OwnHome, tmp_path: Path) -> Iterator[Gap]:
    """A signer that has no other door for the hub than a gate, and the hub's adapter beyond it."""
    yield Gap(own, tmp_path / "gap")
