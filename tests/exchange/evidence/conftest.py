"""A hub with one case and another besides it, made by the core's own functions; and its forger.

Bundles are made once a suite and session; every attack starts from their bytes.
"""

import base64
import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import SimpleNamespace

import pytest

from crypto import certificates, jws, keys
from crypto.suites import suite as suite_of
from exchange import canonical, document, receipt, times, transfer
from exchange.agreement import Agreement
from exchange.archive import Archive
from exchange.document import Origin
from exchange.evidence import Exporter
from exchange.evidence_trust import Trust
from exchange.evidence_verify import Checker
from exchange.evidence_zip import pack, unpack
from exchange.keyring import Keyring, UnitCertificate
from exchange.ledger import HEAD_TYPE, Entry, Ledger
from exchange.ports import Answer
from exchange.store import case_rows, delivery_rows, ledger_rows, schema
from exchange.store.case_rows import CaseRow
from exchange.store.engine import Store
from exchange.vault import Vault

SUITES = ("SM2-SM3", "Ed25519")
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
LATER = START + timedelta(hours=1)
BIRTH = {
    "certificate": {"number": "X320117001"},
    "child": {"sex": "2", "weight_g": 3350},
    "mother": {"name": "张小直", "id_number": "320117199602140026"},
    "father": {"name": "王知达"},
}
DECLARATION = {
    "certificate": {"number": "X320117001"},
    "child": {"name": "王小直二"},
    "applicant": {"name": "张小直", "phone": "19900000001"},
    "consent": True,
}
FIELDS = {
    "hospital-to-police": ("hospital", "police", "birth-record", ("/child/*", "/mother/*")),
    "window-to-hospital": ("window", "hospital", "birth-declaration", ("/certificate/number",)),
    "window-to-police": ("window", "police", "birth-declaration", ("/child/name",)),
    "hub-to-window": ("police", "window", "citizen-id", ("/name",)),
}
AGREEMENTS = [
    Agreement(
        name, provider, receiver, kind, "newborn", "户口登记条例第七条", fields,
        date(2026, 1, 1), date(2026, 12, 31),
    )
    for name, (provider, receiver, kind, fields) in FIELDS.items()
]  # fmt: skip


@cache
def authority(suite, name="Root", **options):
    """A root (or, with ``under``, an intermediate) and its key."""
    key = keys.generate(suite)
    return certificates.issue_ca(name, key, FROM, UNTIL, organization="示例根CA", **options), key


def issue(unit, public, ca, *, valid_from=FROM, valid_until=UNTIL, **options):
    organization = options.pop("organization", f"示例{unit}")
    return certificates.issue(
        unit, public, *ca,
        valid_from=valid_from, valid_until=valid_until, organization=organization, **options,
    )  # fmt: skip


class Ticking:
    """Every look at this clock is a second later."""

    def __init__(self, start=START):
        self.now = start

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


