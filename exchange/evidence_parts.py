"""The parts of a bundle, taken apart and well-formed; nothing here is authentic yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crypto import certificates, jws, stamp_form
from crypto.certificates import Certificate
from crypto.errors import CryptoError
from crypto.stamp_form import StampForm
from exchange import evidence_format as form
from exchange.errors import Invalid
from exchange.evidence_format import Manifest, read_json, read_time
from exchange.ledger import HEAD_TYPE

_NOTE = frozenset(
    {
        "kind", "ref", "at", "case", "item", "effect", "document", "document_digest", "agreement",
        "agreement_digest", "basis", "provider", "receiver", "purpose", "disclosed", "withheld",
    }
)  # fmt: skip
_SEQ = re.compile("0|[1-9][0-9]{0,11}")
_LISTS = frozenset({"disclosed", "withheld"})
_DOCUMENT = frozenset(
    {
        "kind", "ref", "at", "case", "document_kind", "digest", "provider", "custody", "source",
        "as_of", "raw_digest", "mapping_digest",
    }
)  # fmt: skip
_RECEIPT = frozenset({"kind", "ref", "at", "case", "effect", "what", "raw_digest"})
_RESULTS = ("stored", "applied", "refused")
_KEYS = {"transfer": _NOTE, "query": _NOTE, "document": _DOCUMENT, "receipt": _RECEIPT}
"""Kinds that are compared with other members say exactly this; the others may say anything."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One ledger entry: the very bytes that are hashed, and what they say."""

    seq: int
    body: bytes
    told: dict[str, Any]
    kind: str
    ref: str
    case: str
    at: datetime

    @classmethod
    def read(cls, seq: int, body: bytes) -> Leaf:
        """``Invalid`` unless it is an entry in canonical JSON."""
        name = form.entry_name(seq)
        told = read_json(body, name)
        kind, ref, case = (told.get(key) for key in ("kind", "ref", "case"))
        if not (isinstance(kind, str) and isinstance(ref, str) and isinstance(case, str)):
            raise Invalid("evidence.entry", member=name)
        _check_keys(told, kind, seq)
        return cls(seq, body, told, kind, ref, case, read_time(told.get("at"), name))


def _check_keys(told: dict[str, Any], kind: str, seq: int) -> None:
    name = form.entry_name(seq)
    if kind in _KEYS and (set(told) != _KEYS[kind] or not all(map(_fits, told.items()))):
        raise Invalid("evidence.entry", member=name)
    if kind == "query" and told["effect"]:
        raise Invalid("evidence.entry", member=name)
    if kind == "case-opened" and not isinstance(told.get("matter"), str):
        raise Invalid("evidence.entry", member=name)
    if kind == "receipt" and told["what"] not in _RESULTS:
        raise Invalid("evidence.receipt", seq=seq)


def _fits(pair: tuple[str, Any]) -> bool:
    key, value = pair
    if key not in _LISTS:
        return isinstance(value, str)
    texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return texts and value == sorted(set(value))


@dataclass(frozen=True, slots=True)
class Head:
    """A signed tree head."""

    token: str
    kid: str
    origin: str
    size: int
    root: bytes
    at: datetime


def read_head(token: str, name: str) -> Head:
    """Take a head apart. ``Invalid`` unless it is one; its signature is not checked here."""
    try:
        header, payload, _, _ = jws.decode(token)
    except CryptoError as error:
        raise Invalid("evidence.token", member=name, reason=error.code) from None
    told = read_json(payload, name)
    size, root = told.get("size"), _hash(told.get("root"))
    well = set(told) == {"origin", "size", "root", "at"} and isinstance(told["origin"], str)
    if not well or isinstance(size, bool) or not isinstance(size, int) or size < 1 or not root:
        raise Invalid("evidence.head", member=name)
    if header.get("typ") != HEAD_TYPE:
        raise Invalid("evidence.head", member=name)
    kid, at = header.get("kid", ""), read_time(told["at"], name)
    return Head(token, kid, told["origin"], size, root, at)


@dataclass(frozen=True, slots=True)
class Proofs:
    """Paths in the tree of the newest head."""

    paths: Mapping[int, list[bytes]]
    consistency: list[bytes] | None


def read_proofs(data: bytes, *, continued: bool) -> Proofs:
    """``Invalid`` unless every node is 32 bytes in lower-case hex.

    ``continued``: the bundle has an older head, so there must be a path from it as well.
    """
    told = read_json(data, form.PROOFS)
    paths = told.get("paths")
    wanted = {"paths", "consistency"} if continued else {"paths"}
    if set(told) != wanted or not isinstance(paths, dict):
        raise Invalid("evidence.proofs")
    if not all(map(_SEQ.fullmatch, paths)):
        raise Invalid("evidence.proofs")
    older = _path(told["consistency"]) if "consistency" in told else None
    return Proofs({int(seq): _path(path) for seq, path in paths.items()}, older)


def _path(value: object) -> list[bytes]:
    nodes = [_hash(each) for each in value] if isinstance(value, list) else [b""]
    if len(nodes) > 64 or not all(nodes):
        raise Invalid("evidence.proofs")
    return nodes


def _hash(value: object) -> bytes:
    """32 bytes, or nothing if it is not their one spelling."""
    try:
        raw = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        return b""
    return raw if len(raw) == 32 and raw.hex() == value else b""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A whole bundle. Every member is one of these, and each is listed in the manifest."""

    manifest: Manifest
    seal: str
    """The manifest's signature with the manifest put back into it: a compact JWS."""
    leaves: list[Leaf]
    """In the ledger's order."""
    head: Head
    stamp: StampForm | None
    """A time stamp on the head."""
    older: Head | None
    proofs: Proofs
    documents: Mapping[str, str]
    """Digest → signed document without any disclosure."""
    transfers: Mapping[str, str]
    """Id of the transfer or query → what was presented."""
    certificates: Mapping[str, Certificate]
    """Member → certificate."""


def stamp(data: bytes) -> StampForm:
    """A time stamp taken apart."""
    try:
        return stamp_form.read(data)
    except CryptoError as error:
        reason = str(error.facts.get("reason", error.code))
        raise Invalid("evidence.stamp-form", member=form.STAMP, reason=reason) from None


def text(members: Mapping[str, bytes], name: str) -> str:
    """A member that is ASCII text."""
    body = members[name]
    if not body.isascii():
        raise Invalid("evidence.token", member=name, reason="not ASCII")
    return body.decode("ascii")


def certificate(data: bytes, name: str) -> Certificate:
    """A certificate in the one PEM form that is written here."""
    try:
        found = certificates.load(data)
    except CryptoError as error:
        raise Invalid("evidence.certificate", member=name, reason=error.code) from None
    if found.pem != data:
        raise Invalid("evidence.certificate", member=name, reason="another form of PEM")
    return found
