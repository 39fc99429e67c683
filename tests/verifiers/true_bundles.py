"""Bundles that are right: ordinary ones, and the odd ones that the format allows."""

import json
from datetime import timedelta

from crypto import base64url, certificates, keys
from crypto.suites import suite
from exchange.evidence_trust import Trust
from tests.exchange.evidence import conftest as kit
from tests.verifiers.forging import OTHER, crl, told_bytes, true
from tests.verifiers.whole import Whole

DAY = timedelta(days=1)


@true
def as_it_was_exported(bench):
    return bench.attempt(bench.bundle())


@true
def under_another_tree_of_the_hubs(bench):
    """Of any size, with the entries at their places."""
    return bench.attempt(bench.forger().relog().seal())


@true
def with_a_head_that_the_checker_kept(bench):
    world = bench.world
    if bench.draw.random() < 0.5:
        return bench.attempt(world.older_bundle, head=world.old_head)
    return bench.attempt(world.bundle, head=world.head())


@true
def years_later(bench):
    return bench.attempt(bench.bundle(), at=kit.UNTIL + bench.draw.randint(1, 3000) * DAY)


@true
def among_many_anchors_and_lists(bench):
    other = [
        kit.authority(bench.draw.choice([bench.suite, OTHER[bench.suite]]), f"other {n}")[0]
        for n in range(3)
    ]
    anchors = [*other, bench.world.root[0]]
    bench.draw.shuffle(anchors)
    lists = [crl(bench.world.root), crl(kit.authority(bench.suite, "elsewhere"))]
    return bench.attempt(bench.bundle(), trust=Trust(tuple(anchors), tuple(lists)))


@true
def revoked_afterwards(bench):
    unit = bench.draw.choice(["hub", "hospital"])
    when = kit.START + timedelta(minutes=1, seconds=bench.draw.randint(0, 10**6))
    return bench.attempt(bench.bundle("case"), bench.revoked(unit, when), at=kit.UNTIL)


@true
def an_older_list_besides_a_good_one(bench):
    lists = [crl(bench.world.root, (), kit.START - DAY), crl(bench.world.root)]
    bench.draw.shuffle(lists)
    return bench.attempt(bench.bundle(), *lists)


@true
def a_renewed_certificate_of_the_same_key(bench):
    """The ended one lies beside it."""
    old = bench.certificate("hub", organization="示例hub", valid_until=kit.START - DAY)
    forger = bench.forger()
    forger.add_certificate(old)
    if bench.draw.random() < 0.5:
        forger.add_certificate(
            bench.certificate("hub", organization="示例hub", valid_from=kit.UNTIL - DAY)
        )
    return bench.attempt(forger.seal())


@true
def a_renewed_intermediate(bench):
    """The CA's ended, revoked or misissued certificate lies beside the good one, of the same key."""
    world, forger = bench.world, bench.forger("case")
    key = world.middle[1]
    usages = ("key_cert_sign", "crl_sign")
    lists = []
    way = bench.draw.choice(["ended", "revoked", "later"])
    dates = {
        "ended": {"valid_until": kit.START - DAY},
        "later": {"valid_from": kit.UNTIL - DAY},
    }.get(way, {})
    other = kit.issue("中级CA", key.public, world.root, usages=usages, **dates)
    if way == "revoked":
        lists = [crl(world.root, [certificates.Revocation(other.serial, kit.START - DAY)])]
    forger.add_certificate(other)
    return bench.attempt(forger.seal(), *lists)


@true
def an_intermediate_by_two_roots(bench):
    """Only one of the two roots is the checker's; the other's certificate may have ended."""
    world, forger = bench.world, bench.forger("case")
    root = kit.authority(bench.suite, f"other {bench.draw.randrange(3)}")
    for _ in range(bench.draw.randint(1, 3)):
        forger.add_certificate(
            kit.issue("中级CA", world.middle[1].public, root, usages=("key_cert_sign", "crl_sign"))
        )
    anchors = bench.draw.choice([(world.root[0],), (root[0], world.root[0])])
    return bench.attempt(forger.seal(), trust=Trust(anchors))


@true
def a_chain_of_several(bench):
    """Down to the signer, with path lengths that just do."""
    world, above = bench.world, bench.world.root
    depth = bench.draw.randint(1, 5)
    key = keys.generate(bench.suite)
    forger = bench.forger("case", key=key)
    for number in range(depth):
        own = keys.generate(bench.suite)
        made = kit.issue(
            f"CA {number}",
            own.public,
            above,
            usages=("key_cert_sign", "crl_sign"),
            path_length=depth - 1 - number,
        )
        forger.add_certificate(made)
        above = (made, own)
    forger.add_certificate(bench.certificate("hub", key.public, above, organization="示例hub"))
    data = forger.seal()
    assert world
    return bench.attempt(data)


