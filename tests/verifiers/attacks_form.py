"""Attacks on the form: JSON, numbers, texts, times, keys too many and too few, another PEM.

Most are sealed by the hub itself: even it may write a thing in one way only.
"""

import json

from exchange import canonical
from tests.verifiers.forging import Signed, attack, raw_token, told_bytes

JSON_MEMBERS = ("entry", "manifest", "head", "proofs")


def rewritten(bench, change, members=JSON_MEMBERS):
    """Canonical JSON of some member with its bytes changed, and everything around it made to fit."""
    member = bench.draw.choice(members)
    forger = bench.forger()
    if member == "manifest":
        forger.seal()
        return bench.attempt(bench.reseal(forger, change(forger.members["manifest.json"])))
    if member == "head":
        data = bench.rehead(forger, lambda told: change(canonical.dumps(told))).seal()
        return bench.attempt(data)
    if member == "proofs":
        forger.members["ledger/proofs.json"] = change(forger.members["ledger/proofs.json"])
        return bench.attempt(forger.seal())
    name, _ = bench.entry(forger)
    forger.members[name] = change(forger.members[name])
    return bench.attempt(forger.relog().seal())


@attack(4)
def a_key_twice(bench):
    def change(data):
        key = bench.draw.choice(list(json.loads(data)))
        value = bench.draw.choice([b'""', canonical.dumps({"x": json.loads(data)[key]})[5:-1]])
        return b'{"%b":%b,' % (key.encode(), value) + data[1:]

    return rewritten(bench, change)


@attack(4)
def a_key_twice_within_a_token(bench):
    """Header or payload of a document, signed by its own signer."""
    if bench.draw.random() < 0.5:

        def change(payload):
            return (
                b'{"iss":"%b",' % bench.text(3).encode().replace(b'"', b"")
                + told_bytes(payload)[1:]
            )

        return bench.attempt(bench.reissue(bench.forger(), change).seal())
    forger = bench.forger()
    parts = Signed(forger.members["ledger/head.jws"].decode())
    head = b'{"alg":"none",' + told_bytes(parts.header)[1:]
    forger.members["ledger/head.jws"] = raw_token(
        bench.world.keys["hub"], head, parts.payload
    ).encode()
    return bench.attempt(forger.seal())


@attack(4)
def json_written_otherwise(bench):
    def change(data):
        value = json.loads(data)
        ways = [
            json.dumps(value).encode(),
            data + b"\n",
            b" " + data,
            b"\xef\xbb\xbf" + data,
b'{"\\u00%02x' % data[2] + data[3:],
            data.replace(b":", b": ", 1),
            told_bytes(dict(reversed(value.items()))),
            data.decode().encode("utf-16"),
        ]  # fmt: skip
        return bench.draw.choice([way for way in ways if way != data])

    return rewritten(bench, change)


@attack(4)
def whole_numbers_written_otherwise(bench):
    """``1.0``, ``1e0``, ``01``, ``-0``, beyond 2^53, ``NaN``, ``null``: in head and manifest."""
    wrong = bench.draw.choice(
        [b"%d.0", b"%de0", b"0%d", b"+%d", b"-%d", b"%d0000000000000000000000", b"%d.5", b"0x%d"]
    )
    if bench.draw.random() < 0.5:

        def size(told):
            text = canonical.dumps(told)
            return text.replace(b'"size":%d' % told["size"], b'"size":' + wrong % told["size"])

        return bench.attempt(bench.rehead(bench.forger(), size).seal())
    other = bench.draw.choice([wrong % 1, b"true", b'"1"', b"null", b"NaN", b"[1]", b"2"])
    forger = bench.forger()
    forger.seal()
    text = forger.members["manifest.json"].replace(b'"version":1', b'"version":' + other)
    return bench.attempt(bench.reseal(forger, text))


@attack(4)
def values_that_cannot_be_signed(bench):
    """In an entry of the hub's own, where any value may stand: null, fractions, half a surrogate…"""
    forger = bench.forger("case")
    name, told = bench.entry(forger, "refusal", "case-closed", "case-opened")
    deep = b"[" * bench.draw.choice([65, 66, 900, 100_000])
    wrong = bench.draw.choice(
        [b"null", b"1.5", b"1e3", b"-0", b"9007199254740992", b"-9007199254740992", b'"\\ud800"',
         b'"\xff"', b'"\xed\xa0\x80"', b'"a\nb"', b'"\\x41"', b"NaN", b"Infinity", b"'x'", b"[1,]",
         b"{}x", deep + b"]" * len(deep), b'"\\u001F"', b'"\\/"', b'{"a":1,"a":1}']
    )  # fmt: skip
    text = canonical.dumps(told | {"more": 0})
    forger.members[name] = text.replace(b'"more":0', b'"more":' + wrong)
    return bench.attempt(forger.relog().seal())


@attack(4)
def a_key_too_many(bench):
    forger, key = bench.forger(), bench.draw.choice(["more", "z", "Format", "case ", "__proto__"])
    member = bench.draw.choice(["manifest", "head", "proofs", "entry"])
    if member == "manifest":
        return bench.attempt(forger.seal(**{key: "x"}))
    if member == "head":
        return bench.attempt(bench.rehead(forger, lambda told: told | {key: "x"}).seal())
    if member == "proofs":
        return bench.attempt(bench.proofs(forger, lambda told: told | {key: []}).seal())
    name, told = bench.entry(forger, "document", "transfer", "query", "receipt")
    bench.put(forger, name, told | {key: "x"})
    return bench.attempt(forger.relog().seal())


