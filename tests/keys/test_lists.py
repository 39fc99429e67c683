"""The authorities' lists: taken in, believed for so long, and never exchanged for older ones (G9)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto import certificates, keys
from exchange.errors import Forbidden, NotYet
from exchange.problems import describe
from exchange.store import trust_rows
from exchange.times import SKEW
from tests.keys.conftest import both
from tests.keys.key_office import DAY, HOUR, KeyOffice
from zhida import trusted_lists
from zhida.hub import Hub
from zhida.known_decisions import KnownDecisions

pytestmark = pytest.mark.guarantee("G9")
MINUTE = timedelta(minutes=1)


def refusal(hub: Hub, token: str, kind: type[Exception] = Forbidden) -> str:
    with pytest.raises(kind) as caught:
        hub.archive.verify(token)
    what, remedy = describe(caught.value.code, caught.value.facts)  # type: ignore[attr-defined]
    assert remedy
    assert "?" not in what
    return str(caught.value.code)  # type: ignore[attr-defined]


@both
def test_what_is_revoked_is_refused_whatever_date_it_bears_and_what_came_before_stays(
    office: KeyOffice,
) -> None:
    office.want_lists()
    office.publish(office.crl())
    assert office.look() == ""
    key = office.hospital_key()
    before = office.keep(office.signed(key))
    office.now += HOUR
    office.publish(office.crl(office.hospital()))
    assert office.look() == ""
    assert refusal(office.hub, office.signed(key)) == "certificate.revoked"
    back_dated = office.signed(key, at=office.now - 2 * HOUR)
    assert refusal(office.hub, back_dated) == "certificate.revoked"
    assert office.hub.archive.get(before.id).fields == before.fields
    office.reopen()
    assert refusal(office.hub, office.signed(key)) == "certificate.revoked"
    assert office.hub.archive.get(before.id).fields == before.fields


def test_it_is_known_to_another_process_at_once(office: KeyOffice) -> None:
    office.want_lists()
    office.publish(office.crl())
    office.look()
    other = office.open_hub()
    key = office.hospital_key()
    other.archive.verify(office.signed(key))
    office.now += MINUTE
    office.publish(office.crl(office.hospital()))
    office.look()
    assert refusal(other, office.signed(key)) == "certificate.revoked"
    other.close()


@both
def test_the_source_is_off_for_seven_days_and_nothing_valid_is_refused_and_for_longer_everything(
    office: KeyOffice,
) -> None:
    office.want_lists(budget_days=7)
    office.publish(office.crl())
    assert office.look() == ""
    (office.folder / "ca.crl").unlink()
    key, first = office.hospital_key(), office.keep(office.signed(office.hospital_key()))
    for _ in range(7 * 4):
        office.now += 6 * HOUR
        assert office.look() == "cli.no-file"
        assert office.incidents() == {"crl": "revocation.source"}
        office.keep(office.signed(key))
    office.reopen()  # no restart begins the budget anew
    office.now += DAY
    office.keep(office.signed(key))
    office.now += MINUTE
    assert refusal(office.hub, office.signed(key), NotYet) == "revocation.over"
    with pytest.raises(NotYet, match=r"revocation\.over"):
        office.hub.archive.get(first.id)  # whether it was revoked before it came is not known now
    with pytest.raises(NotYet, match=r"revocation\.over"):
        office.signed(office.hub.signer, "hub")
    office.look()
    assert office.incidents() == {"crl": "revocation.source", "crl-over": "revocation.over"}
    office.publish(office.crl())
    assert office.look() == ""
    assert office.incidents() == {}
    office.keep(office.signed(key))
    assert office.hub.archive.get(first.id).fields == first.fields


def test_what_was_revoked_while_the_source_was_off_is_told_of_what_came_meanwhile(
    office: KeyOffice,
) -> None:
    office.want_lists()
    office.publish(office.crl())
    office.look()
    office.now += 2 * DAY
    kept = office.keep(office.signed(office.hospital_key()))
    office.publish(office.crl(office.hospital(), at=office.now - DAY))
    assert office.look() == ""
    with pytest.raises(Forbidden, match=r"certificate\.revoked"):
        office.hub.archive.get(kept.id)


def test_without_a_first_list_nothing_is_taken(office: KeyOffice) -> None:
    office.want_lists()
    assert refusal(office.hub, office.signed(office.hospital_key()), NotYet) == "revocation.none"
    assert office.look() == "cli.no-file"
    assert office.incidents() == {"crl-over": "revocation.none"}


def test_an_older_list_brings_no_key_back(office: KeyOffice) -> None:
    office.want_lists()
    old = office.crl()
    office.now += HOUR
    office.publish(office.crl(office.hospital()))
    assert office.look() == ""
    office.publish(old)
    assert office.look() == "revocation.older"
    assert refusal(office.hub, office.signed(office.hospital_key())) == "certificate.revoked"


@pytest.mark.parametrize("what", ["another's", "flipped", "text", "empty", "certificate"])
def test_what_is_not_this_authoritys_list_is_none(office: KeyOffice, what: str) -> None:
    office.want_lists()
    good = office.crl()
    own = keys.generate(office.suite)
    root = certificates.issue_ca(
        office.root.common_name, own, office.now - HOUR, office.now + DAY, organization="示例根CA"
    )
    dates = {"this_update": office.now, "next_update": office.now + DAY}
    flipped = bytearray(good.der)
    flipped[-3] ^= 1
    forged = {
        "another's": certificates.issue_crl(root, own, **dates).pem,
        "flipped": bytes(flipped),
        "text": b"not a list",
        "empty": b"",
        "certificate": office.root.pem,
    }
    (office.folder / "ca.crl").write_bytes(forged[what])
    assert office.look() == "revocation.not-genuine"
    assert refusal(office.hub, office.signed(office.hospital_key()), NotYet) == "revocation.none"


def test_a_list_of_the_future_or_long_overdue_is_told(office: KeyOffice) -> None:
    office.want_lists()
    ahead = office.now + SKEW + MINUTE
    office.publish(office.crl(this_update=ahead, next_update=ahead + DAY))
    assert office.look() == "revocation.future"
    office.publish(office.crl(this_update=office.now - 3 * HOUR, next_update=office.now - HOUR))
    assert office.look() == "revocation.overdue"
    office.keep(office.signed(office.hospital_key()))  # on its budget
    assert office.incidents() == {"crl": "revocation.source"}


@pytest.mark.parametrize("off", [-SKEW, SKEW])
def test_a_clock_that_is_ten_minutes_off_refuses_nothing_good_and_takes_nothing_revoked(
    office: KeyOffice, off: timedelta
) -> None:
    office.want_lists(budget_days=0)
    office.publish(office.crl(next_update=office.now + HOUR))
    other = office.open_hub(ahead=off)
    key = office.hospital_key()
    from zhida import revocation_look

    assert [each.error for each in revocation_look.look(other, every=True)] == [None]
    other.archive.verify(office.signed(key, at=office.now + off))
    other.archive.verify(office.signed(key))
    office.now += 30 * MINUTE
    office.publish(office.crl(office.hospital()))
    assert [each.error for each in revocation_look.look(other, every=True)] == [None]
    assert refusal(other, office.signed(key)) == "certificate.revoked"
    assert refusal(other, office.signed(key, at=office.now + off)) == "certificate.revoked"
    other.close()


def test_a_list_changed_in_the_store_does_not_count(office: KeyOffice) -> None:
    office.want_lists()
    office.publish(office.crl(office.hospital()))
    office.look()
    with office.hub.store.write() as connection:
        [row] = trust_rows.lists(connection)
        own = keys.generate(office.suite)
        root = certificates.issue_ca("x", own, office.now - HOUR, office.now + DAY)
        dates = {"this_update": office.now, "next_update": office.now + DAY}
        forged = certificates.issue_crl(root, own, **dates).der
        from dataclasses import replace

        trust_rows.put_list(connection, replace(row, der=forged, digest="x"))
    token = office.signed(office.hospital_key())
    assert refusal(office.hub, token) == "certificate.revoked"  # by the one that was seen before
    codes = [each.code for each in office.hub.trust.now().problems]
    assert codes == ["revocation.broken", "revocation.put-back"]
    never = office.open_hub()
    never.trust.decisions = KnownDecisions()
    assert refusal(never, token, NotYet) == "revocation.none"
    assert [each.code for each in never.trust.now().problems] == ["revocation.broken"]
    never.close()


def test_it_is_looked_at_when_it_is_due_and_sooner_after_a_failure(office: KeyOffice) -> None:
    office.want_lists(every_minutes=60)
    rules, store = office.hub.site.revocation, office.hub.store
    assert trusted_lists.is_due(rules, store, office.now)
    office.look()
    assert not trusted_lists.is_due(rules, store, office.now + 9 * MINUTE)
    assert trusted_lists.is_due(rules, store, office.now + 10 * MINUTE)
    office.publish(office.crl())
    office.look()
    assert not trusted_lists.is_due(rules, store, office.now + 59 * MINUTE)
    assert trusted_lists.is_due(rules, store, office.now + 60 * MINUTE)


def test_a_list_comes_over_http(office: KeyOffice, crl_server: Any) -> None:
    path = office.folder / "site/site.yaml"
    name = office.root.common_name
    told = f"revocation:\n  lists: [{{issuer: {name}, connection: ca, path: /ca.crl}}]\n"
    path.write_text(path.read_text("utf-8") + told, "utf-8")
    office.connections = {"ca": {"host": "127.0.0.1", "port": crl_server.port, "schema": "http"}}
    office.reopen()
    assert office.look() == "wire.status-refused"
    crl_server.body = office.crl(office.hospital()).der
    assert office.look() == ""
    assert refusal(office.hub, office.signed(office.hospital_key())) == "certificate.revoked"
    crl_server.stop()
    assert office.look() == "wire.refused"


def test_a_chain_over_an_authority_between_is_followed_and_its_own_revocation_counts(
    office: KeyOffice,
) -> None:
    own, fresh = keys.generate(office.suite), keys.generate(office.suite)
    dates = {"valid_from": office.now - HOUR, "valid_until": office.now + 99 * DAY}
    usages = ("key_cert_sign", "crl_sign")
    between = certificates.issue(
        "区 CA", own.public, office.root, office.root_key, usages=usages, path_length=0, **dates
    )
    leaf = certificates.issue("hospital", fresh.public, between, own, organization="x", **dates)
    folder = Path(office.hub.site.trust) / "intermediate"
    folder.mkdir()
    (folder / "district.crt").write_bytes(between.pem)
    (office.folder / "site/keys/hospital.crt").write_bytes(leaf.pem)
    office.want_lists()
    office.publish(office.crl())
    assert office.look() == ""
    office.keep(office.signed(fresh))
    office.publish(office.crl(between))
    assert office.look() == ""
    assert refusal(office.hub, office.signed(fresh)) == "certificate.revoked"


def test_the_recovery_gets_them_when_they_are_due(office: KeyOffice) -> None:
    from zhida import recovery
    from zhida.watch import Watch

    office.want_lists()
    office.publish(office.crl(office.hospital()))
    watch = Watch(office.hub.site, office.hub.store, office.hub.clock)
    assert watch.has_aside()
    assert recovery.ask_again(office.hub) == {"answering": 1}
    assert not watch.has_aside()
    assert refusal(office.hub, office.signed(office.hospital_key())) == "certificate.revoked"
