"""Documents are verified when they come in, sealed while they lie, verified again when used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from crypto import keys
from exchange import document
from exchange.archive import Archive
from exchange.document import Document, Origin
from exchange.errors import Fatal, Forbidden, Rejected
from exchange.keyring import Keyring, UnitCertificate
from exchange.store import case_rows
from exchange.store.engine import Store
from exchange.vault import Vault

RECORD = {"child": {"name": "张小直"}}


@dataclass(frozen=True)
class Certificate:
    """As much of one as the keyring looks at."""

    public_key: keys.PublicKey
    valid_from: datetime
    valid_until: datetime


@pytest.fixture
def archive(store: Store, vault: Vault, signer: keys.PrivateKey, clock: Any) -> Archive:
    year = timedelta(days=365)
    known: Any = Certificate(signer.public, clock() - year, clock() + year)
    return Archive(store, vault, Keyring([UnitCertificate("hospital", known)]))


def issue(signer: keys.PrivateKey, now: datetime, **changes: Any) -> str:
    told = {
        "kind": "birth-record",
        "issuer": "hospital",
        "provider": "hospital",
        "custody": "unit",
        "source": "his",
        "as_of": now,
    }
    return document.issue(RECORD, Origin(**(told | changes)), signer, now=now)


def put(archive: Archive, store: Store, found: Document, now: datetime) -> None:
    with store.write() as connection:
        archive.put(
            connection, found, raw=b"MSH|raw", salt=b"s" * 16, bucket="newborn-2029-03", now=now
        )


def test_a_kept_document_comes_back_whole(
    archive: Archive, store: Store, signer: keys.PrivateKey, clock: Any
) -> None:
    found = archive.verify(issue(signer, clock()))
    put(archive, store, found, clock())
    assert archive.get(found.id) == found


def test_neither_the_record_nor_the_raw_answer_lies_in_clear(
    archive: Archive, store: Store, signer: keys.PrivateKey, clock: Any, tmp_path: Any
) -> None:
    put(archive, store, archive.verify(issue(signer, clock())), clock())
    store.close()
    everything = b"".join(file.read_bytes() for file in tmp_path.glob("store.db*"))
    assert b"hospital" in everything  # the search can find something
    for secret in ("张小直".encode(), b"MSH|raw", b"~WyJ"):
        assert secret not in everything


def test_who_signed_must_have_had_a_valid_certificate_then(
    archive: Archive, signer: keys.PrivateKey, clock: Any
) -> None:
    late = clock() + timedelta(days=400)
    with pytest.raises(Forbidden, match=r"certificate\.not-valid"):
        archive.verify(issue(signer, late))


def test_an_unknown_issuer_is_refused(
    archive: Archive, signer: keys.PrivateKey, other_key: keys.PrivateKey, clock: Any
) -> None:
    with pytest.raises(Forbidden, match=r"certificate\.unknown"):
        archive.verify(issue(other_key, clock()))
    with pytest.raises(Forbidden, match=r"certificate\.unknown"):
        archive.verify(issue(signer, clock(), issuer="tax", provider="tax"))


@pytest.mark.parametrize("token", ["", "a~", "a.b.c~", "e30.e30.e30~"])
def test_what_is_no_document_is_refused(archive: Archive, token: str) -> None:
    with pytest.raises(Rejected, match=r"document\.claims"):
        archive.verify(token)


def test_a_body_put_into_another_row_does_not_open(
    archive: Archive, store: Store, signer: keys.PrivateKey, clock: Any
) -> None:
    one, two = (archive.verify(issue(signer, clock())) for _ in range(2))
    put(archive, store, one, clock())
    put(archive, store, two, clock())
    with store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE document SET sealed = (SELECT sealed FROM document WHERE id = ?) WHERE id = ?",
            (one.id, two.id),
        )
    with pytest.raises(Fatal, match=r"vault\.broken"):
        archive.get(two.id)


def test_of_a_case_only_the_kinds_that_are_asked_for_are_opened(
    archive: Archive, store: Store, signer: keys.PrivateKey, clock: Any
) -> None:
    birth, form = (
        archive.verify(issue(signer, clock(), kind=kind)) for kind in ("birth-record", "form")
    )
    for found in (birth, form):
        put(archive, store, found, clock())
    with store.write() as connection:
        case_rows.add_document(connection, "c", "birth", birth.id)
        case_rows.add_document(connection, "c", "form", form.id)
        connection.exec_driver_sql("UPDATE document SET sealed = x'00' WHERE kind = 'form'")
    assert archive.of_case("c", ["birth-record"]) == [birth]
    with pytest.raises(Fatal, match=r"vault\.broken"):
        archive.of_case("c", ["birth-record", "form"])


def test_a_case_whose_document_is_gone_gives_none_whatever_is_asked_for(
    archive: Archive, store: Store
) -> None:
    with store.write() as connection:
        case_rows.add_document(connection, "c", "birth", "nothing")
    with pytest.raises(Fatal, match=r"document\.gone"):
        archive.of_case("c", ["form"])


def test_a_missing_document_is_named(archive: Archive) -> None:
    with pytest.raises(Fatal) as missing:
        archive.get("nothing")
    assert missing.value.facts == {"document": "nothing"}
