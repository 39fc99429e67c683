"""Attacks on tokens: algorithms confused, headers that lead astray, signatures of another make."""

import json

from crypto import base64url, jws, keys
from crypto.sm2_curve import N, message_digest
from crypto.suites import suite
from exchange import canonical
from exchange.evidence_zip import pack
from tests.verifiers.forging import OTHER, Signed, attack, raw_token, sm2_with, told_bytes

ED_ORDER = 2**252 + 27742317777372353535851937790883648493


def token_changed(bench, make):
    """Head, seal or document with its token made by ``make`` (of its parts and its key)."""
    where = bench.draw.choice(["head", "seal", "document", "older"])
    forger = bench.forger("older" if where == "older" else None)
    hub = bench.world.keys["hub"]
    if where == "seal":
        forger.seal()
        manifest = forger.members["manifest.json"]
        whole = make(Signed(forger.members["manifest.jws"].decode(), manifest), hub)
        head, _, signature = whole.split(".")
        forger.members["manifest.jws"] = f"{head}..{signature}".encode()
        return bench.attempt(pack(forger.members))
    if where == "document":
        name, told, token = bench.document(forger)
        token = make(Signed(token), bench.signed_as(told))
        return bench.attempt(bench.replace(forger, name, token).seal())
    member = f"ledger/{'older-' if where == 'older' else ''}head.jws"
    forger.members[member] = make(Signed(forger.members[member].decode()), hub).encode()
    return bench.attempt(forger.seal())


@attack(4)
def algorithm_none_or_unknown(bench):
    alg = bench.draw.choice(
        ["none", "None", "", "HS256", "ES256", "eddsa", "SM2", "sm2-sm3", "RS256"]
    )
    drop = bench.draw.random() < 0.3

    def make(parts, key):
        token = parts.again(key, alg=alg)
        return token.rpartition(".")[0] + "." if drop else token

    return token_changed(bench, make)


@attack(2, 4)
def algorithm_of_the_other_suite(bench):
    """The header says the other suite; signed by the named key, or by one of that suite."""
    other = OTHER[bench.suite]
    alg = {"SM2-SM3": "SM2-SM3", "Ed25519": "EdDSA"}[other]
    stranger = keys.generate(other)
    return token_changed(
        bench, lambda parts, key: parts.again(bench.draw.choice([key, stranger]), alg=alg)
    )


@attack(2)
def signed_by_a_key_of_the_other_suite(bench):
    """The header is as it should be; the signature is the other algorithm's, also 64 bytes."""
    stranger = keys.generate(OTHER[bench.suite])
    return token_changed(bench, lambda parts, _: parts.again(stranger))


@attack(2)
def another_user_id(bench):
    """SM2 under an empty user id, or that of another system: a signature, but not ours."""
    user = bench.draw.choice([b"", b"1234567812345679", b"ALICE123@YAHOO.COM", b"hub"])
    if bench.suite == "Ed25519":
        return signed_by_a_key_of_the_other_suite(bench)

    def make(parts, key):
        sign = lambda text: sm2_with(key, message_digest(key.public.raw, text, user))  # noqa: E731
        return raw_token(key, parts.header, parts.payload, sign)

    return token_changed(bench, make)


@attack(2)
def ecdsa_or_no_za(bench):
    """ECDSA's formula with the same key and curve, or SM2 over SM3 of the text alone, without ZA."""
    if bench.suite == "Ed25519":
        return signed_by_a_key_of_the_other_suite(bench)

    def make(parts, key):
        if bench.draw.random() < 0.5:
            sign = lambda text: sm2_with(key, message_digest(key.public.raw, text), ecdsa=True)  # noqa: E731
        else:
            sign = lambda text: sm2_with(key, suite("SM2-SM3").digest(text))  # noqa: E731
        return raw_token(key, parts.header, parts.payload, sign)

    return token_changed(bench, make)


@attack(2)
def a_signature_out_of_its_range(bench):
    """Zero, the group's order, s + n, s + L, r and s exchanged, n − s: 64 bytes that verify nowhere."""

    def sign(key, text):
        raw = key.sign(text)
        first, second = raw[:32], raw[32:]
        if bench.suite == "Ed25519":
            s = int.from_bytes(second, "little")
            ways = [s + ED_ORDER, 0, ED_ORDER - s]
            wrong = [first + each.to_bytes(32, "little") for each in ways]
            return bench.draw.choice([*wrong, bytes(64), second + first, b"\1" + bytes(63)])
        s = int.from_bytes(second, "big")
        wrong = [first + (N - s).to_bytes(32, "big"), bytes(32) + second, first + bytes(32)]
        big = N.to_bytes(32, "big")
        return bench.draw.choice(
            [*wrong, big + second, first + big, bytes(64), second + first, b"\xff" * 64]
        )

    return token_changed(
        bench,
        lambda parts, key: raw_token(
            key, parts.header, parts.payload, lambda text: sign(key, text)
        ),
    )