@attack(4)
def a_key_too_few(bench):
    def change(data):
        told = json.loads(data)
        known = set(told) - {"code", "item", "state", "definition", "consistency"}
        if told.get("kind") in ("transfer", "query"):
            known.add("item")
        del told[bench.pick(known)]
        return canonical.dumps(told)

    return rewritten(bench, change)


@attack(4)
def a_value_of_another_type(bench):
    def change(data):
        told = json.loads(data)
        free = (
            {"code", "item", "state", "definition"}
            if told.get("kind") not in ("transfer", "query")
            else set()
        )
        key = bench.pick(set(told) - free)
        told[key] = bench.draw.choice([1, True, [1], {"x": 1}, [[]], ["b", "a"], ["a", "a"]])
        if key == "version":
            told[key] = True
        if key == "size":
            told[key] = bench.draw.choice([True, 0, -1, "7", []])
        return canonical.dumps(told)

    return rewritten(bench, change)


@attack(4)
def characters_that_cannot_be_seen(bench):
    """In the manifest's texts, names of units among them: marks of direction, controls, blanks."""
    mark = bench.draw.choice(
        "\x1b\x00\x7f\x85\xad\u200b\u200d\u202e\u2066\u2028\u2029\xa0\u3000\ufeff\ue000\U000e0041"
    )
    where = bench.draw.choice(["matter", "organization", "origin", "title", "unit-title", "case"])
    text = f"a{mark}b" if bench.draw.random() < 0.5 else f"hub{mark}"
    changed = {"title": {"titles": {"hub": text}}, "unit-title": {"titles": {text: "x"}}}
    return bench.attempt(bench.forger().seal(**changed.get(where, {where: text})))


@attack(4)
def a_time_in_another_form(bench):
    wrong = bench.draw.choice(
        ["2026-03-02T01:00:20Z", "2026-03-02T01:00:20.000Z", "2026-03-02 01:00:20.000000Z",
         "2026-03-02T09:00:20.000000+08:00", "2026-02-30T01:00:20.000000Z", "1772413220", "now", "",
         "2026-03-02T24:00:00.000000Z", "2026-03-02T01:00:60.000000Z", "1899-12-31T00:00:00.000000Z",
         "9000-01-01T00:00:00.000000Z", "２０２６-03-02T01:00:20.000000Z", "2026-03-02T01:00:20.000000z",
         "2026-3-2T01:00:20.000000Z", "2026-03-02T01:00:20.000000Z\n", "0026-03-02T01:00:20.000000Z"]
    )  # fmt: skip
    where = bench.draw.choice(["manifest", "head", "entry", "iat", "as_of"])
    forger = bench.forger()
    if where == "manifest":
        return bench.attempt(forger.seal(exported_at=wrong))
    if where == "head":
        return bench.attempt(bench.rehead(forger, lambda told: told | {"at": wrong}).seal())
    if where in ("iat", "as_of"):
        return bench.attempt(bench.reissue(forger, lambda payload: payload | {where: wrong}).seal())
    name, told = bench.entry(forger)
    bench.put(forger, name, told | {"at": wrong})
    return bench.attempt(forger.relog().seal())


@attack(4)
def another_form_of_pem(bench):
    forger = bench.forger()
    name = bench.pick(forger.names("certificates/"))
    body = forger.members[name]
    lines = body.split(b"\n")
    forger.members[name] = bench.draw.choice(
        [body.rstrip(), body + b"\n", body.replace(b"\n", b"\r\n"), b"# note\n" + body, body + body,
         body.replace(b"CERTIFICATE", b"X509 CERTIFICATE"), b"\n".join([lines[0], b"".join(lines[1:-2]), *lines[-2:]]),
         b"", body[:-30], body.replace(b"M", b"-", 1)]
    )  # fmt: skip
    return bench.attempt(forger.seal())


@attack(4)
def a_receipt_or_a_query_that_cannot_be(bench):
    forger = bench.forger("case")
    kind, change = bench.draw.choice(
        [("receipt", {"what": "perhaps"}), ("receipt", {"what": "Applied"}), ("receipt", {"what": ""}),
         ("query", {"effect": "e" * 32}), ("case-opened", {"matter": 1}),
         ("transfer", {"withheld": ["/z", "/a"]}), ("transfer", {"disclosed": "/a"}),
         ("document", {"raw_digest": 0})]
    )  # fmt: skip
    name, told = bench.entry(forger, kind)
    bench.put(forger, name, told | change)
    return bench.attempt(forger.relog().seal())


@attack(4)
def paths_of_another_form(bench):
    def change(told):
        paths = told["paths"]
        seq = bench.pick(paths)
        node = "0" * 64
        ways = [
            {seq: paths[seq] + [node.upper().replace("0", "A")]}, {seq: ["00"]}, {seq: [node] * 65},
            {seq: "x"}, {f"0{seq}": []}, {"-1": []}, {"x": []}, {"1" * 5000: []}, {f"{seq} ": []},
            {"٣": []}, {"1.0": []}, {seq: [" " + node]}, {"1" * 13: []},
        ]  # fmt: skip
        told["paths"] = paths | bench.draw.choice(ways)

    return bench.attempt(bench.proofs(bench.forger(), change).seal())
