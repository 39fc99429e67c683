"""Export: everything that proves the case, and no field that its receiver did not get."""

import base64
import json
import re
from datetime import timedelta

import pytest

from crypto import sd_jwt
from exchange.errors import Fatal, Invalid, Rejected
from exchange.evidence_verify import verify
from exchange.evidence_zip import unpack
from exchange.keyring import Keyring
from exchange.problems import describe
from exchange.store import delivery_rows, ledger_rows


def everything(data):
    """All of a bundle, with every base64url run decoded at each offset: what a reader could find."""
    text = data.decode("latin-1")
    runs = [run[at:] for run in re.findall(r"[A-Za-z0-9_-]{8,}", text) for at in range(4)]
    decoded = [base64.urlsafe_b64decode(run[: len(run) // 4 * 4]) for run in runs]
    return data + b"\n".join(decoded)


def test_the_same_store_gives_the_same_bytes_but_for_date_and_seal(sm2):
    first, second = (unpack(sm2.exporter().export(sm2.case)) for _ in range(2))
    changed = {name for name in first if first[name] != second[name]}
    assert first.keys() == second.keys()
    assert changed == {"manifest.json", "manifest.jws"}


def test_it_holds_every_entry_of_the_case_as_it_was_hashed(world):
    members = unpack(world.bundle)
    with world.store.read() as connection:
        rows = ledger_rows.entries_of_case(connection, world.case)
    entries = {n: b for n, b in members.items() if n.startswith("ledger/entries/")}
    assert entries == {f"ledger/entries/{r.seq:012d}.json": r.body for r in rows}


def test_what_is_presented_is_what_the_transfer_rows_permit(world):
    members = unpack(world.bundle)
    with world.store.read() as connection:
        rows = delivery_rows.transfers(connection, world.case)
    assert {f"transfers/{row.id}.sd-jwt" for row in rows} == {
        name for name in members if name.startswith("transfers/")
    }
    for row in rows:
        shown = sd_jwt.peek(members[f"transfers/{row.id}.sd-jwt"].decode())
        assert sorted(shown.fields) == json.loads(row.disclosed)
        assert shown.always["jti"] == row.document


CANARIES = {
    "police": {"seen": ["张小直", "320117199602140026", "王小直二"], "unseen": ["X320117001"]},
    "hospital": {"seen": ["X320117001"], "unseen": ["张小直", "王小直二", "320117199602140026"]},
}


@pytest.mark.parametrize("unit", CANARIES)
def test_a_receivers_bundle_holds_what_it_received_and_no_more(world, unit):
    text = everything(world.exporter().export(world.case, unit=unit))
    for value in CANARIES[unit]["seen"]:
        assert value.encode() in text or json.dumps(value)[1:-1].encode() in text
    for value in [*CANARIES[unit]["unseen"], "王知达", "19900000001"]:
        assert value.encode() not in text
        assert json.dumps(value)[1:-1].encode() not in text


def test_a_case_whole_holds_nothing_that_nobody_received(world):
    text = everything(world.bundle)
    for value in ("王知达", "19900000001"):
        assert value.encode() not in text
        assert json.dumps(value)[1:-1].encode() not in text


def test_anchors_are_never_in_it(world):
    members = unpack(world.bundle)
    assert world.root[0].pem not in members.values()
    assert world.middle[0].pem in members.values()


def test_a_unit_that_received_nothing_has_no_evidence(sm2):
    with pytest.raises(Rejected, match=r"evidence\.nothing-received"):
        sm2.exporter().export(sm2.case, unit="bank")


def test_there_is_no_evidence_of_no_case(sm2):
    with pytest.raises(Fatal, match=r"evidence\.no-case"):
        sm2.exporter().export("0" * 32)


def test_without_the_signers_certificate_nothing_is_exported(sm2):
    with pytest.raises(Invalid, match=r"evidence\.no-certificate"):
        sm2.exporter(keyring=Keyring([])).export(sm2.case)


def test_a_head_of_another_ledger_is_no_older_head(sm2, make_world):
    stranger = make_world("SM2-SM3")
    with pytest.raises(Rejected, match=r"evidence\.other-ledger"):
        sm2.exporter().export(sm2.case, older=stranger.head())
    with pytest.raises(Invalid):
        sm2.exporter().export(sm2.case, older="no token")


def test_an_open_case_is_evidence_of_what_has_happened_so_far(make_world):
    world = make_world()
    token = world.issue_document({"name": "张小直"}, "birth-declaration", "window")
    case = world.open(token)
    checked = verify(world.exporter().export(case), world.checker())
    assert [event.kind for event in checked.events] == ["document", "case-opened"]


def test_a_receipt_of_what_another_case_sent_is_told(make_world):
    world = make_world()
    world.receive(world.other, effect="f" * 32)
    checked = verify(world.exporter().export(world.other), world.checker())
    assert "evidence.sent-elsewhere" in {remark.code for remark in checked.remarks}


def test_evidence_outlives_the_hubs_key(make_world, kit):
    """The hub takes a new key: new heads and seals are the new one's, old documents stand."""
    from crypto import keys
    from exchange.keyring import UnitCertificate

    world = make_world()
    fresh = keys.generate(world.suite)
    certificate = kit.issue("hub", fresh.public, world.root)
    known = [UnitCertificate("hub", certificate)]
    known += [UnitCertificate(u, c) for u, c in world.certificates.items()]
    exporter = world.exporter(signer=fresh, keyring=Keyring(known))
    checked = verify(exporter.export(world.case), world.checker())
    assert checked.hub.serial == certificate.serial
    assert checked.documents[0].signature.serial == world.certificates["hub"].serial


def test_a_case_across_a_clock_that_was_put_back_is_not_given_away(make_world):
    """No verifier would believe it: it can't tell a wrong clock from a date of before."""
    world = make_world()
    world.clock.now += timedelta(hours=2)
    world.receive(world.case)
    world.clock.now -= timedelta(hours=2)
    world.exporter().export(world.case)
    world.receive(world.case)
    with pytest.raises(Rejected) as found:
        world.exporter().export(world.case)
    assert found.value.code == "evidence.clock-back"
    assert "?" not in "".join(describe(found.value.code, found.value.facts))
    with world.store.read() as connection:
        notes = [each.id for each in delivery_rows.transfers(connection, world.case)]
    world.exporter().export(world.case, transfer=notes[0])