@attack(4)
def a_signature_of_another_length(bench):
    def change(raw):
        der = bytes([0x30, 0x44, 2, 0x20]) + raw[:32] + bytes([2, 0x20]) + raw[32:]
        return bench.draw.choice([raw[:-1], raw + b"\0", b"", der, b"\0" + raw])

    return token_changed(
        bench,
        lambda parts, key: raw_token(
            key, parts.header, parts.payload, lambda text: change(key.sign(text))
        ),
    )


@attack(2)
def the_signature_of_another_text(bench):
    """The payload is changed, the signature stays."""

    def make(parts, key):
        told = json.loads(parts.payload)
        if "at" in told:
            told["at"] = bench.moved(seconds=bench.draw.randint(18, 100))
        elif "iat" in told:
            told["iat"] = bench.moved(microseconds=bench.draw.randint(1, 100))
        else:
            return f"{parts.again(key).rpartition('.')[0]}.{base64url.encode(bench.draw.randbytes(64))}"
        head = base64url.encode(told_bytes(parts.header))
        return f"{head}.{base64url.encode(canonical.dumps(told))}.{parts.signature}"

    return token_changed(bench, make)


@attack(4)
def a_header_that_leads_astray(bench):
    name = bench.draw.choice(["crit", "b64", "jku", "jwk", "x5u", "zip"])
    value = {
        "crit": ["b64"], "b64": False, "jku": "https://example.org/k", "jwk": {"kty": "OKP"},
        "x5u": "https://example.org/c", "zip": "DEF",
    }[name]  # fmt: skip
    return token_changed(bench, lambda parts, key: parts.again(key, **{name: value}))


@attack(2)
def a_header_that_names_another_key(bench):
    other = bench.draw.choice([bench.world.keys["bank"].kid, "", None, "x" * 43, "hub"])
    return token_changed(bench, lambda parts, key: parts.again(key, kid=other))


@attack(2, 4)
def a_token_of_another_type(bench):
    """A seal is no head, a head no document: each says what it is."""
    types = ["zhida-head+jws", "zhida-evidence+jws", "zhida+sd-jwt", "JWT", "", None]

    def make(parts, key):
        return parts.again(
            key, typ=bench.draw.choice([t for t in types if t != parts.header["typ"]])
        )

    return token_changed(bench, make)


@attack(4)
def a_header_of_another_form(bench):
    def make(parts, key):
        head = told_bytes(parts.header)
        wrong = bench.draw.choice(
            [b"[]", b"{}", b'"x"', head[:-1], head + b"x", head[:-1] + b',"alg":"none"}', b"\xef\xbb\xbf" + head,
             head[:-1] + b',"n":1.0}', head[:-1] + b',"n":NaN}', head[:-1] + b',"n":"\\ud800"}',
             head[:-1] + b',"n":' + b"[" * 32 + b"1" + b"]" * 32 + b"}", head[:-1] + b',"n":9223372036854775808}',
             told_bytes(parts.header | {"kid": 7}), told_bytes(parts.header | {"typ": ["x"]})]
        )  # fmt: skip
        return raw_token(key, wrong, parts.payload)

    return token_changed(bench, make)


@attack(4)
def base64url_written_otherwise(bench):
    """Padding, a line end, the other alphabet, stray bits in the last character."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    def make(parts, key):
        head, payload, signature = parts.again(key).split(".")
        stray = signature[:-1] + digits[digits.index(signature[-1]) + 1]
        ways = [
            (head, payload, signature + "=="), (head, payload, stray), (head + "=", payload, signature),
            (head, payload, signature + "\n"), (head, payload, " " + signature), (head, payload, "+" + signature[1:]),
        ]  # fmt: skip
        return ".".join(bench.draw.choice(ways))

    return token_changed(bench, make)


@attack(4)
def more_or_fewer_parts(bench):
    def make(parts, key):
        head, payload, signature = parts.again(key).split(".")
        return bench.draw.choice(
            [
                f"{head}.{payload}",
                f"{head}.{payload}.{signature}.",
                f".{head}.{payload}.{signature}",
            ]
        )

    forger = bench.forger()
    member = "ledger/head.jws"
    forger.members[member] = make(
        Signed(forger.members[member].decode()), bench.world.keys["hub"]
    ).encode()
    return bench.attempt(forger.seal())


@attack(4)
def a_seal_with_its_payload(bench):
    forger = bench.forger()
    forger.seal()
    token = Signed(forger.members["manifest.jws"].decode(), forger.members["manifest.json"])
    forger.members["manifest.jws"] = token.again(bench.world.keys["hub"]).encode()
    return bench.attempt(pack(forger.members))


@attack(2)
def a_head_in_place_of_the_seal(bench):
    """The hub did sign it, but as something else: only ``typ`` tells."""
    forger = bench.forger()
    forger.seal()
    signed = jws.sign(
        forger.members["manifest.json"], bench.world.keys["hub"], {"typ": "zhida-head+jws"}
    )
    head, _, signature = signed.split(".")
    forger.members["manifest.jws"] = f"{head}..{signature}".encode()
    return bench.attempt(pack(forger.members))
