"""Proofs of rows before both verifiers: the second one was written from ``docs/dataset-format.md``."""

import json
import random
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

import pytest

from crypto import base64url, certificates, jws, keys, merkle, sd_jwt
from crypto.suites import suite
from exchange import canonical, dataset_verify, document, times
from exchange.dataset_leaf import Salted
from exchange.datasets import require
from exchange.errors import ZhidaError
from exchange.evidence_result import exit_code
from exchange.evidence_trust import Trust
from exchange.evidence_verify import Checker
from tests.crypto.p256_authority import AuthorityKey, replaced
from tests.verifiers.second import Second

pytestmark = pytest.mark.guarantee("G5")


@dataclass
class Attempt:
    data: bytes
    checker: Checker
    codes: set
    name: str

    def first(self):
        try:
            dataset_verify.verify(
                self.data, self.checker.trust, at=self.checker.at, hub=self.checker.hub
            )
        except ZhidaError as error:
            return exit_code(error)
        return 0


def own(hub, fields, row, always=None, **entry):
    """A proof of one row of one, all of it signed by the hub itself, whatever the head says."""
    pair, digest = hub.pair, suite(hub.pair.key.suite).digest
    body = Salted(b"s" * 16, canonical.dumps(row))
    root = body.leaf(digest).hex()
    now = times.stamp(hub.now)
    said = {
        "jti": "0" * 32, "iss": "hub", "iat": now, "kind": "enterprise-facts", "provider": "tax",
        "custody": "hub", "source": "tax-facts", "as_of": now,
    } | (always or {})  # fmt: skip
    told = {"/schema": "x", "/key/0": "uscc", "/count": 1, "/root": root} | fields
    told = {name: value for name, value in told.items() if value is not None}
    token = sd_jwt.issue(told, {n: v for n, v in said.items() if v is not None}, pair.key)
    noted = {
        "kind": "dataset", "ref": said["jti"], "at": now, "document_kind": said["kind"] or "",
        "digest": document.digest(token), "provider": said["provider"], "custody": said["custody"],
        "source": said["source"] or "", "as_of": said["as_of"], "raw_digest": "", "mapping_digest": "",
        "schema": told.get("/schema", ""), "count": 1, "root": root,
    } | entry  # fmt: skip
    leaf = merkle.leaf_hash(digest, canonical.dumps(noted))
    head = {"origin": "hub.test", "size": 1, "root": leaf.hex(), "at": now}
    return canonical.dumps(
        {
            "format": "zhida-row", "version": 2, "head": token, "row": row, "index": 0, "path": [],
            "salt": base64url.encode(b"s" * 16), "certificates": [base64url.encode(pair.leaf.der)],
            "ledger": {
                "seq": 0, "entry": noted, "path": [],
                "head": jws.sign(canonical.dumps(head), pair.key, {"typ": "zhida-head+jws"}),
            },
        }
    )  # fmt: skip


ROW = {"uscc": "FIRM1", "paid": 5, "clean": True}
OWN = {
    "as it should be": ({}, {0}),
    "about": ({"/about/holder": "tax", "/about/n/0": 7}, {0}),
    "no schema": ({"/schema": None}, {2}),
    "a number as schema": ({"/schema": 1}, {2}),
    "a gap in the key": ({"/key/0": None, "/key/1": "uscc"}, {2}),
    "a number in the key": ({"/key/1": 5}, {2}),
    "a key of its own": ({"/key/0": None, "/key": "uscc"}, {2}),
    "a key below the key": ({"/key/0": None, "/key/0/a": "uscc"}, {2}),
    "a field that is no text": ({"/key/0": "paid"}, {4}),
    "a field that is not there": ({"/key/1": "name"}, {4}),
    "one more field": ({"/more": "x"}, {2}),
    "about as text": ({"/about": "x"}, {2}),
    "no count": ({"/count": None}, {2}),
    "true as count": ({"/count": True}, {2}),
    "a text as count": ({"/count": "1"}, {2}),
    "none at all": ({"/count": 0}, {2}),
    "a negative count": ({"/count": -1}, {2}),
    "no root": ({"/root": None}, {2}),
    "another root": ({"/root": "00" * 32}, {2}),
    "half a root": ({"/root": "00" * 16}, {2}),
}


