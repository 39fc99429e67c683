"""Attacks on the ledger: entries and paths, heads of another tree, what the checker kept."""

import json

from crypto import keys
from exchange import canonical
from exchange.evidence_zip import unpack
from tests.exchange.evidence import conftest as kit
from tests.verifiers.forging import Signed, attack, raw_token


def head_of(forger, member="ledger/head.jws"):
    return json.loads(Signed(forger.members[member].decode()).payload)


@attack(2)
def an_entry_rewritten_without_the_tree(bench):
    forger = bench.forger()
    name, told = bench.entry(forger)
    key, value = (
        ("state", "done") if told["kind"] == "case-closed" else ("at", bench.moved(seconds=3))
    )
    bench.put(forger, name, told | {key: value})
    return bench.attempt(forger.seal())


@attack(2)
def entries_exchanged(bench):
    forger = bench.forger()
    first, second = bench.draw.sample(forger.names("ledger/entries/"), 2)
    members = forger.members
    members[first], members[second] = members[second], members[first]
    return bench.attempt(forger.seal())


@attack(2)
def an_entry_cut_out(bench):
    """With its path: the hub's own seal over too little, where the rest needs what is missing."""
    forger = bench.forger("case")
    name, _told = bench.entry(forger, "document", "case-opened", "transfer", "query")
    del forger.members[name]
    return bench.attempt(
        bench.proofs(forger, lambda p: p["paths"].pop(str(int(name[-17:-5])), None) and None).seal()
    )


@attack(2)
def an_entry_at_another_place(bench):
    forger = bench.forger("case")
    name = forger.names("ledger/entries/")[-1]
    seq = int(name[-17:-5])
    moved = bench.draw.choice([seq + 1, seq + 10**6, 10**12 - 1])
    forger.members[f"ledger/entries/{moved:012d}.json"] = forger.members.pop(name)

    def change(told):
        told["paths"][str(moved)] = told["paths"].pop(str(seq))

    return bench.attempt(bench.proofs(forger, change).seal())


@attack(2)
def an_entry_of_another_case(bench):
    """It is in the ledger, with its path, but of another case."""
    world, forger = bench.world, bench.forger("case")
    other = unpack(world.other_bundle)
    name = bench.pick(
        [n for n in other if n.startswith("ledger/entries/") and n not in forger.members]
    )
    forger.members[name] = other[name]
    seq = str(int(name[-17:-5]))
    path = json.loads(other["ledger/proofs.json"])["paths"][seq]
    return bench.attempt(
        bench.proofs(forger, lambda told: told["paths"].update({seq: path})).seal()
    )


@attack(2)
def a_path_changed(bench):
    def change(told):
        paths = told["paths"]
        seq = bench.pick(paths)
        path = list(paths[seq])
        at = bench.draw.randrange(len(path))
        ways = [
            path[:-1], path[1:], path[:at] + path[at + 1 :], [*path, path[at]], path[::-1], [],
            [*path[:at], bench.draw.randbytes(32).hex(), *path[at + 1 :]], path[:at] + ["0" * 64] + path[at:],
        ]  # fmt: skip
        told["paths"] = paths | {seq: bench.draw.choice([way for way in ways if way != path])}

    return bench.attempt(bench.proofs(bench.forger(), change).seal())


@attack(2)
def paths_exchanged(bench):
    def change(told):
        first, second = bench.draw.sample(sorted(told["paths"]), 2)
        paths = told["paths"]
        paths[first], paths[second] = paths[second], paths[first]

    return bench.attempt(bench.proofs(bench.forger(), change).seal())


@attack(2)
def a_path_too_many_or_too_few(bench):
    def change(told):
        seq = bench.pick(told["paths"])
        if bench.draw.random() < 0.5:
            del told["paths"][seq]
        else:
            told["paths"][bench.draw.choice(["0", "1", "999999999999"])] = told["paths"][seq]

    return bench.attempt(bench.proofs(bench.forger(), change).seal())


