"""Who must renew a certificate is told thirty days before, and again seven; and is told of nothing else (G9)."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from crypto import pem
from exchange.incident import Trouble
from exchange.problems import describe
from exchange.store import incident_rows, outside_rows
from exchange.store.outside_rows import OutsideRow
from tests.keys.key_office import DAY, HOUR, START, KeyOffice
from tests.verifiers import stamping
from zhida import (
    certificate_ends,
    certificate_view,
    doctor_keys,
    incident_view,
    incidents,
    metrics_of_trust,
    outside_file,
    outside_schema,
    trust_check,
)
from zhida.alert_line import began
from zhida.certificate_ends import AT_ONCE, SOON, End
from zhida.key_book import IMPORT
from zhida.watch import Watch

pytestmark = pytest.mark.guarantee("G9")


def told(office: KeyOffice) -> dict[str, str]:
    """Who → kind of what is open, after a sweep's end."""
    incidents.settle(office.hub)
    with office.hub.store.read() as connection:
        found = incident_rows.still_open(connection)
    return {row.system: row.kind for row in found if row.kind in (SOON, AT_ONCE)}


def checked(office: KeyOffice) -> dict[str, bool]:
    rows = trust_check.check(office.hub)
    return {
        row["step"].removeprefix("有效期 "): row["ok"]
        for row in rows
        if row["step"].startswith("有效期")
    }


def end_of(office: KeyOffice) -> Any:
    return office.hospital().valid_until


def test_thirty_days_then_seven_then_renewed(office: KeyOffice) -> None:
    office.now = end_of(office) - 31 * DAY
    assert (told(office), checked(office)) == ({}, {})
    office.now += 2 * DAY
    assert {told(office)[name] for name in ("hospital", "hub")} == {SOON}
    assert checked(office)["hospital"] is True
    office.now += 23 * DAY
    assert told(office)["hospital"] == AT_ONCE
    assert (checked(office)["hospital"], checked(office)["wang"]) == (False, False)
    office.two(IMPORT, office.handed(office.certificate("hospital", office.hospital_key().public)))
    assert "hospital" not in told(office)
    assert "hub" in told(office)
    key = office.rotate()
    assert office.hub.signer.kid == key.kid
    assert "hub" not in told(office)


def test_the_line_says_what_to_do_whom_to_call_and_whether_it_can_wait(office: KeyOffice) -> None:
    office.now = end_of(office) - 20 * DAY
    incidents.settle(office.hub)
    watch = Watch(office.hub.site, office.hub.store, office.hub.clock)
    found = {each["system"]: each for each in incident_view.every(watch)}
    line = began(found["hospital"])
    assert "证书将到期" in line
    assert "zhida key import" in line
    assert "可等" in line
    assert office.hub.site.units["hospital"].title in line
    assert "zhida key rotate" in began(found["hub"])
    assert str(end_of(office).date())[:4] in line


def test_a_key_that_was_withdrawn_is_not_missed(office: KeyOffice) -> None:
    office.now = end_of(office) - 20 * DAY
    office.withdraw(office.hospital().public_key.kid)
    assert "hospital" not in told(office)


def test_an_authority_and_a_stampers_root(office: KeyOffice) -> None:
    office.now = START
    end = START + 12 * DAY
    root = stamping.replace_root(end)
    folder = office.folder / "site"
    (folder / "tsa.crt").write_bytes(pem.armor("CERTIFICATE", root.anchor))
    text = "time_stamp: {title: 示例时间戳, connection: tsa, anchor: tsa.crt}\n"
    (folder / outside_schema.FILE).write_text(text, "utf-8")
    office.reopen()
    assert told(office) == {"time-stamp": SOON}
    assert checked(office) == {"示例时间戳": True}
    office.now += 6 * DAY
    assert told(office) == {"time-stamp": AT_ONCE}
    (folder / "tsa.crt").write_bytes(b"broken")
    assert told(office) == {}  # ``zhida check`` tells that it can't be read
    office.now = office.root.valid_until - 3 * DAY
    assert told(office)[office.root.common_name] == AT_ONCE


