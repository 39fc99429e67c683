"""What the doctor says of keys, certificates and lists of the revoked, as each gets old."""

from __future__ import annotations

from datetime import timedelta

from tests.keys.key_office import DAY, KeyOffice
from zhida import doctor_keys


def looked(office: KeyOffice) -> dict[str, tuple[str, str]]:
    lines = [*doctor_keys.look(office.hub), *doctor_keys.trusted(office.hub)]
    return {line.title: (line.state, line.code) for line in lines}


def test_an_office_that_is_well(office: KeyOffice) -> None:
    told = looked(office)
    assert {state for state, _ in told.values()} == {"good", "open"}
    assert told["吊销列表"] == ("open", "")


def test_certificates_end_in_their_time(office: KeyOffice) -> None:
    until = min(each.certificate.valid_until for each in office.hub.trust.now().units)
    office.now = until - timedelta(days=29)
    told = looked(office)
    assert told["单位的证书"] == ("note", "doctor.certificate-soon")
    office.now = until + DAY
    told = looked(office)
    assert told["单位的证书"] == ("bad", "doctor.certificate-over")
    assert told["正在签名的密钥"] == ("bad", "key.lapsed")


def test_an_old_certificate_beside_a_new_one_is_no_matter(office: KeyOffice) -> None:
    office.new_hub_key(end=4000 * DAY)
    first = office.hub.trust.now().units[0].certificate
    office.now = first.valid_until - DAY
    lines = [line.what for line in doctor_keys.look(office.hub) if line.title == "单位的证书"]
    assert not [each for each in lines if each.startswith("hub ")]


def test_lists_of_the_revoked_get_old(office: KeyOffice) -> None:
    office.want_lists()
    title = f"吊销列表 {office.root.common_name}"
    assert looked(office)[title] == ("bad", "revocation.none")
    office.publish(office.crl())
    assert office.look() == ""
    assert looked(office)[title] == ("good", "")
    watched = next(iter(office.hub.trust.now().revocations.watched.values()))
    assert watched.crl is not None
    assert watched.until is not None
    office.now = watched.crl.next_update + timedelta(minutes=1)
    assert looked(office)[title] == ("note", "doctor.crl-old")
    office.now = watched.until + timedelta(minutes=1)
    assert looked(office)[title] == ("bad", "revocation.over")


def test_a_look_up_key_under_another_password_is_told(office: KeyOffice) -> None:
    office.secret = b"another password than before"
    file = office.folder / "site/keys/hub.key"
    from crypto import keys

    key = keys.load_private(file.read_bytes(), office.district.env["ZHIDA_KEY_PASSWORD"].encode())
    file.write_bytes(key.to_pem(office.secret, iterations=1000))
    office.reopen()
    assert looked(office)["检索密钥"] == ("bad", "vault.wrong-secret")
