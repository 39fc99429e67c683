"""Where a dataset stands in the ledger: its entry, the path to a signed tree head, and their check.

What the head of a dataset says of its own date is its signer's word; under a tree head that somebody
else has kept as well, it stood there by then and has not been changed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crypto import base64url, merkle
from crypto.certificates import Certificate
from crypto.errors import CryptoError
from crypto.suites import suite
from exchange import canonical, document, times
from exchange import evidence_format as form
from exchange.dataset import Dataset
from exchange.errors import Fatal, Invalid, Rejected
from exchange.evidence_ledger import check_signature
from exchange.evidence_parts import Head, read_head
from exchange.evidence_trust import Signers
from exchange.store import ledger_rows
from exchange.store.engine import Store

KIND = "dataset"
MEMBER = "proof"
_KEYS = frozenset({"seq", "entry", "path", "head"})
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class LedgerPlace:
    """An entry and its path under a head."""

    seq: int
    body: bytes
    """The very bytes that are hashed: canonical JSON."""
    at: datetime
    path: tuple[bytes, ...]
    head: Head

    def told(self) -> dict[str, Any]:
        """As it stands in the file of a proof."""
        return {
            "seq": self.seq,
            "entry": canonical.loads(self.body),
            "path": [base64url.encode(each) for each in self.path],
            "head": self.head.token,
        }

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "origin": self.head.origin,
            "seq": self.seq,
            "noted_at": times.stamp(self.at),
            "head_at": times.stamp(self.head.at),
            "size": self.head.size,
            "root": self.head.root.hex(),
        }


def details(found: Dataset) -> dict[str, Any]:
    """What the ledger says of a dataset: whose word it is, of what, and the root of its rows."""
    origin = found.document.origin
    return {
        "document_kind": origin.kind,
        "digest": document.digest(found.document.token),
        "provider": origin.provider,
        "custody": origin.custody,
        "source": origin.source,
        "as_of": times.stamp(origin.as_of),
        "raw_digest": origin.raw_digest,
        "mapping_digest": origin.mapping_digest,
        "schema": found.form.schema,
        "count": found.count,
        "root": found.root.hex(),
    }


def place_of(store: Store, found: Dataset, suite_name: str) -> LedgerPlace:
    """The entry under the newest head, both of one state. ``suite_name``: of the hub's key."""
    with store.read() as connection:
        entries = ledger_rows.entries_of(connection, KIND, found.id)
        head = ledger_rows.head(connection)
        if not entries or head is None:
            raise Fatal("dataset.not-in-ledger", dataset=found.id)
        [entry] = entries
        tiles = ledger_rows.reader(connection, head.size, suite(suite_name).digest)
        path = merkle.inclusion_path(entry.seq, head.size, tiles)
    return _place(entry.seq, entry.body, path, head.token)


def read(told: object) -> LedgerPlace:
    """The part of a proof's file. ``Invalid`` for anything that ``told`` would not give."""
    if not isinstance(told, dict) or set(told) != _KEYS:
        raise Invalid("dataset.proof-form", reason="ledger")
    seq, entry, path, head = (told[key] for key in ("seq", "entry", "path", "head"))
    well = isinstance(entry, dict) and isinstance(head, str) and isinstance(path, list)
    if not well or type(seq) is not int or seq < 0 or len(path) > _DEEPEST:
        raise Invalid("dataset.proof-form", reason="ledger")
    return _place(seq, canonical.dumps(entry), [_node(each) for each in path], head)


def _place(seq: int, body: bytes, path: list[bytes], head: str) -> LedgerPlace:
    at = form.read_time(canonical.loads(body).get("at"), MEMBER)
    return LedgerPlace(seq, body, at, tuple(path), read_head(head, MEMBER))


def _node(text: object) -> bytes:
    try:
        return base64url.decode_exactly(text, merkle.HASH_SIZE)
    except CryptoError:
        raise Invalid("dataset.proof-form", reason="ledger") from None


def check(place: LedgerPlace, found: Dataset, signers: Signers, hub: str) -> Certificate:
    """The entry tells of this dataset and stands under a head that ``hub`` signed. ``Rejected`` otherwise.

    Gives the certificate of the head's signer.
    """
    own = {"kind": KIND, "ref": found.id, "at": times.stamp(place.at)}
    if place.body != canonical.dumps(details(found) | own):  # as values, 1 would be true
        raise Rejected("dataset.other-entry", dataset=found.id)
    certificate = signers.find(hub, place.head.kid, place.head.at, place.head.at)
    check_signature(place.head.token, certificate, MEMBER)
    digest = suite(certificate.public_key.suite).digest
    node, head = merkle.leaf_hash(digest, place.body), place.head
    try:
        merkle.verify_inclusion(node, place.seq, head.size, place.path, head.root, digest)
    except CryptoError:
        raise Rejected("evidence.not-in-ledger", seq=place.seq) from None
    return certificate
