"""A backup that is put back brings no withdrawn key back to life (G9, G12)."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crypto import keys
from exchange import audit, canonical
from exchange.backup import DUMP, MANIFEST, SIGNED, digest, is_signed
from exchange.errors import Fatal, Forbidden, Rejected
from tests.keys.key_office import KeyOffice
from zhida import backup
from zhida import restore as restoring
from zhida.cli import app
from zhida.key_book import IMPORT
from zhida.restore_lost import Place

pytestmark = [pytest.mark.guarantee("G9"), pytest.mark.guarantee("G12")]


@pytest.mark.parametrize("lost", [False, True])
def test_what_was_decided_after_the_backup_stays_decided(
    office: KeyOffice, tmp_path: Path, lost: bool
) -> None:
    old, new = office.hospital_key(), keys.generate(office.suite)
    first = office.hub.signer.kid
    kept = office.keep(office.signed(old))
    backup.make(office.hub, tmp_path / "backup")
    backup.copy_keys(office.var / "keys", tmp_path / "keys")
    office.now += timedelta(minutes=1)
    second = office.rotate().kid
    office.two(IMPORT, office.handed(office.certificate("hospital", new.public)))
    office.withdraw(old.kid)
    office.hub.close()
    if lost:
        for file in office.var.glob("store.db*"):
            file.unlink()
    place = Place(office.hub.site, office.var, office.secret, lambda: office.now)
    restoring.restore(place, tmp_path / "backup", office.order(), replace=True)
    office.hub = office.open_hub()
    found = audit.verify(office.hub.store, office.hub.trust.hub_keys(), office.hub.site.name)
    assert found.problems == []
    assert office.hub.archive.get(kept.id).fields == kept.fields
    if lost:  # nothing is left that could tell: it is withdrawn once more (docs/how-to/keys.md)
        assert office.hub.signer.kid == first
        office.withdraw(old.kid)
    else:
        assert office.hub.signer.kid == second
        office.keep(office.signed(new))
    with pytest.raises(Forbidden, match=r"key\.withdrawn"):
        office.keep(office.signed(old))


def _changed(folder: Path) -> None:
    """A row that the ledger says nothing of, and the digest made anew."""
    with closing(sqlite3.connect(folder / DUMP)) as opened, opened:
        opened.execute("INSERT INTO certificate (fingerprint, pem) VALUES ('x', 'x')")
    told = json.loads((folder / MANIFEST).read_text("utf-8"))
    told["digest"] = digest(folder / DUMP)
    (folder / MANIFEST).write_bytes(canonical.dumps(told))


def test_a_row_that_was_changed_in_the_backup_is_not_put_back(
    office: KeyOffice, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    backup.make(office.hub, folder)
    _changed(folder)
    office.hub.close()
    place = Place(office.hub.site, office.var, office.secret, lambda: office.now)
    with pytest.raises(Fatal, match=r"restore\.signature"):
        restoring.restore(place, folder, office.order(), replace=True, unsigned=True)
    (folder / SIGNED).unlink()
    with pytest.raises(Rejected, match=r"restore\.unsigned"):
        restoring.restore(place, folder, office.order(), replace=True)
    office.hub = office.open_hub()


def test_a_backup_that_nobody_signed_is_put_back_only_if_asked_and_told(
    office: KeyOffice, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    backup.make(office.hub, folder)
    (folder / SIGNED).unlink()
    office.hub.close()
    words = ["restore", str(folder), "--replace", "--reason", "磁盘损坏"]
    done = CliRunner().invoke(app, words, env=office.env("wang"))
    assert getattr(done.exception, "code", "") == "restore.unsigned"
    done = CliRunner().invoke(app, [*words, "--unsigned"], env=office.env("wang"))
    assert (done.exit_code, "备份没有签名" in done.output) == (0, True)
    office.hub = office.open_hub()


def test_a_hub_whose_certificate_has_lapsed_can_be_backed_up(
    office: KeyOffice, tmp_path: Path
) -> None:
    office.now += timedelta(days=9000)
    office.reopen()
    with pytest.raises(Forbidden, match=r"key\.lapsed"):
        office.hub.signer.sign(b"")
    backup.make(office.hub, tmp_path / "backup")
    assert is_signed(tmp_path / "backup", office.hub.trust.hub_keys())


def test_a_copy_of_the_keys_has_those_that_sign_too(office: KeyOffice, tmp_path: Path) -> None:
    key = office.new_hub_key()
    assert backup.copy_keys(office.var / "keys", tmp_path / "copy") >= 2
    assert (tmp_path / f"copy/signing/{key.kid}.key").is_file()