class World:
    """One hub: units with their keys, a store with two cases, and what can be exported."""

    def __init__(self, folder, suite, *, root=None, start=START, hub_until=UNTIL, unit_until=UNTIL):
        self.suite = suite
        self.root = root or authority(suite)
        self.clock = Ticking(start)
        middle_key = keys.generate(suite)
        middle = issue("中级CA", middle_key.public, self.root, usages=("key_cert_sign", "crl_sign"))
        self.middle = (middle, middle_key)
        self.keys = {unit: keys.generate(suite) for unit in ("hub", "hospital", "bank")}
        self.certificates = {
            "hub": issue("hub", self.keys["hub"].public, self.root, valid_until=hub_until),
            "hospital": issue(
                "hospital", self.keys["hospital"].public, self.middle, valid_until=unit_until
            ),
            "bank": issue("bank", self.keys["bank"].public, self.root),
        }
        self.keyring = Keyring(UnitCertificate(u, c) for u, c in self.certificates.items())
        self.store = Store(f"sqlite:///{folder / 'store.db'}")
        schema.upgrade(self.store)
        self.vault = Vault(folder / "keys", b"secret")
        self.archive = Archive(self.store, self.vault, self.keyring)
        self.ledger = self.new_ledger("hub.test")
        self.cases = {}
        self.old_head = ""

    def new_ledger(self, origin):
        return Ledger(self.store, self.keys["hub"], origin=origin, clock=self.clock)

    def exporter(self, **changed):
        told = {
            "store": self.store, "archive": self.archive, "keyring": self.keyring,
            "signer": self.keys["hub"], "origin": "hub.test", "hub": "hub", "clock": self.clock,
            "titles": {"hospital": "溧水区示例妇幼保健院", "police": "溧水区示例公安分局"},
            "intermediates": (self.middle[0],),
        }  # fmt: skip
        return Exporter(**told | changed)

    def trust(self, *lists):
        return Trust((self.root[0],), lists)

    def checker(self, *lists, **changed):
        return Checker(**{"trust": self.trust(*lists), "at": LATER} | changed)

    # --- what a case consists of ---------------------------------------------------------

    def issue_document(self, record, kind, provider, *, custody="hub", key=None, now=None):
        issuer = provider if custody == "unit" else "hub"
        now = now or self.clock()
        origin = Origin(kind, issuer, provider, custody, f"{provider}-system", now)
        return document.issue(record, origin, key or self.keys[issuer], now=now)

    def keep(self, connection, token, case, name):
        found = self.archive.verify(token)
        self.archive.put(connection, found, raw=b"raw", salt=b"s" * 16, bucket="b", now=START)
        case_rows.add_document(connection, case, name, found.id)
        origin = found.origin
        return Entry(
            "document",
            found.id,
            case,
            {
                "document_kind": origin.kind, "digest": document.digest(found.token),
                "provider": origin.provider, "custody": origin.custody, "source": origin.source,
                "as_of": times.stamp(origin.as_of), "raw_digest": origin.raw_digest,
                "mapping_digest": origin.mapping_digest,
            },
        )  # fmt: skip

    def open(self, token):
        case = document.new_id()
        row = CaseRow(case, "newborn", document.new_id(), times.stamp(START), "", "open", "d")

        def work(connection):
            connection.execute(case_rows.insert(case_rows.matter_case), [case_rows._values(row)])
            kept = self.keep(connection, token, case, "declaration")
            opened = Entry("case-opened", case, case, {"matter": "newborn", "definition": "d"})
            return [kept, opened]

        self.ledger.commit(work)
        return case

    def move(self, case, token, receiver, *, kind="transfer", item="household", effect="e" * 32):
        moved = transfer.plan(
            self.archive.verify(token), AGREEMENTS, receiver=receiver, purpose="newborn", now=START
        )
        where = {"case": case, "item": item, "effect": effect if kind == "transfer" else ""}

        def work(connection):
            row = transfer.row(moved, now=self.clock(), **where)
            delivery_rows.add_transfers(connection, [row])
            return [transfer.note(moved, kind=kind, **where)]

        self.ledger.commit(work)

    def receive(self, case, effect="e" * 32):
        def work(connection):
            made = receipt.of_answer(effect, Answer(b"<ROOT>0</ROOT>"))
            entry = receipt.put(connection, self.vault, made, bucket="b", now=self.clock())
            return [Entry(entry.kind, entry.ref, case, entry.details)]

        self.ledger.commit(work)

    def newborn(self):
        """The whole case; gives its id."""
        declared = self.issue_document(DECLARATION, "birth-declaration", "window")
        case = self.open(declared)
        self.move(case, declared, "hospital", kind="query", item="birth")
        birth = self.issue_document(BIRTH, "birth-record", "hospital", custody="unit")
        self.ledger.commit(lambda c: [self.keep(c, birth, case, "birth")])
        self.move(case, birth, "police")
        self.move(case, declared, "police")
        self.receive(case)
        refused = {"item": "insurance", "code": "agreement.none"}
        self.ledger.commit(lambda _: [Entry("refusal", case, case, refused)])
        closed = Entry("case-closed", case, case, {"state": "partial"})
        self.ledger.commit(lambda _: [closed])
        return case

    def head(self):
        with self.store.read() as connection:
            return ledger_rows.head(connection).token


def build_world(folder, suite, **options):
    world = World(folder, suite, **options)
    world.other = world.open(world.issue_document({"name": "别的"}, "birth-declaration", "window"))
    world.old_head = world.head()
    world.case = world.newborn()
    world.ledger.commit(lambda _: [Entry("replay", world.other, world.other, {"item": "x"})] * 3)
    world.bundle = world.exporter().export(world.case)
    world.unit_bundle = world.exporter().export(world.case, unit="police")
    return world


