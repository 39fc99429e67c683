"""Attacks on documents and disclosures: moved, added, left out, named otherwise, of another document."""

import json

from crypto import base64url, sd_jwt
from crypto.suites import suite
from exchange import canonical
from tests.verifiers.forging import Signed, attack, raw_token, told_bytes


def transfer(bench, forger, place=None):
    """Member and note of a random transfer or query, and its disclosures."""
    _name, note = bench.entry(forger, "transfer", "query")
    member = f"transfers/{note['ref']}.sd-jwt"
    token, *shown = forger.members[member].decode().split("~")[:-1]
    return member, note, token, shown


def presented(forger, member, token, shown):
    forger.members[member] = "~".join([token, *shown, ""]).encode()
    return forger.seal()


@attack(2)
def a_disclosure_of_another_document_of_the_case(bench):
    forger = bench.forger("case")
    member, note, token, shown = transfer(bench, forger)
    while True:
        _, other, _, theirs = transfer(bench, forger)
        if other["document"] != note["document"]:
            break
    moved = bench.draw.choice([[*shown, theirs[0]], [theirs[0], *shown[1:]], [theirs[0], *shown]])
    return bench.attempt(presented(forger, member, token, moved))


@attack(2)
def a_presentation_exchanged_with_another(bench):
    forger = bench.forger("case")
    first, second = bench.draw.sample(forger.names("transfers/"), 2)
    members = forger.members
    members[first], members[second] = members[second], members[first]
    return bench.attempt(forger.seal())


@attack(2)
def one_field_more(bench):
    """The signature still verifies, but the note does not name it."""
    forger = bench.forger("case")
    member, note, *_ = transfer(bench, forger)
    whole = bench.world.archive.get(note["document"])
    more = [*note["disclosed"], bench.draw.choice(note["withheld"])]
    forger.members[member] = sd_jwt.disclose(whole.token, more).encode()
    return bench.attempt(forger.seal())


@attack(2)
def one_field_less(bench):
    forger = bench.forger()
    member, _, token, shown = transfer(bench, forger)
    shown.pop(bench.draw.randrange(len(shown)))
    return bench.attempt(presented(forger, member, token, shown))


@attack(2)
def a_field_twice(bench):
    forger = bench.forger()
    member, _, token, shown = transfer(bench, forger)
    return bench.attempt(presented(forger, member, token, [*shown, bench.draw.choice(shown)]))


@attack(2)
def a_disclosure_changed(bench):
    """Another value, name or salt, other white space, padding: its digest is not in the document."""
    forger = bench.forger()
    member, _, token, shown = transfer(bench, forger)
    at = bench.draw.randrange(len(shown))
    salt, name, value = json.loads(base64url.decode(shown[at]))
    wrong = bench.draw.choice(
        [[salt, name, "张三"], [salt, name, True], [salt, name, 1], [salt, "/other", value], [base64url.encode(b"1" * 16), name, value],
         [salt, name, value, 1], [salt, name], {"a": 1}, [salt, name, None], [salt, name, [value]], [salt, name, 2**63],
         [1, name, value], [salt, 1, value], [salt, "", value], [salt, "_sd", value], [salt, "...", value], [salt, "iss", value]]
    )  # fmt: skip
    bad = [base64url.encode(told_bytes(wrong)), shown[at] + "=", shown[at][:-1], "", base64url.encode(b'["a","/b",1.0]'),
           base64url.encode(b'["a","/b",1,]'), base64url.encode(told_bytes([salt, name, value])), " " + shown[at]]  # fmt: skip
    choices = [each for each in bad if each != shown[at]]
    shown[at] = bench.draw.choice(choices)
    return bench.attempt(presented(forger, member, token, shown))


@attack(2)
def a_key_binding_or_no_end(bench):
    forger = bench.forger()
    member, _, token, shown = transfer(bench, forger)
    binding = forger.members["ledger/head.jws"].decode()
    whole = "~".join([token, *shown])
    forger.members[member] = bench.draw.choice(
        [whole, f"{whole}~{binding}", f"~{whole}~", f"{whole}~~", token]
    ).encode()
    return bench.attempt(forger.seal())


@attack(2)
def a_document_that_discloses_by_itself(bench):
    forger = bench.forger()
    member, note, *_ = transfer(bench, forger)
    forger.members[f"documents/{note['document_digest']}.sd-jwt"] = forger.members[member]
    return bench.attempt(forger.seal())


@attack(4)
def a_documents_own_disclosure_of_another(bench):
    forger = bench.forger("case")
    _, note, *_ = transfer(bench, forger)
    while True:
        _, other, _, theirs = transfer(bench, forger)
        if other["document"] != note["document"]:
            break
    forger.members[f"documents/{note['document_digest']}.sd-jwt"] += theirs[0].encode() + b"~"
    return bench.attempt(forger.seal())


@attack(2)
def another_document_of_the_same_issuer(bench):
    """Signed by the hub, with the right names: but not the one that the note is about."""
    world, forger = bench.world, bench.forger("case")
    while True:
        member, note, *_ = transfer(bench, forger)
        if note["provider"] == "window":
            break
    other = world.issue_document(
        {"certificate": {"number": "X1"}, "child": {"name": "李小直"}, "a": 1, "b": 2, "c": 3},
        "birth-declaration", "window", now=world.clock(),
    )  # fmt: skip
    forger.members[member] = sd_jwt.disclose(other, note["disclosed"]).encode()
    return bench.attempt(forger.seal())


