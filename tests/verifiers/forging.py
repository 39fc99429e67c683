"""What an attacker may hold in his hands: bundles, keys, a CA of his own, and a seeded dice."""

import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random

from asn1crypto import x509 as asn1

from crypto import base64url, certificates, sm2, x509_forms
from crypto.sm2_curve import N
from exchange import canonical, document, evidence_trust
from exchange.errors import ZhidaError
from exchange.evidence_result import exit_code
from exchange.evidence_trust import Trust
from exchange.evidence_verify import Checker, verify
from exchange.evidence_zip import pack
from tests.exchange.evidence import conftest as kit

OTHER = {"SM2-SM3": "Ed25519", "Ed25519": "SM2-SM3"}
OID = {"SM2-SM3": "1.2.156.10197.1.501", "Ed25519": "1.3.101.112"}


@dataclass
class Attempt:
    """A file that is put before both verifiers, and what the format document answers."""

    data: bytes
    checker: Checker
    codes: frozenset[int]
    seed: str = ""
    alike: bool = True

    def first(self, folder):
        """The exit code of ours. ``folder``: where trust folders are made, as a checker has one."""
        try:
            checker = replace(self.checker, trust=loaded(self.checker.trust, folder))
            verify(self.data, checker)
        except ZhidaError as error:
            return exit_code(error)
        return 0


_LOADED: dict[str, Trust] = {}


def loaded(trust, folder):
    """The same anchors and lists out of a folder; ``evidence_trust.load`` may refuse it."""
    ders = (*(each.der for each in (*trust.anchors, *trust.lists)), b"|", *trust.stamp_anchors)
    key = " ".join(hashlib.sha256(each).hexdigest() for each in ders)
    if key not in _LOADED:
        own = Path(tempfile.mkdtemp(dir=folder))
        for number, each in enumerate(trust.anchors):
            (own / f"{number}.crt").write_bytes(each.pem)
        for number, each in enumerate(trust.lists):
            (own / f"{number}.crl").write_bytes(each.pem)
        stamps = Path(tempfile.mkdtemp(dir=folder)) if trust.stamp_anchors else None
        for number, each in enumerate(trust.stamp_anchors):
            (stamps / f"{number}.crt").write_bytes(each)
        _LOADED[key] = evidence_trust.load(own, stamps)
    return _LOADED[key]


ATTACKS: dict[str, Callable] = {}
TRUE: dict[str, Callable] = {}


def attack(*codes, alike=True):
    """Registers a class of attacks; the document refuses each with one of these codes.

    ``alike``: the document says which, so both verifiers give the same.
    """

    def register(function):
        assert function.__name__ not in ATTACKS
        ATTACKS[function.__name__] = function
        function.codes, function.alike = frozenset(codes), alike
        return function

    return register


def true(function):
    """Registers a class of bundles that are right, however odd."""
    TRUE[function.__name__] = function
    function.codes, function.alike = frozenset({0}), True
    return function


class Signed:
    """A token in its parts, to be put together in any wrong way."""

    def __init__(self, token, detached=None):
        head, payload, self.signature = token.split(".")
        self.header = json.loads(base64url.decode(head))
        self.payload = detached if detached is not None else base64url.decode(payload)

    def again(self, key, **header):
        """The same, honestly signed, with these members of the header (None: without it)."""
        return raw_token(key, {**self.header, **header}, self.payload)


def raw_token(key, header, payload, sign=None):
    """A compact JWS of any header (a dict without its Nones, or bytes), signed by any means."""
    if isinstance(header, dict):
        header = told_bytes({name: value for name, value in header.items() if value is not None})
    text = f"{base64url.encode(header)}.{base64url.encode(payload)}"
    return f"{text}.{base64url.encode((sign or key.sign)(text.encode()))}"


