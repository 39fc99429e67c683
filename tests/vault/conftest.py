"""A hub without its systems, and documents of a retention bucket that is over."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange import document
from exchange.document import Document, Origin
from exchange.ledger import Entry
from sandbox import resident_id
from sandbox.district import District
from sandbox.postgres import Postgres
from tests.keys.key_office import KeyOffice, quick
from zhida import site
from zhida.hub import Hub

OVER, KEPT = "newborn-2020-02", "newborn-2199-01"


def record(number: int) -> dict[str, Any]:
    """One that any leak would show."""
    mother = resident_id.compose("320117", "19910713", 2 * number)
    return {
        "certificate": {"number": f"X{909777300 + number}", "issuer": "溧水区示例妇幼保健院"},
        "mother": {"name": f"霍靐淼{chr(0x4E00 + number)}", "id_type": "01", "id_number": mother},
        "child": {"birth_place": {"text": f"溧水区麤犇巷淼字{number}号"}},
    }


class VaultOffice(KeyOffice):
    """Two people and a store, with bodies in two buckets."""

    store = ""

    def open_hub(self, ahead: timedelta = timedelta(0)) -> Hub:
        return Hub(
            site.load(self.folder / "site"),
            var=self.var,
            secret=self.secret,
            find=self.find,
            clock=lambda: self.now + ahead,
            store=self.store,
        )

    def put(self, number: int, bucket: str = OVER) -> Document:
        origin = Origin("birth-record", "hub", "hospital", "hub", "his", self.now)
        token = document.issue(record(number), origin, self.hub.signer, now=self.now)
        found = self.hub.archive.verify(token)
        kept = {"raw": str(record(number)).encode(), "salt": b"s" * 16, "bucket": bucket}

        def write(connection: Any) -> list[Entry]:
            self.hub.archive.put(connection, found, now=self.now, **kept)
            return [Entry("document", found.id)]

        self.hub.ledger.commit(write)
        return found


@pytest.fixture(scope="session")
def prepared_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vault") / "d"
    District(folder, signer=False, suite="SM2-SM3").prepare()
    quick(folder)
    return folder


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary files are this test's, which an erasure looks through."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)


@pytest.fixture(params=["sqlite"])
def office(
    request: pytest.FixtureRequest, prepared_site: Path, tmp_path: Path
) -> Iterator[VaultOffice]:
    """With ``postgresql`` as parameter: its store is there."""
    VaultOffice.store = ""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        VaultOffice.store = server.database(f"vault-{tmp_path.name[-12:]}")
    found = VaultOffice(Path(shutil.copytree(prepared_site, tmp_path / "d")), "SM2-SM3")
    yield found
    found.close()
    VaultOffice.store = ""
