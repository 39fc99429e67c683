"""Documents: canonical records of facts, signed once, disclosed piece by piece.

A document is a flat SD-JWT (RFC 9901): the name of each claim is the JSON Pointer of a leaf,
every leaf is salted and hashed, and the whole is signed once. What stands always visible
carries no identifier of a person: who says it, of what kind, as of when, in whose custody.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crypto import sd_jwt
from crypto.errors import CryptoError
from crypto.keys import PublicKey
from exchange import pointer, times
from exchange.errors import Invalid, Rejected
from exchange.ports import Record, Scalar, Signer

CUSTODIES = ("unit", "hub")
CLAIMS = (
    "jti", "iss", "iat", "kind", "provider", "custody", "source", "as_of",
    "raw_digest", "mapping_digest", "supersedes",
)  # fmt: skip
"""The visible claims, all text; the last three may be absent."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record came from, as the document will say for ever."""

    kind: str
    issuer: str
    """Who signs: the unit itself (custody ``unit``) or the hub (custody ``hub``)."""
    provider: str
    """The unit whose fact it is."""
    custody: str
    source: str
    """The system that it was read from."""
    as_of: datetime
    raw_digest: str = ""
    """Salted digest of the answer as it came (``raw_digest``)."""
    mapping_digest: str = ""
    """Digest of the mapping that read it."""
    supersedes: str = ""
    """Id of the document that this one corrects."""


@dataclass(frozen=True, slots=True)
class Document:
    """A verified document: its origin, the fields that it discloses, and how many it hides."""

    id: str
    origin: Origin
    fields: dict[str, Scalar]
    hidden: int
    token: str

    @property
    def record(self) -> dict[str, Any]:
        """The disclosed fields as a nested record."""
        return pointer.nest(self.fields)


def new_id() -> str:
    """An opaque id, 128 random bits: it says nothing about whom it names."""
    return secrets.token_hex(16)


def raw_digest(raw: bytes, salt: bytes) -> str:
    """Salted SHA-256 of a raw answer, so that a low-entropy answer can't be guessed from it."""
    return hashlib.sha256(salt + raw).hexdigest()


def issue(
    record: Record,
    origin: Origin,
    signer: Signer,
    *,
    now: datetime,
    ids: Callable[[], str] = new_id,
    salt: Callable[[], bytes] = lambda: os.urandom(16),
) -> str:
    """Sign a record: the SD-JWT with all its disclosures.

    ``Invalid`` for what can't be signed: more than 512 leaves, a leaf without an exact form.
    """
    always: dict[str, str] = {
        "jti": ids(),
        "iss": origin.issuer,
        "iat": times.stamp(now),
        "kind": origin.kind,
        "provider": origin.provider,
        "custody": origin.custody,
        "source": origin.source,
        "as_of": times.stamp(origin.as_of),
        "raw_digest": origin.raw_digest,
        "mapping_digest": origin.mapping_digest,
        "supersedes": origin.supersedes,
    }
    shown = {name: value for name, value in always.items() if value}
    try:
        return sd_jwt.issue(pointer.flatten(record), shown, signer, salt=salt)
    except CryptoError as error:
        raise Invalid("document.cannot-sign", kind=origin.kind, reason=error.code) from None


def read(token: str, key: PublicKey) -> Document:
    """Verify a document under the key of its issuer. ``Rejected`` if it is not authentic."""
    try:
        verified = sd_jwt.verify(token, key)
    except CryptoError as error:
        raise Rejected("document.not-authentic", reason=error.code) from None
    return _document(token, verified.always, verified.fields, verified.hidden)


def _document(
    token: str, always: dict[str, Any], fields: dict[str, Scalar], hidden: int
) -> Document:
    try:
        origin = _origin(always)
        pointer.nest(fields)  # names that are not the leaves of one tree are nobody's record
        identifier = always["jti"]
    except (KeyError, TypeError, ValueError, Invalid):
        raise Rejected("document.claims") from None
    if not all(isinstance(always.get(name, ""), str) for name in CLAIMS):
        raise Rejected("document.claims")
    if origin.custody not in CUSTODIES or not isinstance(identifier, str):
        raise Rejected("document.claims")
    if origin.custody == "unit" and origin.issuer != origin.provider:
        raise Rejected("document.claims")  # a unit speaks for itself only
    return Document(identifier, origin, fields, hidden, token)


def _origin(always: dict[str, Any]) -> Origin:
    texts = {name: value for name, value in always.items() if isinstance(value, str)}
    return Origin(
        kind=texts["kind"],
        issuer=texts["iss"],
        provider=texts["provider"],
        custody=texts["custody"],
        source=texts["source"],
        as_of=times.instant(texts["as_of"]),
        raw_digest=texts.get("raw_digest", ""),
        mapping_digest=texts.get("mapping_digest", ""),
        supersedes=texts.get("supersedes", ""),
    )


def disclose(document: Document, paths: Iterable[str]) -> str:
    """The same signed document showing only ``paths``; the signature still verifies."""
    return sd_jwt.disclose(document.token, paths)


def digest(token: str) -> str:
    """SHA-256 of the signed part, the same for every choice of disclosures."""
    return hashlib.sha256(token.split("~", 1)[0].encode()).hexdigest()


def kid(token: str) -> str:
    """Id of the key that a token says it was signed with; proves nothing by itself."""
    try:
        return sd_jwt.peek(f"{token.partition('~')[0]}~").kid
    except CryptoError as error:
        raise Rejected("document.not-authentic", reason=error.code) from None