def _stamped(office: KeyOffice, size: int, until: datetime) -> stamping.Authority:
    """A stamp whose signer's certificate ends then is kept."""
    leaf = replace(stamping.LEAF, valid_until=until)
    authority = stamping.Authority(leaf=leaf)
    seal = base64.b64encode(stamping.stamp(authority, b"head", office.now)).decode()
    at = "2026-03-02T01:00:00.000000Z"
    row = OutsideRow(outside_file.STAMPER, size, outside_rows.STAMP, "head", seal, at=at, since=at)
    with office.hub.store.write() as connection:
        outside_rows.put(connection, row)
    return authority


def test_the_certificate_that_stamps_is_known_by_its_last_stamp(office: KeyOffice) -> None:
    authority = _stamped(office, 1, START + 40 * DAY)
    folder = office.folder / "site"
    (folder / "tsa.crt").write_bytes(pem.armor("CERTIFICATE", authority.anchor))
    text = "time_stamp: {title: 示例时间戳, connection: tsa, anchor: tsa.crt}\n"
    (folder / outside_schema.FILE).write_text(text, "utf-8")
    office.reopen()
    office.now = START
    assert (told(office), _looked(office)) == ({}, ("good", []))
    office.now = START + 12 * DAY
    assert told(office) == {"time-stamp": SOON}
    assert checked(office) == {"示例时间戳": True}
    assert _looked(office) == ("note", [("stamper", 28)])
    assert _measured(office) == [28]
    office.now = START + 41 * DAY
    assert _looked(office) == ("bad", [("stamper", -1)])
    _stamped(office, 2, START + 400 * DAY)
    assert told(office) == {}
    assert _looked(office) == ("good", [])
    with office.hub.store.write() as connection:
        spoilt = replace(outside_rows.every(connection)[0], size=3, seal="no stamp")
        outside_rows.put(connection, spoilt)
    assert told(office) == {}  # ``zhida ledger verify`` tells


def _looked(office: KeyOffice) -> tuple[str, list[tuple[str, int]]]:
    """What the doctor says of it, and the page of systems."""
    [line] = [e for e in doctor_keys.trusted(office.hub) if e.title == "时间戳机构的证书"]
    watch = Watch(office.hub.site, office.hub.store, office.hub.clock)
    shown = [each for each in certificate_view.ending(watch) if each["kind"] == "stamper"]
    return line.state, [(each["kind"], each["days"]) for each in shown]


def _measured(office: KeyOffice) -> list[float]:
    """Days in the figures."""
    watch = Watch(office.hub.site, office.hub.store, office.hub.clock)
    samples = metrics_of_trust.certificates(watch)
    return [each.value for each in samples if each.labels["kind"] == "time-stamp"]


def test_a_list_is_told_in_the_last_quarter_of_its_time(office: KeyOffice) -> None:
    office.want_lists()
    office.publish(office.crl(next_update=office.now + 20 * DAY))
    office.look()
    name = office.root.common_name
    office.now += 14 * DAY
    assert name not in checked(office)
    office.now += 2 * DAY
    assert checked(office)[name] is False
    office.publish(office.crl())
    office.look()
    office.now += 12 * HOUR
    assert name not in checked(office)
    office.now += 8 * HOUR
    assert name in checked(office)


@pytest.mark.parametrize(
    "code",
    [
        certificate_ends.OWN,
        certificate_ends.UNIT,
        certificate_ends.AUTHORITY,
        certificate_ends.STAMP,
        certificate_ends.STAMP_SIGNER,
        certificate_ends.OPERATOR,
        certificate_ends.LIST,
    ],
)
def test_each_has_its_words(code: str) -> None:
    found = End("hub", code, START + timedelta(days=5)).problem(START)
    for language in ("zh", "en"):
        what, remedy = describe(found.code, found.facts, language)
        assert "5" in what
        assert remedy


def test_the_days_of_an_incident_are_those_of_its_step() -> None:
    end = End("hub", certificate_ends.OWN, START + 20 * DAY)
    early, since = end.trouble(START)
    assert (early.kind, early.facts["days"], since) == (SOON, 30, START - 10 * DAY)
    late, since = end.trouble(START + 15 * DAY)
    assert (late.kind, late.facts["days"], since) == (AT_ONCE, 7, START + 13 * DAY)
    assert isinstance(late, Trouble)
