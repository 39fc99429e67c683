"""What a unit has signed itself is kept as it was signed: every row, its salt and its head, or nothing."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from crypto import certificates, keys
from exchange import dataset_file, dataset_taking
from exchange.archive import Archive
from exchange.datasets import require
from exchange.errors import Forbidden, Rejected
from exchange.keyring import Keyring, UnitCertificate
from exchange.store import part_rows


@pytest.fixture(params=["Ed25519", "SM2-SM3"])
def tax(hub, request) -> SimpleNamespace:
    """A unit with a key of its own, of either suite; and the hub's books, which know its certificate."""
    pair, key = hub.pair, keys.generate(request.param)
    root_key = keys.generate(request.param)
    dates = {"valid_from": pair.root.valid_from, "valid_until": pair.root.valid_until}
    root = certificates.issue_ca("Tax Root", root_key, *dates.values(), organization="示例")
    leaf = certificates.issue("tax", key.public, root, root_key, organization="示例税务", **dates)
    archive = Archive(
        hub.store, hub.parts.vault, Keyring([UnitCertificate("hub", pair.leaf), UnitCertificate("tax", leaf)])
    )  # fmt: skip
    books = replace(hub.datasets, archive=archive)
    origin = replace(hub.origin, issuer="tax", custody="unit")
    theirs = replace(books, signer=key)

    def signed(count: int) -> bytes:
        """Made in books of its own, which are gone afterwards."""
        made = theirs.write(hub.firms(count), hub.form, origin, bucket="signer")
        rows = [row for part in theirs.parts_of(made) for row in part]
        raw = b"".join(dataset_file.written(made.document.token, rows))
        with hub.store.write() as connection:
            for table in ("dataset", "document"):
                connection.exec_driver_sql(f"DELETE FROM {table} WHERE id = '{made.id}'")
            part_rows.drop(connection, made.id)
        return raw

    return SimpleNamespace(books=books, signed=signed, root=root, leaf=leaf)


def take(tax, raw: bytes):
    return dataset_taking.take(tax.books, raw, bucket="grants-2036-03", also=lambda *_: [])


@pytest.mark.parametrize("count", [0, 1, 9, 4100])
def test_it_is_kept_row_by_row(hub, tax, count: int) -> None:
    made = take(tax, tax.signed(count))
    assert list(tax.books.rows(made)) == hub.firms(count)
    origin = made.document.origin
    assert (origin.issuer, origin.provider, origin.custody) == ("tax", "tax", "unit")
    assert tax.books.get(made.id) == made


def test_one_row_is_found_and_proved_under_the_unit_s_own_head(hub, tax) -> None:
    made = take(tax, tax.signed(9))
    place = require(tax.books.find(made, ("FIRM000005",)), made.id)
    assert place.salted.record == hub.firms(9)[5]


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b'"paid":5', b'"paid":6'),
        lambda raw: raw[: raw.rindex(b"\n", 0, -1) + 1],
    ],
)
def test_rows_that_are_not_the_head_s_are_not_taken_and_leave_nothing(hub, tax, change) -> None:
    raw = change(tax.signed(9))
    with pytest.raises(Rejected, match=r"dataset\.other-rows"):
        take(tax, raw)
    made = dataset_taking.opened(tax.books, raw)
    assert hub.parts.digests(made.id, "rows") == []


def test_the_same_list_again_changes_nothing(hub, tax) -> None:
    raw = tax.signed(9)
    made = take(tax, raw)
    with pytest.raises(Rejected, match=r"dataset\.known"):
        take(tax, raw)
    assert list(tax.books.rows(made)) == hub.firms(9)


def test_a_head_that_nobody_we_know_has_signed_is_refused(hub, tax) -> None:
    raw = tax.signed(3)
    stranger = replace(tax.books, archive=hub.datasets.archive)
    with pytest.raises(Forbidden, match=r"certificate\.unknown"):
        dataset_taking.take(stranger, raw, bucket="x", also=lambda *_: [])
