"""The hub's own key in a signature server, whose stand-in is ``openssl``: it signs digests only (G9)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from exchange import audit
from exchange.errors import Fatal, Retriable
from exchange.store import ledger_rows
from tests.keys.key_office import KeyOffice
from zhida import remote_hub_key, restore_keys, site, trust

pytestmark = pytest.mark.guarantee("G9")
SM2 = pytest.mark.parametrize("suite", ["SM2-SM3"], indirect=True)


def reference(office: KeyOffice, **changed: Any) -> Path:
    """The key moves into the server's folder, and the site has words about it."""
    server, keys = office.folder / "server", office.folder / "site/keys"
    server.mkdir(exist_ok=True)
    if (keys / "hub.key").exists():
        shutil.move(keys / "hub.key", server / "7.key")
    command = ["openssl", "pkeyutl", "-sign", "-inkey", str(server / "{key_id}.key")]
    told = {"key_id": "7", "command": [*command, "-passin", f"pass:{office.secret.decode()}"]}
    (keys / "hub.json").write_text(json.dumps(told | changed), "utf-8")
    file = office.folder / "site/site.yaml"
    file.write_text(file.read_text("utf-8").replace("keys/hub.key", "keys/hub.json"), "utf-8")
    return keys / "hub.json"


def entries(office: KeyOffice) -> int:
    with office.hub.store.read() as connection:
        return len(ledger_rows.entries(connection, 0, 1000))


@SM2
def test_documents_and_heads_are_signed_there_and_verify_as_before(office: KeyOffice) -> None:
    before = office.keep(office.signed(office.hub.signer, "hub"))
    reference(office)
    office.reopen()
    kept = office.keep(office.signed(office.hub.signer, "hub"))
    assert office.hub.archive.get(kept.id).fields == before.fields
    keys, name = office.hub.trust.hub_keys(), office.hub.site.name
    assert audit.verify(office.hub.store, keys, name).problems == []
    told = site.load(office.folder / "site")
    assert restore_keys.hub_keys(told, office.var, office.secret)[0] == keys[0]


@SM2
def test_a_server_that_is_away_stops_the_work_and_keeps_it_whole(office: KeyOffice) -> None:
    reference(office)
    office.reopen()
    token = office.signed(office.hub.signer, "hub")
    shutil.move(office.folder / "server/7.key", office.folder / "server/8.key")
    size = entries(office)
    with pytest.raises(Retriable, match=r"signer\.server-away"):
        office.keep(token)
    assert entries(office) == size
    shutil.move(office.folder / "server/8.key", office.folder / "server/7.key")
    office.keep(token)
    assert entries(office) == size + 1


@SM2
def test_a_server_with_another_key_signs_nothing(office: KeyOffice) -> None:
    reference(office)
    other = office.folder / "server/other.key"
    from crypto import keys

    other.write_bytes(keys.generate("SM2-SM3").to_pem(office.secret, iterations=1000))
    reference(office, key_id="other")
    office.reopen()
    with pytest.raises(Fatal, match=r"signer\.server-wrong"):
        office.signed(office.hub.signer, "hub")


def test_ed25519_signs_no_digests(office: KeyOffice) -> None:
    reference(office)
    told = site.load(office.folder / "site")
    with pytest.raises(Fatal, match=r"signer\.server-suite"):
        trust.private_key(told, office.secret)


@SM2
def test_words_that_are_not_right_are_told(office: KeyOffice) -> None:
    file = reference(office)
    certificate = office.folder / "site/keys/hub.crt"
    for spoilt in ("{", "[]", '{"key_id":"7"}', '{"command":["x"],"key_id":"7","pin":"1"}'):
        file.write_text(spoilt, "utf-8")
        with pytest.raises(Fatal, match=r"site\.bad-key"):
            remote_hub_key.load(file, certificate, b"")
    with pytest.raises(Fatal, match=r"site\.no-key"):
        remote_hub_key.load(file.with_name("none.json"), certificate, b"")
