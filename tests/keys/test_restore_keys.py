"""A backup that is put back brings no withdrawn key back to life (G9, G12)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from crypto import keys
from exchange import audit
from exchange.errors import Forbidden
from tests.keys.key_office import KeyOffice
from zhida import backup
from zhida import restore as restoring
from zhida.key_book import IMPORT
from zhida.restore import Place

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
    restoring.restore(place, tmp_path / "backup", replace=True)
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


def test_a_copy_of_the_keys_has_those_that_sign_too(office: KeyOffice, tmp_path: Path) -> None:
    key = office.new_hub_key()
    assert backup.copy_keys(office.var / "keys", tmp_path / "copy") >= 2
    assert (tmp_path / f"copy/signing/{key.kid}.key").is_file()
