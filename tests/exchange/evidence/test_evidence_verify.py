"""True evidence verifies; whatever was changed, by whomever, does not, and says why."""

import json
import random
from datetime import timedelta

import pytest

from crypto import base64url, certificates, jws, keys, sd_jwt
from exchange import canonical, document
from exchange.errors import ZhidaError
from exchange.evidence_result import exit_code
from exchange.evidence_verify import verify
from exchange.evidence_zip import pack, unpack

pytestmark = pytest.mark.guarantee("G5")


def refusal(data, checker):
    """Code and exit code of the refusal; a bundle that is accepted fails the test."""
    with pytest.raises(ZhidaError) as told:
        verify(data, checker)
    return told.value.code, exit_code(told.value)


# --- true evidence ------------------------------------------------------------------------------


def test_a_true_bundle_verifies_and_tells_the_whole_case(world):
    checked = verify(world.bundle, world.checker())
    assert (checked.case, checked.matter, checked.scope) == (world.case, "newborn", "case")
    assert (checked.hub.unit, checked.hub.organization) == ("hub", "示例hub")
    assert [(d.kind, d.custody, d.signature.unit) for d in checked.documents] == [
        ("birth-declaration", "hub", "hub"),
        ("birth-record", "unit", "hospital"),
    ]
    assert [(t.kind, t.provider, t.receiver, t.disclosed) for t in checked.transfers] == [
        ("query", "window", "hospital", ["/certificate/number"]),
        ("transfer", "hospital", "police",
         ["/child/sex", "/child/weight_g", "/mother/id_number", "/mother/name"]),
        ("transfer", "window", "police", ["/child/name"]),
    ]  # fmt: skip
    assert checked.transfers[1].withheld == ["/certificate/number", "/father/name"]
    assert checked.transfers[1].fields["/mother/name"] == "张小直"
    assert [event.kind for event in checked.events][-3:] == ["receipt", "refusal", "case-closed"]


def test_a_units_bundle_holds_what_it_received_and_nothing_else(world):
    checked = verify(world.unit_bundle, world.checker())
    assert (checked.scope, checked.unit) == ("unit", "police")
    assert {t.receiver for t in checked.transfers} == {"police"}
    assert {e.kind for e in checked.events} == {"document", "transfer", "receipt"}


def test_a_bundle_verifies_years_later_and_says_that_certificates_have_ended(world, kit):
    checked = verify(world.bundle, world.checker(at=kit.UNTIL + timedelta(days=3650)))
    assert "evidence.expired-since" in {remark.code for remark in checked.remarks}


def test_the_json_form_holds_values_only_if_asked_for(sm2):
    checked = verify(sm2.bundle, sm2.checker())
    assert "张小直" not in json.dumps(checked.to_json(), ensure_ascii=False)
    assert "张小直" in json.dumps(checked.to_json(values=True), ensure_ascii=False)


# --- changed bytes --------------------------------------------------------------------------