def of_the_hubs_own(hub):
    for name, (fields, codes) in OWN.items():
        yield name, own(hub, fields, ROW), codes
    root = json.loads(own(hub, {}, ROW))["ledger"]["entry"]["root"]
    yield "a root in capitals", own(hub, {"/root": root.upper()}, ROW), {2}
    for entry in (
        {"count": True},
        {"count": "1"},
        {"more": "x"},
        {"kind": "document"},
        {"raw_digest": "x"},
    ):
        yield f"entry {entry}", own(hub, {}, ROW, **entry), {2}
    for always in (
        {"iat": "now"},
        {"as_of": "2026-03-02T01:00:00.5Z"},
        {"source": None},
        {"kind": None},
    ):
        yield f"claims {always}", own(hub, {}, ROW, always), {4}
    yield "raw_digest no text", own(hub, {}, ROW, {"raw_digest": 5}), {4}
    yield "custody none", own(hub, {}, ROW, {"custody": "none"}), {2}
    yield "a unit's word by the hub", own(hub, {}, ROW, {"custody": "unit"}), {2}
    yield "another issuer", own(hub, {}, ROW, {"iss": "tax", "custody": "unit"}), {2}


def changed(proof, where, value):
    told = json.loads(proof)
    node = told
    for key in where[:-1]:
        node = node[key]
    node[where[-1]] = value(node.get(where[-1])) if callable(value) else value
    return canonical.dumps(told)


def by_a_stranger(hub, proof, other, draw):
    """What somebody without a key may write: name, file, codes."""
    told, theirs = json.loads(proof), json.loads(other)
    node = base64url.encode(draw.randbytes(32))
    for where, value, codes in [
        (["row", "paid"], lambda old: old + 1, {2}), (["row", "more"], "x", {2}), (["row"], {}, {2}),
        (["index"], lambda old: old ^ 1, {2}), (["index"], -1, {2}), (["index"], 10**6, {2}),
        (["salt"], base64url.encode(draw.randbytes(16)), {2}), (["path"], [], {2}),
        (["path"], lambda old: [*old, node], {2}), (["path"], lambda old: [node, *old[1:]], {2}),
        (["path"], lambda old: old[::-1], {2}), (["head"], theirs["head"], {2}), (["ledger"], theirs["ledger"], {2}),
        (["ledger", "entry"], theirs["ledger"]["entry"], {2}), (["ledger", "seq"], lambda old: old + 1, {2}),
        (["ledger", "path"], lambda old: [*old, node], {2}), (["ledger", "entry", "count"], 10, {2}),
        (["ledger", "head"], theirs["head"].split("~")[0], {4}), (["certificates"], [], {2}),
        (["head"], lambda old: old.rpartition("~")[0].rpartition("~")[0] + "~", {2}),
        (["head"], lambda old: old + old.split("~")[1] + "~", {4}), (["head"], lambda old: old[:-1], {4}),
        (["certificates"], lambda old: [*old, base64url.encode(hub.pair.root.der)], {4}),
        (["version"], True, {4}), (["version"], 1, {4}), (["format"], "zhida-list", {4}), (["more"], 1, {4}),
        (["index"], True, {4}), (["index"], "0", {4}), (["salt"], "AA", {4}), (["path"], ["AA"], {4}),
        (["path"], [node] * 65, {4}), (["ledger", "seq"], -1, {4}), (["ledger", "seq"], False, {4}),
        (["ledger", "more"], 1, {4}), (["ledger", "entry"], [], {4}), (["ledger", "entry", "at"], "now", {4}),
        (["row"], [], {4}), (["certificates"], ["AA"], {4}), (["head"], 1, {4}),
    ]:  # fmt: skip
        data = changed(proof, where, value)
        assert data != proof
        yield f"{where} {codes}", data, codes
    at = draw.randrange(len(proof))
    yield (
        "a byte",
        proof[:at] + bytes([proof[at] ^ 1 << draw.randrange(8)]) + proof[at + 1 :],
        {2, 4, 5},
    )
    yield "white space", json.dumps(told).encode(), {4}
    yield "a key twice", proof.replace(b"{", b'{"index":0,', 1), {4}
    yield "too long", canonical.dumps(told | {"row": {"x": "y" * 2**20}}), {4}


