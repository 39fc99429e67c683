"""A unit's signer that has got a new key still reads what it signed with the old one (G9)."""

from __future__ import annotations

from typing import Any

import pytest

from crypto import keys
from exchange.errors import Forbidden
from exchange.store import schema
from tests.keys.key_office import QUICK, KeyOffice
from zhida import signer

pytestmark = pytest.mark.guarantee("G9")


@pytest.mark.parametrize("knows_it", [True, False])
def test_what_the_old_key_signed_is_read_by_its_former_certificate(
    office: KeyOffice, knows_it: bool
) -> None:
    home, new = office.folder / "hospital", keys.generate(office.suite)
    password = office.district.secrets["signer"].encode()
    (home / "new.key").write_bytes(new.to_pem(password, iterations=QUICK))
    (home / "new.crt").write_bytes(office.certificate("hospital", new.public).pem)
    told: dict[str, Any] = {"unit": "hospital", "system": "his", "store": "signer.sqlite"}
    told |= {"key": "new.key", "certificate": "new.crt"}
    told |= {"former_certificates": ["signer.crt"]} if knows_it else {}
    desk = signer.open_desk(home, told, password)
    schema.upgrade(desk.store)
    desk.archive.verify(office.signed(desk.signer))
    old = office.signed(office.hospital_key())
    if knows_it:
        desk.archive.verify(old)
    else:
        with pytest.raises(Forbidden, match=r"certificate\.unknown"):
            desk.archive.verify(old)
    desk.close()