@true
def under_a_ca_of_the_other_suite(bench):
    """SM2 certificates under an Ed25519 root, and the other way round."""
    whole = Whole(bench, suite=OTHER[bench.suite])
    return bench.attempt(whole.forged(), trust=Trust((whole.root[0],)))


@true
def with_an_intermediate_as_the_anchor(bench):
    whole = Whole(bench, bench.world.middle)
    return bench.attempt(whole.forged(), trust=Trust((bench.world.middle[0],)))


@true
def other_kinds_of_entries(bench):
    """The hub's statements may say anything that has a canonical form."""
    forger = bench.forger("case")
    name, told = bench.entry(forger, "refusal")
    value = bench.draw.choice(
        [bench.text(), -(2**53) + 1, 2**53 - 1, True, [], {}, {"a": [bench.text(), {"": ""}]}, "\x00\x1f\x7f\"\\/\u2028\ud7ff",
         json.loads("[" * 63 + "1" + "]" * 63), json.loads("[" * 63 + "]" * 63), {"𠀀": 1, "\uffff": 2, "a": 3}]
    )  # fmt: skip
    bench.put(
        forger,
        name,
        told | {"kind": bench.draw.choice(["parked", "出生", ""]), bench.text(): value},
    )
    return bench.attempt(forger.relog().seal())


@true
def rare_characters_and_odd_names(bench):
    names = {"hospital": bench.text(), bench.text(): "𱍐\U000323af é ｈｕｂ"}
    return bench.attempt(bench.forger().seal(titles=names))


@true
def a_token_written_with_freedom(bench):
    """White space, order, escapes, further claims and header members: strict JSON leaves them free."""

    def change(told):
        extra = {
            "note": bench.draw.choice([bench.text(), None, 2**63 - 1, -0, [[]], {"x": {"y": True}}])
        }
        told = dict(sorted({**told, **extra}.items(), key=lambda _: bench.draw.random()))
        return json.dumps(
            told, indent=bench.draw.choice([None, 2]), ensure_ascii=bench.draw.random() < 0.5
        ).encode()

    header = {"note": bench.draw.choice([1, "x", {"deep": []}, None]), "x5t": "x"}
    return bench.attempt(bench.reissue(bench.forger(), change, header).seal())


@true
def a_document_of_many_or_odd_fields(bench):
    """Up to 512 leaves, any text, the largest numbers, names with escapes, digests that nobody reveals."""
    forger = bench.forger("case")
    names = ["/a~0b", "/a~1b", "/", "/ ", "/a/0/b", "/a/10", "/-", f"/{bench.text()}"]
    names = [f"/x{n}{name.replace('~ ', '')}" for n, name in enumerate(names)]
    fields = {
        n: bench.draw.choice([bench.text(), "", True, False, 0, 2**63 - 1, 1 - 2**63])
        for n in names
        if "~" not in n or n.endswith("b")
    }
    made = {}
    for name, value in fields.items():
        text = base64url.encode(
            bench.draw.choice([told_bytes, lambda v: json.dumps(v).encode()])(
                [bench.text(), name, value]
            )
        )
        made[name] = (text, base64url.encode(suite(bench.suite).digest(text.encode())))
    digests = [d for _, d in made.values()] + [
        f"filler {n}" for n in range(bench.draw.choice([0, 490]))
    ]
    bench.reissue(
        forger, lambda told: told | {"_sd": [*told["_sd"], *digests][:512]}, provider="hospital"
    )
    name, note = forger.entry("transfer", 0)
    told = note | {"disclosed": sorted([*note["disclosed"], *made])}
    bench.put(forger, name, told)
    forger.members[f"transfers/{note['ref']}.sd-jwt"] += "".join(
        f"{t}~" for t, _ in made.values()
    ).encode()
    return bench.attempt(forger.relog().seal())


@true
def a_receipt_of_what_was_sent_elsewhere(bench):
    """An effect of another case had the same key: its receipt is told here as well."""
    forger = bench.forger("case")
    name, told = bench.entry(forger, "receipt")
    changes = {
        "effect": bench.draw.randbytes(16).hex(),
        "what": bench.draw.choice(["stored", "applied", "refused"]),
    }
    bench.put(forger, name, told | changes)
    return bench.attempt(forger.relog().seal())


@true
def clocks_a_few_minutes_apart(bench):
    forger = bench.forger()
    forger.relog(at=bench.moved(minutes=bench.draw.randint(-9, 9)))
    data = forger.seal(exported_at=bench.moved(minutes=bench.draw.randint(0, 9)))
    return bench.attempt(data, at=kit.START)


@true
def corrections_and_digests(bench):
    claims = {"supersedes": bench.draw.randbytes(16).hex()}
    return bench.attempt(bench.reissue(bench.forger(), lambda told: told | claims).seal())