@pytest.fixture(scope="session", params=SUITES)
def world(request, tmp_path_factory):
    return build_world(tmp_path_factory.mktemp("world"), request.param)


@pytest.fixture(scope="session")
def sm2(tmp_path_factory):
    """For what does not depend on the suite: one of them."""
    return build_world(tmp_path_factory.mktemp("sm2"), "SM2-SM3")


@pytest.fixture
def make_world(tmp_path):
    def make(suite="Ed25519", **options):
        folder = tmp_path / document.new_id()
        folder.mkdir()
        return build_world(folder, suite, **options)

    return make


# --- the forger: everything that an attacker can write again --------------------------------


class Tree:
    """RFC 6962 section 2.1 as it stands there: slow, and a second opinion on ours."""

    def __init__(self, suite, leaves):
        self.digest, self.leaves = suite_of(suite).digest, leaves

    def hash(self, start=0, end=None):
        end = len(self.leaves) if end is None else end
        if end - start == 1:
            return self.digest(b"\0" + self.leaves[start])
        middle = start + self.split(end - start)
        return self.digest(b"\1" + self.hash(start, middle) + self.hash(middle, end))

    def path(self, place, start=0, end=None):
        end = len(self.leaves) if end is None else end
        if end - start == 1:
            return []
        middle = start + self.split(end - start)
        if place < middle:
            return [*self.path(place, start, middle), self.hash(middle, end)]
        return [*self.path(place, middle, end), self.hash(start, middle)]

    @staticmethod
    def split(width):
        power = 1
        while power * 2 < width:
            power *= 2
        return power


class Forger:
    """Takes a bundle apart, changes it, and makes everything fit again with the keys it has."""

    def __init__(self, world, data, key=None):
        self.world = world
        self.members = unpack(data)
        self.key = key or world.keys["hub"]

    def names(self, start):
        return sorted(name for name in self.members if name.startswith(start))

    def entry(self, kind, place=0):
        """Name and content of an entry of that kind."""
        found = [
            (name, told)
            for name in self.names("ledger/entries/")
            if (told := json.loads(self.members[name]))["kind"] == kind
        ]
        return found[place]

    def change_entry(self, kind, place=0, **changes):
        name, told = self.entry(kind, place)
        self.members[name] = canonical.dumps(told | changes)

    def relog(self, **changed):
        """Another ledger that really holds the entries, with a head by the forger's key."""
        seqs = {int(n[-17:-5]): self.members[n] for n in self.names("ledger/entries/")}
        size = max(seqs) + 3
        tree = Tree(self.world.suite, [seqs.get(i, b"other %d" % i) for i in range(size)])
        old = json.loads(_payload(self.members["ledger/head.jws"].decode()))
        head = old | {"size": size, "root": tree.hash().hex()} | changed
        self.members["ledger/head.jws"] = self.sign(canonical.dumps(head), HEAD_TYPE)
        paths = {str(seq): [node.hex() for node in tree.path(seq)] for seq in seqs}
        self.members["ledger/proofs.json"] = canonical.dumps({"paths": paths})
        self.members.pop("ledger/older-head.jws", None)
        return self

    def sign(self, payload, typ):
        return jws.sign(payload, self.key, {"typ": typ}).encode()

    def seal(self, **changed):
        """The manifest with all digests of now, signed by the forger's key; the bytes."""
        told = json.loads(self.members.pop("manifest.json"))
        self.members.pop("manifest.jws")
        digest = suite_of(self.world.suite).digest
        told["members"] = {name: digest(body).hex() for name, body in self.members.items()}
        told |= changed
        data = canonical.dumps(told)
        head, _, signature = self.sign(data, "zhida-evidence+jws").decode().split(".")
        self.members["manifest.json"] = data
        self.members["manifest.jws"] = f"{head}..{signature}".encode()
        return pack(self.members)

    def add_certificate(self, certificate):
        name = f"certificates/{hashlib.sha256(certificate.der).hexdigest()}.crt"
        self.members[name] = certificate.pem


def _payload(token):
    part = token.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.fixture
def forge():
    return Forger


@pytest.fixture
def kit():
    """What tests outside this file need of it."""
    return SimpleNamespace(
        authority=authority, issue=issue, payload=_payload, START=START, LATER=LATER, UNTIL=UNTIL,
        BIRTH=BIRTH, DECLARATION=DECLARATION, Tree=Tree, FROM=FROM,
    )  # fmt: skip
