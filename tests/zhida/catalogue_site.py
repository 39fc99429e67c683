"""A site on disk with an empty store beside it, into which a test writes what has happened."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from exchange import canonical, times
from exchange.store import case_rows, delivery_rows, document_rows, ledger_rows, schema
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.delivery_rows import DeliveryRow, TransferRow
from exchange.store.document_rows import DocumentRow
from exchange.store.engine import Store
from exchange.store.ledger_rows import EntryRow
from zhida import site
from zhida.catalogue import Catalogue
from zhida.watch import Watch

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)  # ten o'clock in China, a Friday


def ago(**span: float) -> str:
    return times.stamp(NOW - timedelta(**span))


@dataclass
class Place:
    """A copy of the example site, and its store."""

    folder: Path
    store: Store
    now: datetime = NOW
    seq: int = 0
    cases: list[str] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        var = self.folder.parent / "var"
        return {"ZHIDA_SITE": str(self.folder), "ZHIDA_VAR": str(var), "COLUMNS": "200"}

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    def watch(self) -> Watch:
        return Watch(site.load(self.folder), self.store, lambda: self.now)

    def catalogue(self, days: int = 90) -> Catalogue:
        return Catalogue(self.watch(), days)

    def document(
        self, kind: str, provider: str, source: str, as_of: str, *, custody: str = "hub"
    ) -> str:
        name = f"{kind}-{provider}-{source}-{as_of}"
        row = DocumentRow(name, kind, provider, custody, source, as_of, as_of, "", "", b"", b"")
        with self.store.write() as connection:
            document_rows.put(connection, row)
        self.entry("document", name)
        return name

    def transfer(
        self,
        agreement: str,
        document: str,
        fields: list[str],
        at: str,
        *,
        case: str = "",
        item: str = "",
    ) -> str:
        name = f"{agreement}/{document}/{at}"
        told = canonical.dumps(sorted(fields)).decode()
        known = next(a for a in site.load(self.folder).agreements if a.id == agreement)
        sides = (known.provider, known.receiver, known.purpose)
        row = TransferRow(name, case, item, document, agreement, *sides, told, "[]", name, at)
        with self.store.write() as connection:
            delivery_rows.add_transfers(connection, [row])
        self.entry("transfer", name, case)
        return name

    def entry(self, kind: str, ref: str, case: str = "") -> int:
        row = EntryRow(self.seq, kind, case, ref, b"{}", b"")
        with self.store.write() as connection:
            ledger_rows.insert_entries(connection, [row])
        self.seq += 1
        return row.seq

    def case(self, name: str, opened: str, closed: str = "", state: str = "done") -> str:
        """A case of the newborn's matter with its form; nothing of its items has happened yet."""
        matter = site.load(self.folder).matter("newborn")
        row = CaseRow(
            name, "newborn", name, opened, closed, state if closed else "open", matter.digest
        )
        items = [
            ItemRow(name, item, "newborn", "waiting", "", "{}", "", "", opened, opened)
            for item in matter.items
        ]
        with self.store.write() as connection:
            case_rows.keep_definition(connection, matter.digest, matter.definition)
            case_rows.open_case(connection, row, items)
        self.entry("case-opened", name, name)
        for kind, own, provider, source in (
            ("birth-declaration", "declaration", "service-window", "oa"),
            ("birth-record", "birth", "hospital", "his"),
        ):
            made = self.document(kind, provider, source, f"{opened[:-1]}{name}Z")
            with self.store.write() as connection:
                case_rows.add_document(connection, name, own, made)
        if closed:
            self.entry("case-closed", name, name)
        return name

    def given(self, case: str, item: str, agreement: str, document: str, fields: list[str]) -> None:
        """A unit has surely got these fields for an item of a case."""
        opened = ago(hours=1)
        effect = f"{agreement}/{document}/{opened}"
        self.transfer(agreement, document, fields, opened, case=case, item=item)
        told = (
            effect,
            case,
            item,
            "police",
            "register_birth",
            "",
            "applied",
            1,
            opened,
            opened,
            "",
        )
        with self.store.write() as connection:
            delivery_rows.put_delivery(connection, DeliveryRow(*told), seen=None)


def place(folder: Path) -> Place:
    shutil.copytree(ROOT / "sandbox" / "site", folder / "site")
    before = ROOT / "sandbox" / "newborn_site" / "baseline.yaml"
    shutil.copyfile(before, folder / "site" / "baseline.yaml")
    (folder / "var").mkdir()
    (folder / "var" / "store.db").write_bytes(_empty_store())
    return Place(folder / "site", Store(f"sqlite:///{folder}/var/store.db"))


@cache
def _empty_store() -> bytes:
    """The migrations run once, not once a test."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "store.db"
        store = Store(f"sqlite:///{file}")
        schema.upgrade(store)
        store.close()  # the last to close puts what the write-ahead log holds into the file
        return file.read_bytes()