def disclosure(bench, name, value, salt="c2FsdA"):
    text = base64url.encode(told_bytes([salt, name, value]))
    return text, base64url.encode(suite(bench.suite).digest(text.encode()))


@attack(2)
def names_that_are_no_tree(bench):
    """The signer's own: a leaf that is also a branch, no pointer, an escape that is none."""
    forger = bench.forger("case")
    names = bench.draw.choice(
        [("/a", "/a/b"), ("/a/b/c", "/a"), ("a",), ("/a~",), ("/a~2b",), ("/a~0", "/a~"), ("/x" * 65,), ("child/name",), (" /a",)]
    )  # fmt: skip
    made = [disclosure(bench, name, "1") for name in names]
    while True:
        _, note, *_ = transfer(bench, forger)
        if note["disclosed"]:
            break
    provider = note["provider"]
    bench.reissue(
        forger,
        lambda told: told | {"_sd": [*told["_sd"], *(d for _, d in made)]},
        provider=provider,
    )
    for name in forger.names("ledger/entries/"):
        told = json.loads(forger.members[name])
        if told.get("ref") == note["ref"]:
            bench.put(forger, name, told | {"disclosed": sorted([*told["disclosed"], *names])})
    member = f"transfers/{note['ref']}.sd-jwt"
    forger.members[member] += "".join(f"{text}~" for text, _ in made).encode()
    return bench.attempt(forger.relog().seal())


@attack(2)
def a_name_that_is_visible_too(bench):
    """One fact said twice: which of the two holds?"""
    forger = bench.forger("case")
    name = bench.draw.choice(["/visible", "/jti"])
    text, digest = disclosure(bench, name, "2")
    _, note, *_ = transfer(bench, forger)
    change = lambda told: told | {name: "1", "_sd": [*told["_sd"], digest]}  # noqa: E731
    bench.reissue(forger, change, provider=note["provider"])
    for entry in forger.names("ledger/entries/"):
        told = json.loads(forger.members[entry])
        if told.get("ref") == note["ref"]:
            bench.put(forger, entry, told | {"disclosed": sorted([*told["disclosed"], name])})
    forger.members[f"transfers/{note['ref']}.sd-jwt"] += f"{text}~".encode()
    return bench.attempt(forger.relog().seal())


@attack(4)
def claims_of_another_form(bench):
    """Signed by the unit itself: what is not text, or not there, or has a meaning of its own."""
    wrong = bench.draw.choice([1, True, None, ["x"], {"x": "y"}])
    names = ["jti", "iss", "iat", "kind", "provider", "custody", "source", "as_of"]
    name = bench.draw.choice(names)
    optional = bench.draw.choice(["raw_digest", "mapping_digest", "supersedes"])

    def dropped(told):
        del told[name]

    deep = {"a": 1}
    for _ in range(32):
        deep = {"a": deep}
    ways = [
        lambda told: told | {name: wrong}, dropped, lambda told: told | {optional: wrong},
        lambda told: told | {"x": {"_sd": []}}, lambda told: told | {"x": [{"...": "y"}]}, lambda told: told | {"...": "y"},
        lambda told: told | {"x": {"_sd_alg": "sm3"}}, lambda told: told | {"_sd": [*told["_sd"], told["_sd"][0]]},
        lambda told: told | {"_sd": "x"}, lambda told: told | {"_sd": [1]}, lambda told: told | {"_sd": {}},
        lambda told: told | {"_sd": [f"{n}" for n in range(513)]}, lambda told: told | {"_sd_alg": "sha-512"},
        lambda told: told | {"_sd_alg": 1}, lambda told: told | {"x": deep}, lambda told: told | {"x": 2**63},
        lambda _: b"[]", lambda _: b"null", lambda told: canonical.dumps(told)[:-1],
        lambda told: canonical.dumps(told)[:-1] + b',"x":1.5}', lambda told: told | {"iss": "hub\u202e"},
    ]  # fmt: skip
    return bench.attempt(bench.reissue(bench.forger(), bench.draw.choice(ways)).seal())


@attack(4)
def digests_by_another_hash(bench):
    """``_sd_alg`` of the other suite, or none under SM2 (which means SHA-256)."""
    other = {"SM2-SM3": "sha-256", "Ed25519": "sm3"}[bench.suite]

    def change(told):
        if bench.suite == "SM2-SM3" and bench.draw.random() < 0.5:
            del told["_sd_alg"]
            return told
        return told | {"_sd_alg": other}

    return bench.attempt(bench.reissue(bench.forger(), change).seal())


@attack(2)
def two_documents_of_one_id(bench):
    forger = bench.forger("case")
    first, second = (forger.entry("document", place)[1] for place in (0, 1))
    name, _told, token = bench.document(forger, "hospital")
    key = bench.world.keys["hospital"]
    parts = Signed(token)
    payload = json.loads(parts.payload) | {"jti": first["ref"]}
    assert second["ref"] != first["ref"]
    data = bench.replace(
        forger, name, raw_token(key, parts.header, told_bytes(payload)), ref=first["ref"]
    ).seal()
    return bench.attempt(data)


@attack(2)
def claims_that_the_entry_contradicts(bench):
    """Signed again with other claims, while the ledger's entry says what it said."""
    name = bench.draw.choice(["jti", "kind", "source", "as_of", "raw_digest", "mapping_digest"])
    value = bench.moved(seconds=-40) if name == "as_of" else "ab" * 32
    return bench.attempt(bench.reissue(bench.forger(), lambda told: told | {name: value}).seal())
