"""Evidence outlives the keys: what two keys of the hub signed, and one of them was revoked later (G5, G9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from exchange import evidence_trust
from exchange.evidence_verify import Checker, verify
from exchange.ledger import Entry
from exchange.store import case_rows
from exchange.store.case_rows import CaseRow, ItemRow
from tests.keys.conftest import both
from tests.keys.key_office import HOUR, KeyOffice
from zhida import evidence_out, filing

pytestmark = [pytest.mark.guarantee("G5"), pytest.mark.guarantee("G9")]
CASE = "c" * 32


def filed(office: KeyOffice) -> Any:
    """A document of the hub's in the case, signed with the key of this moment."""
    found = office.hub.archive.verify(office.signed(office.hub.signer, "hub"))

    def write(connection: Any) -> list[Entry]:
        where = {"raw": b"", "salt": b"", "bucket": "t-2031-12", "now": office.now}
        office.hub.archive.put(connection, found, **where)
        return [filing.entry(found, CASE)]

    office.hub.ledger.commit(write)
    office.now += timedelta(seconds=1)
    return found


@both
def test_a_bundle_over_a_rotation_is_believed_and_tells_of_a_later_revocation(
    office: KeyOffice,
) -> None:
    at = "2026-01-01T00:00:00.000000Z"
    with office.hub.store.write() as connection:
        item = ItemRow(CASE, "birth", "newborn", "applied", "", "{}", "", "", "", at)
        case_rows.open_case(connection, CaseRow(CASE, "newborn", CASE, at, "", "open", ""), [item])
    opened = Entry("case-opened", CASE, CASE, {"matter": "newborn"})
    office.hub.ledger.commit(lambda _: [opened])
    [own] = office.hub.trust.certificates("hub")
    filed(office)
    office.rotate()
    filed(office)
    data = evidence_out.exporter(office.hub).export(CASE)
    trust = office.hub.site.trust

    def remarks() -> list[str]:
        checker = Checker(evidence_trust.load(trust), office.now + HOUR, "hub", "")
        return [each.code for each in verify(data, checker).remarks]

    assert "evidence.revoked-later" not in remarks()
    office.now += HOUR
    (trust / "root.crl").write_bytes(office.crl(own).pem)
    assert "evidence.revoked-later" in remarks()
