"""S3: 10,000 rows as a dataset document, each provable alone, against SM2 with a signature a row.

Ours is the whole way: canonical JSON, salts, tree, sealing, rows in SQLite with its fsyncs, one
signature, one ledger entry. The reference signs and does nothing else.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measure import PAIRS, Result, compared, rates, timed
from benchmarks.sm2_signing import openssl
from crypto import certificates, keys
from exchange.archive import Archive
from exchange.dataset import Form
from exchange.datasets import Datasets
from exchange.document import Origin
from exchange.keyring import Keyring, UnitCertificate
from exchange.ledger import Ledger
from exchange.part_books import PartBooks
from exchange.ports import Record, utc_now
from exchange.store import schema
from exchange.store.engine import Store
from exchange.vault import Vault

_COUNT = 10_000
_SUITE = "SM2-SM3"
_FORM = Form("enterprise-facts", ("uscc",))


def run() -> Result:
    """Signed, stored and read back once, so that what is timed is right."""
    folder = Path(tempfile.mkdtemp(prefix="zhida-bench-"))
    try:
        store = Store(f"sqlite:///{folder / 'store.db'}")
        schema.upgrade(store)
        datasets = _datasets(store, folder)
        rows = [_row(number) for number in range(_COUNT)]
        if list(datasets.rows(datasets.get(_write(datasets, rows)))) != rows:
            raise RuntimeError("the rows differ")
        samples = [
            (timed(lambda: len(_write(datasets, rows)) and _COUNT), openssl()) for _ in range(PAIRS)
        ]
        store.close()
    finally:
        shutil.rmtree(folder)
    ours, cpu = rates([mine for mine, _ in samples])
    result = Result("S3", "数据集 dataset of 10,000 rows", "行", "≥ 3 ×", ours, cpu)
    result.reference = "openssl speed sm2, one signature a row"
    return compared(result, samples, 3.0)


def _datasets(store: Store, folder: Path) -> Datasets:
    now = datetime.now(UTC)
    days = (now - timedelta(days=1), now + timedelta(days=2))
    authority, key = keys.generate(_SUITE), keys.generate(_SUITE)
    root = certificates.issue_ca("Root", authority, *days)
    leaf = certificates.issue(
        "hub", key.public, root, authority, valid_from=days[0], valid_until=days[1]
    )
    vault = Vault(folder / "keys", b"a secret of high entropy")
    archive = Archive(store, vault, Keyring([UnitCertificate("hub", leaf)]))
    ledger = Ledger(store, key, origin="bench", clock=utc_now)
    return Datasets(PartBooks(store, vault, utc_now), archive, ledger, key)


def _write(datasets: Datasets, rows: list[Record]) -> str:
    origin = Origin("enterprise-facts", "hub", "tax", "hub", "tax-facts", utc_now())
    return datasets.write(rows, _FORM, origin, bucket="grants-2036-03").id


def _row(number: int) -> Record:
    return {
        "uscc": f"91320114{number:010d}",
        "tax_clean": number % 7 != 0,
        "revenue_y1": number * 12_345,
        "revenue_y2": number * 12_000,
        "rd_deduction_y1": number * 17,
        "firm_size": "small",
        "registered_on": "2020-01-05",
        "insured_end_y1": number % 300,
    }
