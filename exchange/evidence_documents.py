"""The documents of a bundle, and the notes of what went to whom: each compared with its proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crypto import sd_jwt
from crypto.certificates import Certificate
from crypto.errors import CryptoError
from exchange import document, times
from exchange import evidence_format as form
from exchange.document import Document
from exchange.errors import Invalid, Rejected
from exchange.evidence_parts import Bundle, Leaf
from exchange.evidence_result import CheckedDocument, CheckedTransfer, Signature
from exchange.evidence_trust import Signers


def signature(certificate: Certificate) -> Signature:
    """Who a certificate says that its holder is."""
    key = certificate.public_key
    return Signature(
        certificate.common_name, certificate.organization, key.suite, key.kid, certificate.serial
    )


_MAY = ("raw_digest", "mapping_digest", "supersedes")
_NOTED = (
    "item", "effect", "document", "provider", "receiver", "purpose", "agreement",
    "agreement_digest", "basis", "disclosed", "withheld",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Signed:
    leaf: Leaf
    document: Document
    signed_at: datetime
    certificate: Certificate


def check_documents(bundle: Bundle, signers: Signers) -> dict[str, CheckedDocument]:
    """Each document under its issuer's certificate, and as its ledger entry says: by digest."""
    entries = _entries_by(bundle.leaves, "document", "digest")
    _entries_by(bundle.leaves, "document", "ref")  # an id is one document's
    if set(entries) != set(bundle.documents):
        raise Rejected("evidence.documents-differ")
    checked = {}
    for digest, token in bundle.documents.items():
        signed = _signed(bundle, token, entries[digest], signers)
        _check_entry(bundle, digest, signed)
        checked[digest] = _checked(digest, signed)
    return checked


def _entries_by(leaves: Iterable[Leaf], kind: str, key: str) -> dict[str, Leaf]:
    found: dict[str, Leaf] = {}
    for leaf in leaves:
        if leaf.kind == kind:
            if leaf.told[key] in found:
                raise Rejected("evidence.entry-twice", seq=leaf.seq)
            found[leaf.told[key]] = leaf
    return found


def _signed(bundle: Bundle, token: str, leaf: Leaf, signers: Signers) -> _Signed:
    member = form.document_name(document.digest(token))
    try:
        peeked = sd_jwt.peek(token)
    except CryptoError as error:
        raise Invalid("evidence.token", member=member, reason=error.code) from None
    issuer, signed_at = check_claims(peeked.always, member)
    certificate = signers.find(issuer, peeked.kid, signed_at, leaf.at)
    found = _read(token, certificate, member)
    if found.origin.custody == "hub" and issuer != bundle.manifest.hub:
        raise Rejected("evidence.custody", member=member)
    return _Signed(leaf, found, signed_at, certificate)


def check_claims(always: Mapping[str, Any], member: str) -> tuple[str, datetime]:
    """Who signed and when, as the token says. ``Invalid`` unless all claims have their form."""
    for name in document.CLAIMS:
        absent = "" if name in _MAY else None
        if not isinstance(always.get(name, absent), str):
            raise Invalid("evidence.token", member=member, reason=name)
    form.read_time(always["as_of"], member)
    if not form.is_printable(always["iss"]):
        raise Invalid("evidence.token", member=member, reason="iss")
    return always["iss"], form.read_time(always["iat"], member)


def _read(token: str, certificate: Certificate, member: str) -> Document:
    try:
        return document.read(token, certificate.public_key)
    except Rejected as error:
        reason = str(error.facts.get("reason", error.code))
        raise Rejected("evidence.document", member=member, reason=reason) from None


def _check_entry(bundle: Bundle, digest: str, signed: _Signed) -> None:
    """The ledger's word of the document is what the document says of itself."""
    found, leaf = signed.document, signed.leaf
    origin, member = found.origin, form.document_name(digest)
    told = {
        "kind": "document", "ref": found.id, "at": leaf.told["at"], "case": bundle.manifest.case,
        "document_kind": origin.kind, "digest": document.digest(found.token),
        "provider": origin.provider, "custody": origin.custody, "source": origin.source,
        "as_of": times.stamp(origin.as_of), "raw_digest": origin.raw_digest,
        "mapping_digest": origin.mapping_digest,
    }  # fmt: skip
    if told != leaf.told or told["digest"] != digest:
        raise Rejected("evidence.document-entry", member=member, seq=leaf.seq)
    if found.fields:
        raise Rejected("evidence.disclosed-more", member=member)
    if signed.signed_at > leaf.at + times.SKEW:
        raise Rejected("evidence.dates", seq=leaf.seq)