def told_bytes(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass
class Bench:
    """One world of one suite, and the dice of one attempt."""

    world: kit.World
    draw: Random
    members: dict = field(default_factory=dict)

    @property
    def suite(self):
        return self.world.suite

    def bundle(self, kind=None):
        world = self.world
        kind = kind or self.draw.choice(("case", "unit", "older"))
        return {"case": world.bundle, "unit": world.unit_bundle, "older": world.older_bundle}[kind]

    def forger(self, kind=None, key=None):
        return kit.Forger(self.world, self.bundle(kind), key)

    def attempt(self, data, *lists, **changed):
        return Attempt(data, self.world.checker(*lists, **changed), frozenset())

    def pick(self, options):
        return self.draw.choice(sorted(options))

    def text(self, size=12):
        """Any characters that a name may have."""
        pool = "abcXYZ019-_. 出生證龘𠀀㐂🀄é~\"'"
        return "".join(self.draw.choice(pool) for _ in range(self.draw.randint(1, size)))

    def moved(self, **delta):
        return stamp(kit.START + timedelta(**delta))

    def flip(self, data, bits=8):
        changed = bytearray(data)
        changed[self.draw.randrange(len(changed))] ^= 1 << self.draw.randrange(bits)
        return bytes(changed)

    # --- what is signed ---------------------------------------------------------------------

    def entry(self, forger, *kinds):
        """A random entry of one of these kinds: kind, its place among them, what it says."""
        found = []
        for name in forger.names("ledger/entries/"):
            told = json.loads(forger.members[name])
            if not kinds or told["kind"] in kinds:
                found.append((name, told))
        return self.draw.choice(found)

    def put(self, forger, name, told):
        forger.members[name] = told if isinstance(told, bytes) else canonical.dumps(told)

    def document(self, forger, provider=None):
        """A random document: its entry's name, what that says, and the token."""
        while True:
            name, told = self.entry(forger, "document")
            if provider in (None, told["provider"]):
                return name, told, forger.members[document_name(told["digest"])].decode()[:-1]

    def replace(self, forger, name, token, **entry):
        """Another token for a document: entry, notes and presentations follow; relogged."""
        told = json.loads(forger.members[name])
        forger.members.pop(document_name(told["digest"]))
        digest = document.digest(token)
        forger.members[document_name(digest)] = f"{token}~".encode()
        for other in forger.names("ledger/entries/"):
            note = json.loads(forger.members[other])
            if note.get("document_digest") == told["digest"]:
                shared = {k: entry[k] for k in ("provider",) if k in entry}
                renamed = {"document": entry["ref"]} if "ref" in entry else {}
                self.put(forger, other, note | shared | renamed | {"document_digest": digest})
                member = f"transfers/{note['ref']}.sd-jwt"
                shown = forger.members[member].decode().split("~", 1)[1]
                forger.members[member] = f"{token}~{shown}".encode()
        self.put(forger, name, told | entry | {"digest": digest})
        return forger.relog()

    def signed_as(self, told):
        """The key that a document of this entry is signed with."""
        return self.world.keys[told["provider"] if told["custody"] == "unit" else "hub"]

    def reissue(self, forger, change=None, header=None, provider=None):
        """A document signed again by its own signer after ``change`` of the payload (a dict)."""
        name, told, token = self.document(forger, provider)
        parts = Signed(token)
        payload = json.loads(parts.payload)
        payload = change(payload) or payload if change else payload
        data = payload if isinstance(payload, bytes) else told_bytes(payload)
        full = {**parts.header, **(header or {})}
        token = raw_token(self.signed_as(told), full, data)
        return self.replace(forger, name, token)

    def rehead(self, forger, change):
        """The head with its payload changed (a dict, or bytes), signed by the hub."""
        parts = Signed(forger.members["ledger/head.jws"].decode())
        told = change(json.loads(parts.payload))
        data = told if isinstance(told, bytes) else canonical.dumps(told)
        forger.members["ledger/head.jws"] = raw_token(
            self.world.keys["hub"], parts.header, data
        ).encode()
        return forger

    def reseal(self, forger, data, header=None, key=None):
        """The seal over other bytes of the manifest, by the hub."""
        full = Signed(forger.members["manifest.jws"].decode(), b"").header | (header or {})
        head, _, signature = raw_token(key or self.world.keys["hub"], full, data).split(".")
        forger.members["manifest.json"] = data
        forger.members["manifest.jws"] = f"{head}..{signature}".encode()
        return pack(forger.members)

    def proofs(self, forger, change):
        told = json.loads(forger.members["ledger/proofs.json"])
        told = change(told) or told
        self.put(forger, "ledger/proofs.json", told)
        return forger

    # --- certificates -------------------------------------------------------------------------

    def certificate(self, unit, public=None, ca=None, **options):
        """One more certificate of the world's CA (or another)."""
        own = self.world.middle if unit == "hospital" else self.world.root
        public = public or self.world.keys[unit].public
        return kit.issue(unit, public, ca or own, **options)

    def exchanged(self, forger, unit, *others):
        """Other certificates in place of the unit's."""
        kit_name = certificate_name(self.world.certificates[unit])
        forger.members.pop(kit_name, None)
        for other in others:
            forger.add_certificate(other)
        return forger

    def revoked(self, unit, at, **options):
        ca = self.world.middle if unit == "hospital" else self.world.root
        own = self.world.certificates[unit]
        return crl(ca, [certificates.Revocation(own.serial, at)], **options)


def crl(ca, revoked=(), next_update=kit.UNTIL):
    return certificates.issue_crl(*ca, revoked, this_update=kit.FROM, next_update=next_update)


def document_name(digest):
    return f"documents/{digest}.sd-jwt"


def certificate_name(certificate):
    return f"certificates/{hashlib.sha256(certificate.der).hexdigest()}.crt"


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def handmade(certificate, ca_key, change):
    """The certificate with its content changed (asn1crypto, in place) and signed again."""
    tbs = asn1.Certificate.load(certificate.der)["tbs_certificate"].copy()
    change(tbs)
    closing = x509_forms.signed(asn1.TbsCertificate.load(tbs.dump(force=True)), ca_key)
    whole = {"tbs_certificate": tbs, "signature_algorithm": closing["signature_algorithm"]}
    return asn1.Certificate({**whole, "signature_value": closing["value"]}).dump()


def sm2_with(key, digest, ecdsa=False):
    """A signature made of another digest ``e``, or by ECDSA's formula; ``key`` is SM2."""
    d, e = int.from_bytes(key.raw, "big"), int.from_bytes(digest, "big")
    once, point = sm2.provider().generate()
    k, x = int.from_bytes(once, "big"), int.from_bytes(point[:32], "big")
    if ecdsa:
        r = x % N
        s = pow(k, -1, N) * (e + r * d) % N
    else:
        r = (e + x) % N
        s = pow(1 + d, -1, N) * (k - r * d) % N
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