@attack(2)
def a_proof_of_another_tree(bench):
    """Paths and head of a tree of the hub's own, in which one entry reads otherwise."""
    forger, other = bench.forger(), bench.forger()
    kinds = ("transfer", "query", "receipt", "document")
    name, told = bench.entry(other, *kinds)
    bench.put(other, name, told | {"ref": "0" * 32})
    other.relog()
    for member in bench.draw.choice(
        [("ledger/proofs.json",), ("ledger/head.jws",), ("ledger/proofs.json", "ledger/head.jws")]
    ):
        forger.members[member] = other.members[member]
    if "ledger/older-head.jws" in forger.members and "ledger/proofs.json" in forger.members:
        forger.members.pop("ledger/older-head.jws")
        bench.proofs(forger, lambda told: {"paths": told["paths"]})
    return bench.attempt(forger.seal())


@attack(2)
def an_old_head_over_newer_entries(bench):
    forger = bench.forger("case")
    forger.members["ledger/head.jws"] = bench.world.old_head.encode()
    return bench.attempt(forger.seal())


@attack(2)
def a_head_of_another_size(bench):
    forger = bench.forger("case")
    size = head_of(forger)["size"]
    other = bench.draw.choice([1, 2, size // 2, size * 2, size * 1000, 2**53 - 1])
    return bench.attempt(bench.rehead(forger, lambda told: told | {"size": other}).seal())


@attack(2)
def a_head_of_another_ledger(bench):
    origin = bench.draw.choice(["hub.other", "hub.test ", "HUB.TEST", "", "hub.tеst"])
    return bench.attempt(bench.forger().relog(origin=origin).seal())


@attack(2)
def a_head_by_nobody(bench):
    stranger = keys.generate(bench.suite)
    forger = bench.forger(key=stranger)
    kid = bench.world.keys["hub"].kid if bench.draw.random() < 0.5 else stranger.kid
    parts = Signed(forger.members["ledger/head.jws"].decode())
    token = raw_token(stranger, parts.header | {"kid": kid}, parts.payload)
    forger.members["ledger/head.jws"] = token.encode()
    forger.key = bench.world.keys["hub"]
    return bench.attempt(forger.seal())


@attack(2)
def a_false_older_head(bench):
    forger = bench.forger("older")
    parts = Signed(forger.members["ledger/older-head.jws"].decode())
    told = json.loads(parts.payload)
    size = head_of(forger)["size"]
    ways = [{"root": "0" * 64}, {"size": told["size"] + 1}, {"size": size}, {"size": size + 1}, {"size": 2**53 - 1},
            {"origin": "hub.other"}, {"root": head_of(forger)["root"]}]  # fmt: skip
    payload = canonical.dumps(told | bench.draw.choice(ways))
    token = raw_token(bench.world.keys["hub"], parts.header, payload)
    forger.members["ledger/older-head.jws"] = token.encode()
    return bench.attempt(forger.seal())


@attack(2)
def a_false_continuation(bench):
    def change(told):
        path = told["consistency"]
        at = bench.draw.randrange(len(path))
        ways = [
            path[:-1],
            path[1:],
            [],
            [*path, path[0]],
            path[::-1],
            [*path[:at], "ab" * 32, *path[at + 1 :]],
        ]
        told["consistency"] = bench.draw.choice([way for way in ways if way != path])

    return bench.attempt(bench.proofs(bench.forger("older"), change).seal())


@attack(4)
def an_older_head_without_its_path(bench):
    if bench.draw.random() < 0.5:
        forger = bench.forger("older")
        bench.proofs(forger, lambda told: {"paths": told["paths"]})
    else:
        forger = bench.proofs(bench.forger("case"), lambda told: told | {"consistency": []})
    return bench.attempt(forger.seal())


@attack(2)
def not_the_head_that_was_kept(bench):
    """The hub wrote its ledger again, or the bundle says nothing of what the checker kept."""
    world = bench.world
    if bench.draw.random() < 0.5:
        data = bench.forger("older").relog().seal()
        return bench.attempt(data, head=world.old_head)
    kept = bench.draw.choice([world.old_head, world.old_head + "\n", world.head() + " ", "x"])
    return bench.attempt(world.bundle, head=kept)


@attack(2)
def a_checker_who_expects_another_hub(bench):
    return bench.attempt(bench.bundle(), hub=bench.draw.choice(["Hub", "bank", "hub ", "other"]))


@attack(2)
def what_other_members_contradict(bench):
    """The whole ledger written again with the hub's own key: documents and notes must still agree."""
    forger = bench.forger("case")
    kind, change = bench.draw.choice(CONTRADICTIONS)
    name, told = bench.entry(forger, kind)
    bench.put(forger, name, told | change)
    return bench.attempt(forger.relog().seal())


CONTRADICTIONS = [
    ("transfer", {"disclosed": ["/x"]}), ("transfer", {"disclosed": []}), ("transfer", {"document": "0" * 32}),
    ("transfer", {"document_digest": "0" * 64}), ("transfer", {"provider": "bank"}),
    ("transfer", {"agreement": ""}), ("transfer", {"agreement_digest": ""}), ("transfer", {"basis": ""}),
    ("query", {"purpose": ""}), ("transfer", {"ref": "0" * 32}), ("query", {"ref": "0" * 32}),
    ("transfer", {"withheld": [f"/{n}" for n in range(9)]}), ("query", {"withheld": ["/certificate/number"]}),
    ("document", {"custody": "none"}), ("document", {"document_kind": "x"}), ("document", {"digest": "0" * 64}),
    ("document", {"ref": "0" * 32}), ("document", {"provider": "bank"}), ("document", {"source": "x"}),
    ("document", {"as_of": "2026-03-02T01:00:00.000000Z"}), ("document", {"raw_digest": "ab" * 32}),
    ("document", {"mapping_digest": "x"}), ("case-opened", {"matter": "grants"}), ("case-opened", {"case": "x"}),
    ("refusal", {"case": "0" * 32}), ("case-opened", {"kind": "opened"}), ("refusal", {"kind": "case-opened", "matter": "newborn"}),
    ("document", {"kind": "dokument"}), ("transfer", {"kind": "handed"}),
]  # fmt: skip


@attack(2)
def a_receipt_before_its_sending(bench):
    forger = bench.forger("case")
    (first, sent), (second, received) = forger.entry("transfer", 0), forger.entry("receipt")
    bench.put(forger, first, received | {"at": sent["at"]})
    bench.put(forger, second, sent | {"at": received["at"]})
    other = forger.entry("transfer", 0)
    if other[1]["ref"] != sent["ref"]:
        bench.put(forger, other[0], other[1] | {"effect": "f" * 32})
    return bench.attempt(forger.relog().seal())


@attack(2)
def a_note_before_its_document(bench):
    forger = bench.forger("case")
    (first, kept), (second, sent) = forger.entry("document", 1), forger.entry("transfer", 0)
    bench.put(forger, first, sent | {"at": kept["at"]})
    bench.put(forger, second, kept | {"at": sent["at"]})
    return bench.attempt(forger.relog().seal())


@attack(2)
def a_unit_shown_what_is_not_its_own(bench):
    """The scope says one unit, but the notes, the statements or the documents are not all its own."""
    if bench.draw.random() < 0.4:
        unit = bench.draw.choice(["police", "hospital", "bank"])
        return bench.attempt(bench.forger("case").seal(scope="unit", unit=unit))
    forger, whole = bench.forger("unit"), bench.forger("case")
    if bench.draw.random() < 0.5:
        name, told = bench.entry(forger, "transfer")
        bench.put(forger, name, told | {"receiver": bench.draw.choice(["bank", "Police", ""])})
        return bench.attempt(forger.relog().seal())
    name, _ = bench.entry(whole, "refusal", "case-opened", "case-closed")
    forger.members[name] = whole.members[name]
    return bench.attempt(forger.relog().seal())


@attack(2)
def a_document_that_the_unit_did_not_receive(bench):
    world = bench.world
    forger, whole = kit.Forger(world, world.hospital_bundle), bench.forger("case")
    name, told, _ = bench.document(whole, "hospital")
    member = f"documents/{told['digest']}.sd-jwt"
    forger.members[name], forger.members[member] = whole.members[name], whole.members[member]
    for certificate in (world.certificates["hospital"], world.middle[0]):
        forger.add_certificate(certificate)
    return bench.attempt(forger.relog().seal())


@attack(2)
def a_case_opened_twice_or_never(bench):
    forger = bench.forger("case")
    name, told = forger.entry("case-opened")
    if bench.draw.random() < 0.5:
        bench.put(forger, name, told | {"kind": "opened"})
    else:
        other, closed = forger.entry("case-closed")
        bench.put(forger, other, told | {"at": closed["at"]})
    return bench.attempt(forger.relog().seal())


@attack(2)
def a_unit_bundle_as_the_whole_case(bench):
    return bench.attempt(bench.forger("unit").seal(scope="case", unit=""))