def _checked(digest: str, signed: _Signed) -> CheckedDocument:
    found, origin = signed.document, signed.document.origin
    return CheckedDocument(
        id=found.id,
        digest=digest,
        kind=origin.kind,
        provider=origin.provider,
        custody=origin.custody,
        source=origin.source,
        as_of=origin.as_of,
        signed_at=signed.signed_at,
        recorded_at=signed.leaf.at,
        raw_digest=origin.raw_digest,
        mapping_digest=origin.mapping_digest,
        signature=signature(signed.certificate),
    )


def check_transfers(
    bundle: Bundle, documents: Mapping[str, CheckedDocument], signers: Signers
) -> list[CheckedTransfer]:
    """Each note against what was presented: the same document, exactly the fields it names."""
    notes = {
        **_entries_by(bundle.leaves, "transfer", "ref"),
        **_entries_by(bundle.leaves, "query", "ref"),
    }
    kinds = sum(leaf.kind in form.NOTES for leaf in bundle.leaves)
    if set(notes) != set(bundle.transfers) or kinds != len(notes):
        raise Rejected("evidence.transfers-differ")
    received = {_digest_of(leaf) for leaf in notes.values()}
    if bundle.manifest.unit and received != set(documents):
        raise Rejected("evidence.not-the-units", unit=bundle.manifest.unit)
    ordered = sorted(notes.values(), key=lambda leaf: leaf.seq)
    return [_transfer(bundle, leaf, documents, signers) for leaf in ordered]


def _digest_of(leaf: Leaf) -> str:
    """The document that a note is about."""
    return str(leaf.told["document_digest"])


def _transfer(
    bundle: Bundle, leaf: Leaf, documents: Mapping[str, CheckedDocument], signers: Signers
) -> CheckedTransfer:
    token, member = bundle.transfers[leaf.ref], form.transfer_name(leaf.ref)
    source = documents.get(_digest_of(leaf))
    if source is None or document.digest(token) != source.digest:
        raise Rejected("evidence.transfer-document", member=member, seq=leaf.seq)
    signer = signers.find(
        source.signature.unit, source.signature.kid, source.signed_at, source.recorded_at
    )
    shown = _read(token, signer, member)
    _check_note(bundle, leaf, source, shown)
    return CheckedTransfer(
        id=leaf.ref,
        kind=leaf.kind,
        seq=leaf.seq,
        at=leaf.at,
        document_kind=source.kind,
        custody=source.custody,
        fields=shown.fields,
        **{name: leaf.told[name] for name in _NOTED},
    )


def _check_note(bundle: Bundle, leaf: Leaf, source: CheckedDocument, shown: Document) -> None:
    told, unit = leaf.told, bundle.manifest.unit
    disclosed, withheld = told["disclosed"], told["withheld"]
    if (told["document"], told["provider"]) != (source.id, source.provider):
        raise Rejected("evidence.note-document", seq=leaf.seq)
    presented, some = sorted(shown.fields), bundle.manifest.scope == "field"
    if not presented or (not set(presented) <= set(disclosed) if some else disclosed != presented):
        raise Rejected("evidence.note-disclosed", seq=leaf.seq)
    fields = shown.hidden + len(presented)
    if set(disclosed) & set(withheld) or len(disclosed) + len(withheld) > fields:
        raise Rejected("evidence.note-withheld", seq=leaf.seq)
    if not all(told[name] for name in ("agreement", "agreement_digest", "basis", "purpose")):
        raise Rejected("evidence.note-agreement", seq=leaf.seq)
    if unit and told["receiver"] != unit:
        raise Rejected("evidence.not-the-units", unit=unit)
