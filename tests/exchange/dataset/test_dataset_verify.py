"""One row alone: it verifies with the checker's anchors only, and every change of it is refused."""

import json
from datetime import timedelta

import pytest

from crypto import base64url, certificates, jws, keys
from exchange import canonical, dataset_proof, dataset_verify
from exchange.dataset_leaf import salt
from exchange.datasets import Place, require
from exchange.errors import Forbidden, Invalid, Rejected
from exchange.evidence_trust import Trust

KEY = ("FIRM000005",)


@pytest.fixture
def made(hub):
    return hub.write(hub.firms(9))


@pytest.fixture
def proof(hub, made):
    place = require(hub.datasets.find(made, KEY), made.id)
    return hub.prove(made, place)


def check(proof, hub, *, trust=None, at=None, name="hub"):
    return dataset_verify.verify(proof, trust or hub.pair.trust, at=at or hub.now, hub=name)


def changed(proof, **values):
    return canonical.dumps(json.loads(proof) | values)


def test_a_row_verifies_alone(hub, made, proof):
    found = check(proof, hub)
    assert found.row == hub.firms(9)[5]
    told = found.to_json()
    assert (told["count"], told["index"], told["custody"]) == (9, 5, "hub")
    assert (told["provider"], told["signer"], told["about"]) == (
        "tax",
        "示例中枢",
        {"holder": "tax"},
    )
    assert [each["code"] for each in told["remarks"]] == ["evidence.no-lists"]


