"""The check of one row's proof: a list that fails closed (``docs/dataset-format.md`` section 5).

What fails tells how far the file holds, like the check of evidence (``evidence_result.exit_code``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from crypto import merkle, sd_jwt
from crypto.certificates import Certificate
from crypto.errors import CryptoError
from exchange import dataset, dataset_ledger, document, times
from exchange.dataset import Dataset
from exchange.dataset_ledger import LedgerPlace
from exchange.dataset_proof import MEMBER, Proof, read
from exchange.document import Document
from exchange.errors import Forbidden, Invalid, Problem, Rejected
from exchange.evidence_documents import check_claims, signature
from exchange.evidence_result import Signature
from exchange.evidence_trust import Signers, Trust
from exchange.ports import Record


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row that is as its signer signed it."""

    document: Document
    dataset: Dataset
    row: Record
    index: int
    signed_at: datetime
    signature: Signature
    ledger: LedgerPlace
    remarks: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        """For programs: the row and whose word it is."""
        origin = self.document.origin
        return {
            "authentic": True,
            "exit": 0,
            "dataset": self.document.id,
            "kind": origin.kind,
            "schema": self.dataset.form.schema,
            "provider": origin.provider,
            "custody": origin.custody,
            "source": origin.source,
            "as_of": times.stamp(origin.as_of),
            "signed_at": times.stamp(self.signed_at),
            "signer": self.signature.organization,
            "count": self.dataset.count,
            "index": self.index,
            "about": self.dataset.form.about,
            "ledger": self.ledger.to_json(),
            "row": self.row,
            "remarks": [{"code": each.code, "facts": dict(each.facts)} for each in self.remarks],
        }


def verify(data: bytes, trust: Trust, *, at: datetime, hub: str = "hub") -> CheckedRow:
    """What the file proves. Raises ``Invalid`` (malformed), ``Rejected`` (not authentic),
    ``Forbidden`` (no anchor vouches; or authentic, but a certificate was not valid).

    ``hub``: whose certificate may sign what a hub read (custody ``hub``).
    """
    proof = read(data)
    signers = Signers({_fingerprint(each): each for each in proof.certificates}, trust)
    head, signed_at, certificate = _head(proof, signers, hub)
    found = dataset.read_head(head)
    _check_row(proof, found)
    keeper = dataset_ledger.check(proof.ledger, found, signers, hub)
    _check_dates([signed_at, proof.ledger.at, proof.ledger.head.at, at])
    signers.check_all_used()
    if signers.lapsed:
        raise Forbidden(signers.lapsed[0].code, **signers.lapsed[0].facts)
    _remark(signers, {certificate, keeper}, at)
    return CheckedRow(
        head,
        found,
        proof.salted.record,
        proof.index,
        signed_at,
        signature(certificate),
        proof.ledger,
        tuple(signers.remarks),
    )


def _check_dates(moments: list[datetime]) -> None:
    """Signed, noted, under a head, looked at: in this order, as far as clocks agree."""
    if any(later < earlier - times.SKEW for earlier, later in pairwise(moments)):
        raise Rejected("dataset.proof-dates")


def _fingerprint(certificate: Certificate) -> str:
    return hashlib.sha256(certificate.der).hexdigest()


def _head(proof: Proof, signers: Signers, hub: str) -> tuple[Document, datetime, Certificate]:
    try:
        peeked = sd_jwt.peek(proof.head)
    except CryptoError as error:
        raise Invalid("evidence.token", member=MEMBER, reason=error.code) from None
    issuer, signed_at = check_claims(peeked.always, MEMBER)
    certificate = signers.find(issuer, peeked.kid, signed_at, proof.ledger.at)
    found = document.read(proof.head, certificate.public_key)
    if found.origin.custody == "hub" and issuer != hub:
        raise Rejected("evidence.other-hub", found=issuer, expected=hub)
    return found, signed_at, certificate


def _check_row(proof: Proof, found: Dataset) -> None:
    leaf = proof.salted.leaf(found.digest)
    try:
        merkle.verify_inclusion(
            leaf, proof.index, found.count, proof.path, found.root, found.digest
        )
    except CryptoError:
        raise Rejected("dataset.not-in-it", dataset=found.id) from None
    found.form.key_of(proof.salted.record)


def _remark(signers: Signers, certificates: set[Certificate], at: datetime) -> None:
    if not signers.trust.lists:
        signers.remark("evidence.no-lists", {})
    for each in sorted(certificates, key=lambda one: one.valid_until):
        if each.valid_until < at:
            facts = {"unit": each.common_name, "at": times.stamp(each.valid_until)}
            signers.remark("evidence.expired-since", facts)
