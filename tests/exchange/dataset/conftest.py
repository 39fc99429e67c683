"""A hub's datasets without a hub, with certificates under a root that a checker trusts."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from crypto import certificates, keys
from exchange import dataset_ledger, dataset_proof
from exchange.archive import Archive
from exchange.dataset import Form
from exchange.datasets import Datasets
from exchange.document import Origin
from exchange.evidence_trust import Trust
from exchange.keyring import Keyring, UnitCertificate
from exchange.ledger import Ledger
from exchange.part_books import PartBooks

FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
FORM = Form("enterprise-facts", ("uscc",), {"holder": "tax"})


def firms(count, first=0):
    return [
        {"uscc": f"FIRM{n:06d}", "tax_clean": n % 2 == 0, "paid": n} for n in range(first, count)
    ]


@pytest.fixture(scope="session", params=["SM2-SM3", "Ed25519"])
def pair(request):
    """A root, and the hub's key under it."""
    root_key, key = keys.generate(request.param), keys.generate(request.param)
    root = certificates.issue_ca("Root", root_key, FROM, UNTIL, organization="示例根CA")
    leaf = certificates.issue(
        "hub", key.public, root, root_key,
        valid_from=FROM, valid_until=UNTIL, organization="示例中枢",
    )  # fmt: skip
    return SimpleNamespace(key=key, root=root, root_key=root_key, leaf=leaf, trust=Trust((root,)))


@pytest.fixture
def hub(pair, store, vault, clock):
    archive = Archive(store, vault, Keyring([UnitCertificate("hub", pair.leaf)]))
    ledger = Ledger(store, pair.key, origin="hub.test", clock=clock)
    parts = PartBooks(store, vault, clock)
    datasets = Datasets(parts, archive, ledger, pair.key)
    origin = Origin("enterprise-facts", "hub", "tax", "hub", "tax-facts", clock(), "", "ab" * 32)

    def write(rows, form=FORM, **more):
        return datasets.write(rows, form, origin, bucket="grants-2036-03", **more)

    def prove(made, place, *chain):
        """The file of one row, under the ledger as it is now."""
        ledger_place = dataset_ledger.place_of(store, made, pair.key.suite)
        return dataset_proof.make(made, place, ledger_place, chain or [pair.leaf])

    return SimpleNamespace(
        ledger=ledger, prove=prove, datasets=datasets, write=write, firms=firms, form=FORM, parts=parts, clock=clock,
        store=store, pair=pair, origin=origin, now=clock(),
    )  # fmt: skip