@pytest.mark.parametrize("count", [1, 2, 7, 4096, 4097, 4100])
def test_every_kind_of_edge(hub, count):
    made = hub.write(hub.firms(count))
    for index in {0, count // 2, count - 1}:
        place = require(hub.datasets.find(made, (f"FIRM{index:06d}",)), made.id)
        proof = hub.prove(made, place)
        assert check(proof, hub).index == index


def test_it_says_nothing_of_other_firms(hub, proof):
    others = [row["uscc"] for row in hub.firms(9) if row["uscc"] != KEY[0]]
    assert not any(other in proof.decode() for other in others)


@pytest.mark.parametrize(
    "values",
    [
        {"row": {"uscc": KEY[0], "tax_clean": True, "paid": 5}},
        {"index": 4},
        {"index": 9},
        {"index": -1},
        {"path": []},
        {"salt": base64url.encode(bytes(16))},
    ],
)
def test_what_was_changed_is_not_in_it(hub, proof, values):
    with pytest.raises(Rejected, match="not-in-it"):
        check(changed(proof, **values), hub)


@pytest.mark.parametrize(
    "values",
    [
        {"format": "other"}, {"version": 1}, {"more": 1}, {"row": []}, {"index": "5"}, {"index": True},
        {"head": 1}, {"salt": "AA"}, {"salt": 1}, {"path": ["AA"]}, {"path": 1}, {"path": [1]},
        {"path": [base64url.encode(bytes(32))] * 65}, {"certificates": ["AA"]}, {"certificates": {}},
    ],
)  # fmt: skip
def test_what_has_another_form_is_malformed(hub, proof, values):
    with pytest.raises(Invalid, match=r"dataset\.proof-form"):
        check(changed(proof, **values), hub)


def test_it_has_one_form_only(hub, proof):
    for other in (proof + b"\n", json.dumps(json.loads(proof)).encode(), b"[]", b"\xff"):
        with pytest.raises(Invalid, match=r"evidence\.json"):
            check(other, hub)
    with pytest.raises(Invalid, match="too-big"):
        check(b" " * (dataset_proof.MOST_BYTES + 1), hub)


def test_a_root_in_the_file_is_nobodys_anchor(hub, proof):
    told = json.loads(proof)["certificates"]
    with pytest.raises(Invalid, match="proof-form"):
        check(changed(proof, certificates=[*told, base64url.encode(hub.pair.root.der)]), hub)


def test_another_anchor_does_not_vouch(hub, proof):
    key = keys.generate(hub.pair.key.suite)
    other = certificates.issue_ca("Other", key, hub.pair.root.valid_from, hub.pair.root.valid_until, organization="x")  # fmt: skip
    with pytest.raises(Forbidden, match="untrusted"):
        check(proof, hub, trust=Trust((other,)))


def test_a_signature_of_another_head_is_refused(hub, made, proof):
    """Rows of one dataset under the signed head of another."""
    other = hub.write(hub.firms(9)).document.token
    with pytest.raises(Rejected, match="not-in-it"):
        check(changed(proof, head=other), hub)
    signed, tilde, rest = json.loads(proof)["head"].partition("~")
    start, _, signature = signed.rpartition(".")
    broken = f"{start}.{base64url.encode(base64url.decode(signature)[::-1])}"
    with pytest.raises(Rejected, match="not-authentic"):
        check(changed(proof, head=f"{broken}{tilde}{rest}"), hub)


def test_only_the_hub_signs_what_a_hub_read(hub, proof):
    with pytest.raises(Rejected, match="other-hub"):
        check(proof, hub, name="other")


def part(proof, **values):
    """The proof with another part of its place in the ledger."""
    return changed(proof, ledger=json.loads(proof)["ledger"] | values)


def test_it_stood_in_the_ledger_under_a_signed_head(hub, made, proof):
    told = check(proof, hub).to_json()["ledger"]
    assert (told["origin"], told["seq"], told["size"]) == ("hub.test", 0, 1)
    hub.write(hub.firms(3))
    place = require(hub.datasets.find(made, KEY), made.id)
    later = check(hub.prove(made, place), hub).to_json()["ledger"]  # under what is the head by now
    assert (later["seq"], later["size"], later["noted_at"]) == (0, 2, told["noted_at"])
    assert later["root"] != told["root"]


def test_the_entry_of_another_dataset_is_none_of_this_one(hub, made, proof):
    other = hub.write(hub.firms(9))
    place = require(hub.datasets.find(other, KEY), other.id)
    theirs = json.loads(hub.prove(other, place))["ledger"]
    with pytest.raises(Rejected, match="other-entry"):
        check(changed(proof, ledger=theirs), hub)
    entry = json.loads(proof)["ledger"]["entry"]
    for values in ({"count": 8}, {"digest": "00" * 32}, {"more": "x"}, {"kind": "document"}):
        with pytest.raises(Rejected, match="other-entry"):
            check(part(proof, entry=entry | values), hub)


def test_an_entry_that_the_head_does_not_hold_is_refused(hub, made, proof):
    hub.write(hub.firms(3))
    place = require(hub.datasets.find(made, KEY), made.id)
    told = hub.prove(made, place)
    entry = json.loads(told)["ledger"]["entry"]
    early = entry | {"at": "2026-01-02T00:00:00.000000Z"}
    for values in ({"seq": 1}, {"path": []}, {"entry": early}):  # its date is not changed either
        with pytest.raises(Rejected, match="not-in-ledger"):
            check(part(told, **values), hub)


def test_only_the_hub_signs_heads(hub, made, proof):
    """A head of the same tree, signed by somebody else whom the anchor vouches for."""
    key = keys.generate(hub.pair.key.suite)
    stranger = certificates.issue(
        "bank", key.public, hub.pair.root, hub.pair.root_key,
        valid_from=hub.pair.root.valid_from, valid_until=hub.pair.root.valid_until, organization="x",
    )  # fmt: skip
    told = json.loads(proof)
    payload = jws.decode(told["ledger"]["head"])[1]
    head = jws.sign(payload, key, {"typ": "zhida-head+jws"})
    both = sorted([*told["certificates"], base64url.encode(stranger.der)])
    with pytest.raises(Rejected, match=r"evidence\.no-certificate"):
        check(changed(part(proof, head=head), certificates=both), hub)


def test_a_head_whose_signature_is_not_its_own_is_refused(hub, proof):
    start, _, signature = json.loads(proof)["ledger"]["head"].rpartition(".")
    broken = f"{start}.{base64url.encode(base64url.decode(signature)[::-1])}"
    with pytest.raises(Rejected, match=r"evidence\.signature"):
        check(part(proof, head=broken), hub)


@pytest.mark.parametrize(
    "values",
    [
        {"seq": "0"}, {"seq": True}, {"seq": -1}, {"path": ["AA"]}, {"path": 1}, {"entry": []},
        {"head": 1}, {"more": 1}, {"path": [base64url.encode(bytes(32))] * 65},
    ],
)  # fmt: skip
def test_a_place_of_another_form_is_malformed(hub, proof, values):
    with pytest.raises(Invalid, match=r"dataset\.proof-form"):
        check(part(proof, **values), hub)


def test_what_is_dated_after_the_check_is_refused(hub, proof):
    with pytest.raises(Rejected, match="proof-dates"):
        check(proof, hub, at=hub.now - timedelta(minutes=11))


def test_a_certificate_that_had_lapsed_is_told_last(hub, made, proof):
    lapsed = certificates.issue(
        "hub", hub.pair.key.public, hub.pair.root, hub.pair.root_key,
        valid_from=hub.pair.root.valid_from, valid_until=hub.now - timedelta(days=1), organization="示例中枢",
    )  # fmt: skip
    place = require(hub.datasets.find(made, KEY), made.id)
    old = hub.prove(made, place, lapsed)
    with pytest.raises(Forbidden, match=r"evidence\.expired"):
        check(old, hub)
    with pytest.raises(Rejected, match="not-in-it"):
        check(changed(old, index=1), hub)


def test_a_certificate_that_nobody_used_has_no_business_here(hub, proof):
    key = keys.generate(hub.pair.key.suite)
    stranger = certificates.issue(
        "bank", key.public, hub.pair.root, hub.pair.root_key,
        valid_from=hub.pair.root.valid_from, valid_until=hub.pair.root.valid_until, organization="x",
    )  # fmt: skip
    told = json.loads(proof)["certificates"]
    with pytest.raises(Invalid, match="member-unused"):
        check(changed(proof, certificates=sorted([*told, base64url.encode(stranger.der)])), hub)


def test_a_leaf_of_one_row_is_no_node_of_the_tree(hub):
    """The path of a neighbour is of no use for a row that nobody signed."""
    made = hub.write(hub.firms(2))
    place = require(hub.datasets.find(made, ("FIRM000000",)), made.id)
    (forged,) = salt([{"uscc": "FIRM999999"}])
    proof = hub.prove(made, Place(forged, place.index, place.path))
    with pytest.raises(Rejected, match="not-in-it"):
        check(proof, hub)