def under_an_authority_on_p256(hub):
    """The same key of the hub's, certified by such a root; and a key of that kind for the hub itself."""
    key, old = AuthorityKey(), hub.pair.leaf
    dates = {"valid_from": old.valid_from, "valid_until": old.valid_until}
    root = certificates.issue_ca("P-256 Root", key, *dates.values(), organization="示例根CA")
    leaf = certificates.issue(
        "hub", hub.pair.key.public, root, key, organization="示例中枢", **dates
    )
    checker = Checker(Trust((root,)), hub.now)
    data = own(
        SimpleNamespace(pair=SimpleNamespace(key=hub.pair.key, leaf=leaf), now=hub.now), {}, ROW
    )
    yield Attempt(data, checker, {0}, "under an authority on P-256")
    yield Attempt(data, Checker(hub.pair.trust, hub.now), {5}, "an authority that nobody trusts")
    der = replaced(leaf.der, leaf.public_key.to_der(), key.public.to_der())
    bad = changed(data, ["certificates"], [base64url.encode(der)])
    yield Attempt(bad, checker, {4}, "a signer on P-256")


def attempts(hub, draw):
    checker = Checker(hub.pair.trust, hub.now)
    made, more = hub.write(hub.firms(9)), hub.write(hub.firms(5))
    place = require(hub.datasets.find(made, (f"FIRM{draw.randrange(9):06d}",)), made.id)
    proof = hub.prove(made, place)
    other = hub.prove(more, require(hub.datasets.find(more, ("FIRM000004",)), more.id))
    yield Attempt(proof, checker, {0}, "true")
    yield from under_an_authority_on_p256(hub)
    for name, data, codes in (*of_the_hubs_own(hub), *by_a_stranger(hub, proof, other, draw)):
        yield Attempt(data, checker, codes, name)
    yield Attempt(proof, Checker(hub.pair.trust, hub.now, hub="tax"), {2}, "another hub")
    yield Attempt(proof, Checker(hub.pair.trust, hub.now - timedelta(minutes=11)), {2}, "too early")
    key = keys.generate(hub.pair.key.suite)
    root = hub.pair.root
    twin = certificates.issue_ca(
        "Root", key, root.valid_from, root.valid_until, organization="示例根CA"
    )
    stranger = certificates.issue_ca("Other", key, root.valid_from, root.valid_until)
    yield Attempt(proof, Checker(Trust((stranger,)), hub.now), {5}, "another root")
    yield Attempt(proof, Checker(Trust((twin,)), hub.now), {2, 5}, "a root of the same name")
    serial = hub.pair.leaf.serial
    for minutes, codes in ((-1, {3}), (60, {0})):
        when = certificates.Revocation(serial, hub.now + timedelta(minutes=minutes))
        listed = certificates.issue_crl(
            root,
            hub.pair.root_key,
            [when],
            this_update=root.valid_from,
            next_update=root.valid_until,
        )
        yield Attempt(
            proof, Checker(Trust((root,), (listed,)), hub.now), codes, f"revoked {minutes}"
        )


def test_both_verifiers_answer_alike(hub, tmp_path, record_property):
    every = list(attempts(hub, random.Random(2026)))
    record_property("rounds", len(every))
    second = Second(tmp_path).judge(every)
    wrong = [
        (each.name, each.codes, each.first(), answer["code"], answer["why"])
        for each, answer in zip(every, second, strict=True)
        if each.first() != answer["code"] or answer["code"] not in each.codes
    ]
    assert wrong == []