def test_a_changed_byte_anywhere_fails(world):
    """Every byte of the container's structure near its members, and seeded ones in all of it."""
    seeded = random.Random(2026)
    data = world.bundle
    places = {seeded.randrange(len(data)) for _ in range(400)}
    places |= {data.index(body) + len(body) // 2 for body in unpack(data).values()}
    places |= set(range(40)) | {len(data) - 1 - i for i in range(90)}
    for place in sorted(places):
        changed = bytearray(data)
        changed[place] ^= 1 << seeded.randrange(8)
        _, code = refusal(bytes(changed), world.checker())
        assert code in (2, 4), place


def test_a_changed_byte_in_each_member_fails_though_the_zip_is_made_anew(world):
    members, seeded = unpack(world.bundle), random.Random(7)
    for name, body in members.items():
        for place in [0, len(body) - 1, *(seeded.randrange(len(body)) for _ in range(3))]:
            changed = bytearray(body)
            changed[place] ^= 1 << seeded.randrange(7)
            told, code = refusal(pack(members | {name: bytes(changed)}), world.checker())
            assert code in (2, 4), (name, place)
            if not name.startswith("manifest"):
                assert told == "evidence.member-changed"


def test_a_changed_byte_in_each_member_fails_though_all_digests_are_made_anew(world, forge):
    """Even who can seal as the hub can't change what others signed or what the ledger holds."""
    seeded = random.Random(11)
    for name in [n for n in unpack(world.bundle) if not n.startswith("manifest")]:
        forger = forge(world, world.bundle)
        changed = bytearray(forger.members[name])
        changed[seeded.randrange(len(changed))] ^= 1 << seeded.randrange(7)
        forger.members[name] = bytes(changed)
        _, code = refusal(forger.seal(), world.checker())
        assert code in (2, 4), name


def test_every_truncation_and_every_addition_at_the_ends_fails(sm2):
    data = sm2.bundle
    for size in [0, 1, 21, 22, 100, len(data) // 2, len(data) - 1]:
        assert refusal(data[:size], sm2.checker())[1] == 4
    for changed in (data + b"\0", b"\0" + data, data + data):
        assert refusal(changed, sm2.checker()) == ("evidence.container", 4)


# --- members dropped, swapped, added ------------------------------------------------------------


def test_a_dropped_member_fails(sm2):
    members = unpack(sm2.bundle)
    for name in members:
        _, code = refusal(pack({n: b for n, b in members.items() if n != name}), sm2.checker())
        assert code in (2, 4), name


def test_dropping_a_member_and_its_line_in_the_manifest_breaks_the_seal(sm2):
    members = unpack(sm2.bundle)
    told = json.loads(members["manifest.json"])
    name = next(n for n in members if n.startswith("ledger/entries/"))
    del members[name], told["members"][name]
    members["manifest.json"] = canonical.dumps(told)
    assert refusal(pack(members), sm2.checker()) == ("evidence.signature", 2)


def test_swapped_members_fail(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    first, second = forger.names("transfers/")[:2]
    members = forger.members
    members[first], members[second] = members[second], members[first]
    assert refusal(pack(members), sm2.checker())[1] == 2
    assert refusal(forger.seal(), sm2.checker())[1] == 2


def test_an_added_member_fails(sm2, forge):
    members = unpack(sm2.bundle)
    assert refusal(pack(members | {"note.txt": b""}), sm2.checker()) == (
        "evidence.member-unknown", 4,
    )  # fmt: skip
    extra = "transfers/" + "0" * 32 + ".sd-jwt"
    known = members[forge(sm2, sm2.bundle).names("transfers/")[0]]
    assert refusal(pack(members | {extra: known}), sm2.checker()) == ("evidence.member-added", 2)
    forger = forge(sm2, sm2.bundle)
    forger.members[extra] = known
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.transfers-differ", 2)


def test_a_member_of_another_case_fails(sm2, forge):
    forger, other = forge(sm2, sm2.bundle), unpack(sm2.exporter().export(sm2.other))
    name = next(n for n in other if n.startswith("documents/"))
    forger.members[name] = other[name]
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.documents-differ", 2)


def test_an_entry_of_another_case_fails_though_it_is_in_the_ledger(sm2, forge):
    forger, other = forge(sm2, sm2.bundle), unpack(sm2.exporter().export(sm2.other))
    name = max(n for n in other if n.startswith("ledger/entries/"))
    forger.members[name] = other[name]
    proofs = [json.loads(m["ledger/proofs.json"])["paths"] for m in (forger.members, other)]
    seq = str(int(name[-17:-5]))
    paths = proofs[0] | {seq: proofs[1][seq]}
    forger.members["ledger/proofs.json"] = canonical.dumps({"paths": paths})
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.other-case", 2)


def test_a_certificate_that_nobody_signed_with_fails(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    forger.add_certificate(sm2.certificates["bank"])
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.member-unused", 4)


def test_a_root_inside_the_bundle_fails(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    forger.add_certificate(sm2.root[0])
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.certificate", 4)


# --- disclosures and notes ----------------------------------------------------------------------


def test_a_disclosure_moved_from_another_document_of_the_case_fails(world, forge):
    forger = forge(world, world.bundle)
    names = {forger.entry("transfer", i)[1]["ref"]: i for i in (0, 1)}
    first, second = (f"transfers/{ref}.sd-jwt" for ref in names)
    moved = forger.members[first].split(b"~")[1]
    forger.members[second] += moved + b"~"
    assert refusal(forger.seal(), world.checker()) == ("evidence.document", 2)


def test_one_more_field_of_the_same_document_fails(world, forge):
    """The signature still verifies, but the note does not name it."""
    forger = forge(world, world.bundle)
    _, note = forger.entry("transfer", 0)
    whole = world.archive.get(note["document"])
    more = sd_jwt.disclose(whole.token, [*note["disclosed"], "/father/name"])
    forger.members[f"transfers/{note['ref']}.sd-jwt"] = more.encode()
    assert refusal(forger.seal(), world.checker()) == ("evidence.note-disclosed", 2)


def test_one_field_less_fails(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    _, note = forger.entry("transfer", 0)
    name = f"transfers/{note['ref']}.sd-jwt"
    forger.members[name] = sd_jwt.disclose(
        forger.members[name].decode(), note["disclosed"][:-1]
    ).encode()
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.note-disclosed", 2)


def test_a_document_that_discloses_by_itself_fails(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    _, note = forger.entry("transfer", 0)
    shown = forger.members[f"transfers/{note['ref']}.sd-jwt"]
    forger.members[f"documents/{note['document_digest']}.sd-jwt"] = shown
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.disclosed-more", 2)


def test_a_changed_note_with_all_digests_made_anew_is_not_in_the_ledger(world, forge):
    forger = forge(world, world.bundle)
    _, note = forger.entry("transfer", 0)
    forger.change_entry("transfer", 0, disclosed=note["disclosed"][:-1])
    assert refusal(forger.seal(), world.checker()) == ("evidence.not-in-ledger", 2)


CHANGES = {
    "disclosed-less": ("transfer", {"disclosed": ["/child/sex"]}, "evidence.note-disclosed"),
    "withheld-overlap": ("transfer", {"withheld": ["/child/sex"]}, "evidence.note-withheld"),
    "withheld-more": ("transfer", {"withheld": ["/a", "/b", "/c"]}, "evidence.note-withheld"),
    "unsorted": ("transfer", {"withheld": ["/z", "/a"]}, "evidence.entry"),
    "other-document": ("transfer", {"document": "0" * 32}, "evidence.note-document"),
    "other-digest": ("transfer", {"document_digest": "0" * 64}, "evidence.transfer-document"),
    "other-provider": ("transfer", {"provider": "bank"}, "evidence.note-document"),
    "no-agreement": ("transfer", {"agreement": ""}, "evidence.note-agreement"),
    "other-transfer": ("transfer", {"ref": "0" * 32}, "evidence.transfers-differ"),
    "an-asking-effect": ("query", {"effect": "e" * 32}, "evidence.entry"),
    "no-matter": ("case-opened", {"matter": 1}, "evidence.entry"),
    "an-unknown-word": ("transfer", {"extra": "x"}, "evidence.entry"),
    "a-number": ("transfer", {"item": 1}, "evidence.entry"),
    "other-case": ("refusal", {"case": "0" * 32}, "evidence.other-case"),
    "custody": ("document", {"custody": "unit"}, "evidence.document-entry"),
    "kind": ("document", {"document_kind": "x"}, "evidence.document-entry"),
    "other-matter": ("case-opened", {"matter": "grants"}, "evidence.opening"),
    "result": ("receipt", {"what": "perhaps"}, "evidence.receipt"),
    "future": ("case-closed", {"at": "2027-03-02T01:00:00.000000Z"}, "evidence.dates"),
    "past": ("case-closed", {"at": "2026-03-02T00:00:00.000000Z"}, "evidence.dates"),
    "end-of-days": ("case-closed", {"at": "9999-12-31T23:59:59.999999Z"}, "evidence.time"),
    "no-time": ("case-closed", {"at": "yesterday"}, "evidence.time"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_even_the_hub_cannot_tell_what_the_documents_contradict(sm2, forge, name):
    """The whole ledger written again with the hub's own key: the parts must still agree."""
    kind, changes, code = CHANGES[name]
    forger = forge(sm2, sm2.bundle)
    forger.change_entry(kind, 0, **changes)
    assert refusal(forger.relog().seal(), sm2.checker())[0] == code


def test_the_forgers_ledger_is_right_when_nothing_was_changed(world, forge):
    """Else the tests around it would show nothing."""
    assert verify(forge(world, world.bundle).relog().seal(), world.checker()).case == world.case


def test_a_receipt_before_its_sending_fails(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    (first, sent), (second, received) = forger.entry("transfer", 0), forger.entry("receipt")
    forger.members[first] = canonical.dumps(received)
    forger.members[second] = canonical.dumps(sent)
    assert refusal(forger.relog().seal(), sm2.checker()) == ("evidence.order", 2)


def test_a_note_before_its_document_fails(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    (first, kept), (second, sent) = forger.entry("document", 1), forger.entry("transfer", 0)
    forger.members[first] = canonical.dumps(sent | {"at": kept["at"]})
    forger.members[second] = canonical.dumps(kept | {"at": sent["at"]})
    assert refusal(forger.relog().seal(), sm2.checker()) == ("evidence.order", 2)


def test_another_document_of_the_same_issuer_with_the_same_fields_fails(sm2, forge):
    """Signed by the hub, right names: but not the document that the note is about."""
    forger = forge(sm2, sm2.bundle)
    _, note = forger.entry("transfer", 1)
    other = sm2.issue_document({"child": {"name": "李小直"}, "a": 1, "b": 2, "c": 3, "d": 4},
                               "birth-declaration", "window", now=sm2.clock())  # fmt: skip
    shown = sd_jwt.disclose(other, note["disclosed"]).encode()
    forger.members[f"transfers/{note['ref']}.sd-jwt"] = shown
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.transfer-document", 2)


def add_from(forger, whole, kind, place=0):
    name, told = whole.entry(kind, place)
    forger.members[name] = whole.members[name]
    return told


def test_a_units_bundle_with_a_note_to_somebody_else_fails(sm2, forge):
    forger = forge(sm2, sm2.unit_bundle)
    forger.change_entry("transfer", 0, receiver="bank")
    assert refusal(forger.relog().seal(), sm2.checker()) == ("evidence.not-the-units", 2)


def test_a_units_bundle_with_a_document_that_it_did_not_receive_fails(sm2, forge):
    forger = forge(sm2, sm2.exporter().export(sm2.case, unit="hospital"))
    whole = forge(sm2, sm2.bundle)
    kept = add_from(forger, whole, "document", 1)
    name = f"documents/{kept['digest']}.sd-jwt"
    forger.members[name] = whole.members[name]
    for certificate in (sm2.certificates["hospital"], sm2.middle[0]):
        forger.add_certificate(certificate)
    assert refusal(forger.relog().seal(), sm2.checker()) == ("evidence.not-the-units", 2)


def test_a_units_bundle_with_a_statement_about_the_case_fails(sm2, forge):
    forger = forge(sm2, sm2.unit_bundle)
    add_from(forger, forge(sm2, sm2.bundle), "refusal")
    assert refusal(forger.relog().seal(), sm2.checker()) == ("evidence.not-the-units", 2)


def test_a_units_bundle_with_anothers_transfer_fails(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    data = forger.seal(scope="unit", unit="police")
    assert refusal(data, sm2.checker())[0] == "evidence.not-the-units"


# --- signatures ---------------------------------------------------------------------------------


def resign_document(forger, key, **claims):
    """The hospital's document once more, with other claims or another key; entries follow."""
    _, kept = forger.entry("document", 1)
    name = f"documents/{kept['digest']}.sd-jwt"
    header, payload, *_ = jws.decode(forger.members[name].decode().rstrip("~"))
    told = json.loads(payload) | claims
    token = jws.sign(canonical.dumps(told), key, {"typ": header["typ"]})
    digest = document.digest(token)
    del forger.members[name]
    forger.members[f"documents/{digest}.sd-jwt"] = f"{token}~".encode()
    _, note = forger.entry("transfer", 0)
    member = f"transfers/{note['ref']}.sd-jwt"
    shown = forger.members[member].decode().split("~", 1)[1]
    forger.members[member] = f"{token}~{shown}".encode()
    shared = {k: v for k, v in claims.items() if k in kept}
    forger.change_entry("document", 1, digest=digest, **shared)
    provider = {"provider": claims["provider"]} if "provider" in claims else {}
    forger.change_entry("transfer", 0, document_digest=digest, **provider)
    return forger.relog()


def drop_certificate(forger, certificate):
    name = next(n for n, body in forger.members.items() if body == certificate.pem)
    del forger.members[name]


def test_a_document_signed_by_another_trusted_unit_fails(world, forge):
    """The bank's certificate is good, but the document says that it is the hospital's."""
    forger = forge(world, world.bundle)
    drop_certificate(forger, world.certificates["hospital"])
    forger.add_certificate(world.certificates["bank"])
    data = resign_document(forger, world.keys["bank"]).seal()
    assert refusal(data, world.checker()) == ("evidence.no-certificate", 2)


def test_a_unit_cannot_sign_for_another_under_its_own_name(world, forge):
    forger = forge(world, world.bundle)
    drop_certificate(forger, world.certificates["hospital"])
    forger.add_certificate(world.certificates["bank"])
    data = resign_document(forger, world.keys["bank"], iss="bank").seal()
    assert refusal(data, world.checker()) == ("evidence.document", 2)


def test_a_unit_cannot_pass_its_word_off_as_read_by_the_hub(world, forge):
    forger = forge(world, world.bundle)
    data = resign_document(forger, world.keys["hospital"], custody="hub", provider="police").seal()
    assert refusal(data, world.checker()) == ("evidence.custody", 2)


def test_the_hub_cannot_pass_its_reading_off_as_the_units_word(world, forge):
    forger = forge(world, world.bundle)
    drop_certificate(forger, world.certificates["hospital"])
    data = resign_document(forger, world.keys["hub"], iss="hub").seal()
    assert refusal(data, world.checker()) == ("evidence.document", 2)


def test_a_bundle_sealed_by_another_trusted_unit_fails(world, forge):
    forger = forge(world, world.bundle, world.keys["bank"])
    forger.add_certificate(world.certificates["bank"])
    assert refusal(forger.seal(), world.checker()) == ("evidence.no-certificate", 2)


def test_a_trusted_unit_cannot_play_the_hub(world, forge):
    forger = forge(world, world.bundle, world.keys["bank"])
    forger.add_certificate(world.certificates["bank"])
    data = forger.relog().seal(hub="bank", organization="示例bank")
    assert refusal(data, world.checker()) == ("evidence.other-hub", 2)


def test_another_organisation_with_the_hubs_name_fails(world, forge, kit):
    key = keys.generate(world.suite)
    other = kit.issue("hub", key.public, world.root, organization="别的机构")
    forger = forge(world, world.bundle, key)
    forger.add_certificate(other)
    assert refusal(forger.seal(), world.checker()) == ("evidence.other-organization", 2)


def test_a_head_signed_by_another_trusted_unit_fails(world, forge):
    forger = forge(world, world.bundle, world.keys["bank"])
    forger.add_certificate(world.certificates["bank"])
    forger.relog().key = world.keys["hub"]
    assert refusal(forger.seal(), world.checker()) == ("evidence.no-certificate", 2)


def test_a_head_by_a_hub_of_another_organisation_fails(world, forge, kit):
    key = keys.generate(world.suite)
    forger = forge(world, world.bundle, key)
    other = kit.issue("hub", key.public, world.root, organization="别的机构")
    forger.add_certificate(other)
    forger.relog().key = world.keys["hub"]
    assert refusal(forger.seal(), world.checker()) == ("evidence.other-organization", 2)


def test_a_head_of_another_ledger_fails(world, forge):
    data = forge(world, world.bundle).relog(origin="hub.other").seal()
    assert refusal(data, world.checker()) == ("evidence.other-ledger", 2)


def test_a_token_of_another_type_is_no_head_and_no_seal(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    payload = jws.decode(forger.members["ledger/head.jws"].decode())[1]
    forger.members["ledger/head.jws"] = forger.sign(payload, "zhida+sd-jwt")
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.head", 4)


def test_a_seal_of_another_type_fails(sm2, forge):
    members = forge(sm2, sm2.bundle).members
    forger = forge(sm2, sm2.bundle)
    head, _, signature = forger.sign(members["manifest.json"], "zhida-head+jws").split(b".")
    members["manifest.jws"] = head + b".." + signature
    assert refusal(pack(members), sm2.checker()) == ("evidence.signature", 2)


@pytest.mark.parametrize("alg", ["none", "HS256", "EdDSA", "SM2-SM3", "ES256"])
def test_another_algorithm_in_a_header_fails(world, forge, alg):
    """For the head, with the signature that fits, and for the document."""
    forger = forge(world, world.bundle)
    if alg == jws.decode(forger.members["ledger/head.jws"].decode())[0]["alg"]:
        alg = alg.lower()
    head, payload, _ = forger.members["ledger/head.jws"].decode().split(".")
    told = json.loads(base64url.decode(head)) | {"alg": alg}
    changed = f"{base64url.encode(canonical.dumps(told))}.{payload}"
    signature = base64url.encode(world.keys["hub"].sign(changed.encode()))
    forger.members["ledger/head.jws"] = f"{changed}.{signature}".encode()
    assert refusal(forger.seal(), world.checker())[1] in (2, 4)


def test_the_other_suites_name_in_the_manifest_fails(world, forge):
    other = {"SM2-SM3": "Ed25519", "Ed25519": "SM2-SM3"}[world.suite]
    assert refusal(forge(world, world.bundle).seal(suite=other), world.checker())[1] == 2
    assert refusal(forge(world, world.bundle).seal(suite="RSA"), world.checker())[1] == 4


# --- a whole bundle by somebody else ------------------------------------------------------------


def test_a_bundle_forged_under_another_ca_with_the_same_names_finds_no_anchor(world, make_world):
    """Everything in it fits; only whom the checker trusts tells it from the true one: exit 5."""
    root_key = keys.generate(world.suite)
    twin = certificates.issue_ca(
        "Root", root_key, world.root[0].valid_from, world.root[0].valid_until,
        organization="示例根CA",
    )  # fmt: skip
    forged = make_world(world.suite, root=(twin, root_key))
    assert verify(forged.bundle, forged.checker()).hub.organization == "示例hub"
    assert refusal(forged.bundle, world.checker()) == ("evidence.untrusted", 5)


# --- time ---------------------------------------------------------------------------------------


def revoke(world, unit, at, issuer=None, next_update=None):
    ca = issuer or (world.middle if unit == "hospital" else world.root)
    revoked = certificates.Revocation(world.certificates[unit].serial, at)
    return certificates.issue_crl(
        *ca, [revoked], this_update=world.root[0].valid_from,
        next_update=next_update or world.root[0].valid_until,
    )  # fmt: skip


@pytest.mark.parametrize("unit", ["hub", "hospital"])
def test_revoked_before_signing_is_authentic_but_lapsed(world, kit, unit):
    listed = revoke(world, unit, kit.START - timedelta(days=1))
    assert refusal(world.bundle, world.checker(listed)) == ("evidence.revoked", 3)


@pytest.mark.parametrize("unit", ["hub", "hospital"])
def test_revoked_after_signing_is_true_but_told(world, kit, unit):
    checked = verify(world.bundle, world.checker(revoke(world, unit, kit.LATER)))
    told = [r.facts["unit"] for r in checked.remarks if r.code == "evidence.revoked-later"]
    assert told == [unit]


def test_a_document_dated_before_a_revocation_but_recorded_after_it_is_lapsed(sm2, forge, kit):
    """A thief writes any date; only the ledger's counts."""
    forger = forge(sm2, sm2.bundle)
    early = "2026-02-01T00:00:00.000000Z"
    data = resign_document(forger, sm2.keys["hospital"], iat=early).seal()
    assert verify(data, sm2.checker()).documents[1].signed_at.month == 2
    listed = revoke(sm2, "hospital", kit.START - timedelta(days=10))
    assert refusal(data, sm2.checker(listed)) == ("evidence.revoked", 3)


def test_a_document_dated_after_its_recording_fails(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    data = resign_document(forger, sm2.keys["hospital"], iat="2026-03-02T02:00:00.000000Z").seal()
    assert refusal(data, sm2.checker(at=sm2.root[0].valid_until)) == ("evidence.dates", 2)


def test_a_revoked_intermediate_lapses_what_is_below_it(world, kit):
    revoked = certificates.Revocation(world.middle[0].serial, kit.START - timedelta(days=1))
    listed = certificates.issue_crl(
        *world.root, [revoked], this_update=kit.FROM, next_update=kit.UNTIL
    )
    assert refusal(world.bundle, world.checker(listed)) == ("evidence.revoked", 3)


def test_a_list_that_had_ended_says_nothing_so_it_is_lapsed(world, kit):
    listed = revoke(world, "bank", kit.START, next_update=kit.START - timedelta(days=1))
    assert refusal(world.bundle, world.checker(listed)) == ("evidence.expired", 3)


def test_a_list_by_a_stranger_with_the_cas_name_fails(world, kit):
    key = keys.generate(world.suite)
    twin = certificates.issue_ca("Root", key, kit.FROM, kit.UNTIL, organization="示例根CA")
    listed = certificates.issue_crl(twin, key, [], this_update=kit.FROM, next_update=kit.UNTIL)
    assert refusal(world.bundle, world.checker(listed)) == ("evidence.chain", 2)


def test_a_signature_after_the_certificates_end_is_authentic_but_lapsed(sm2, forge, kit):
    """The forger dates entries, head and seal after the certificate's end, with the hub's key."""
    forger = forge(sm2, sm2.bundle)
    late = "2028-01-02T00:00:00.000000Z"
    data = forger.relog(at=late).seal(exported_at=late)
    checker = sm2.checker(at=kit.UNTIL + timedelta(days=30))
    assert refusal(data, checker) == ("evidence.expired", 3)


def test_what_is_both_changed_and_lapsed_is_not_authentic(sm2, forge, kit):
    forger = forge(sm2, sm2.bundle)
    forger.change_entry("transfer", 0, disclosed=["/child/sex"])
    listed = revoke(sm2, "hub", kit.START - timedelta(days=1))
    assert refusal(forger.relog().seal(), sm2.checker(listed))[1] == 2


def test_nothing_may_be_dated_later_than_the_moment_of_the_check(world, kit):
    early = world.checker(at=kit.START - timedelta(hours=1))
    assert refusal(world.bundle, early) == ("evidence.dates", 2)


# --- the ledger ---------------------------------------------------------------------------------


def test_a_truncated_path_fails(world, forge):
    forger = forge(world, world.bundle)
    proofs = json.loads(forger.members["ledger/proofs.json"])
    for seq in proofs["paths"]:
        cut = proofs["paths"] | {seq: proofs["paths"][seq][:-1]}
        forger.members["ledger/proofs.json"] = canonical.dumps({"paths": cut})
        again = forge(world, pack(forger.members))
        assert refusal(again.seal(), world.checker()) == ("evidence.not-in-ledger", 2)


def test_paths_of_other_entries_fail(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    paths = json.loads(forger.members["ledger/proofs.json"])["paths"]
    first, second, *_ = paths
    swapped = paths | {first: paths[second], second: paths[first]}
    forger.members["ledger/proofs.json"] = canonical.dumps({"paths": swapped})
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.not-in-ledger", 2)


def test_a_path_too_many_fails(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    paths = json.loads(forger.members["ledger/proofs.json"])["paths"]
    forger.members["ledger/proofs.json"] = canonical.dumps({"paths": paths | {"0": []}})
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.paths-differ", 2)


def test_an_entry_at_another_place_fails(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    first, second = forger.names("ledger/entries/")[-2:]
    members = forger.members
    members[first], members[second] = members[second], members[first]
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.not-in-ledger", 2)


def test_an_entry_hidden_by_the_hubs_own_seal_is_seen_by_whoever_keeps_a_head(world, forge):
    """What the hub leaves out it can leave out; what it rewrites contradicts a kept head."""
    kept = world.exporter().export(world.case, older=world.old_head)
    checker = world.checker(head=world.old_head)
    assert verify(kept, checker).older.size == 2
    rewritten = forge(world, kept).relog().seal()
    assert refusal(rewritten, checker) == ("evidence.head-not-covered", 2)


def test_a_kept_head_that_the_bundle_says_nothing_about_fails(world):
    assert refusal(world.bundle, world.checker(head=world.old_head))[0] == (
        "evidence.head-not-covered"
    )
    assert verify(world.bundle, world.checker(head=world.head())).case == world.case


def test_a_false_continuation_fails(world, forge):
    forger = forge(world, world.exporter().export(world.case, older=world.old_head))
    told = json.loads(jws.decode(world.old_head)[1]) | {"root": "0" * 64}
    head = forger.sign(canonical.dumps(told), "zhida-head+jws")
    forger.members["ledger/older-head.jws"] = head
    assert refusal(forger.seal(), world.checker(head=head.decode())) == (
        "evidence.not-continued", 2,
    )  # fmt: skip


# --- form ---------------------------------------------------------------------------------------


def test_duplicate_keys_in_json_are_malformed(sm2, forge):
    members = unpack(sm2.bundle)
    twice = members["manifest.json"].replace(b"{", b'{"case":"x",', 1)
    assert refusal(pack(members | {"manifest.json": twice}), sm2.checker()) == (
        "evidence.json", 4,
    )  # fmt: skip
    forger = forge(sm2, sm2.bundle)
    name, _ = forger.entry("refusal")
    forger.members[name] = forger.members[name].replace(b"{", b'{"at":"x",', 1)
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.json", 4)


def test_json_written_otherwise_is_malformed(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    name, told = forger.entry("refusal")
    forger.members[name] = json.dumps(told).encode()
    assert refusal(forger.relog().seal(), sm2.checker()) == ("evidence.json", 4)


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2}, {"format": "x"}, {"scope": "all"}, {"unit": "police"}, {"titles": []},
        {"titles": {"a": 1}}, {"more": "x"}, {"exported_at": "now"}, {"hub": "a\x1bb"},
        {"suite": 1}, {"version": True}, {"titles": {"a\u202eb": "x"}},
    ],
)  # fmt: skip
def test_a_manifest_of_another_form_is_malformed(sm2, forge, changes):
    assert refusal(forge(sm2, sm2.bundle).seal(**changes), sm2.checker())[1] == 4


def test_a_character_that_came_with_a_later_unicode_is_no_mistake(sm2, forge):
    """𲎯 is of Unicode 15: places are called so, and Python 3.11 does not know it yet."""
    data = forge(sm2, sm2.bundle).seal(titles={"police": "\U000323af派出所"})
    assert verify(data, sm2.checker()).title("police") == "\U000323af派出所"


def test_as_of_in_another_form_is_malformed(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    data = resign_document(forger, sm2.keys["hospital"], as_of="2026-03-02T01:00:07.5Z").seal()
    assert refusal(data, sm2.checker()) == ("evidence.time", 4)


def test_a_claim_that_is_no_text_is_malformed(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    data = resign_document(forger, sm2.keys["hospital"], supersedes=5).seal()
    assert refusal(data, sm2.checker()) == ("evidence.token", 4)


def test_an_attached_seal_is_malformed(sm2):
    members = unpack(sm2.bundle)
    head, _, signature = members["manifest.jws"].split(b".")
    members["manifest.jws"] = head + b".e30." + signature
    assert refusal(pack(members), sm2.checker()) == ("evidence.token", 4)


def test_a_certificate_in_another_form_of_pem_is_malformed(sm2, forge):
    forger = forge(sm2, sm2.bundle)
    for name in forger.names("certificates/"):
        again = forge(sm2, sm2.bundle)
        again.members[name] = again.members[name].rstrip() + b"\r\n"
        assert refusal(again.seal(), sm2.checker()) == ("evidence.certificate", 4)


@pytest.mark.parametrize(
    "proofs",
    [
        {}, {"paths": {"1" * 5000: []}}, {"paths": []}, {"paths": {"x": []}}, {"paths": {"01": []}}, {"paths": {"1": ["ab"]}},
        {"paths": {"1": ["AB" * 32]}}, {"paths": {"1": "x"}}, {"paths": {"1": ["0" * 64] * 65}},
        {"paths": {}, "more": []}, {"paths": {}, "consistency": []},
    ],
)  # fmt: skip
def test_paths_of_another_form_are_malformed(sm2, forge, proofs):
    forger = forge(sm2, sm2.bundle)
    forger.members["ledger/proofs.json"] = canonical.dumps(proofs)
    assert refusal(forger.seal(), sm2.checker()) == ("evidence.proofs", 4)


@pytest.mark.parametrize(
    "told",
    [{"size": True}, {"size": 0}, {"size": "3"}, {"root": "00"}, {"origin": 1}, {"more": 1}],
)
def test_heads_of_another_form_are_malformed(sm2, forge, told):
    data = forge(sm2, sm2.bundle).relog(**told).seal()
    assert refusal(data, sm2.checker()) == ("evidence.head", 4)
