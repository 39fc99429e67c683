"""Verification: a checklist that fails closed. The result is true, or an error that says why not.

In this order (``docs/evidence-format.md`` section 8): container, names, manifest, digests,
certificates, seal, head, inclusion, continuation, documents, transfers, order, rest, lapses. An
error's kind tells how far the evidence holds (``evidence_result.exit_code``): 4 malformed, 2 not
authentic, 5 no anchor of the checker's vouches for a signer, and 3, which comes last: everything
is authentic, but a certificate was not valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from crypto import jws, remembered
from crypto.certificates import Certificate
from crypto.errors import CryptoError
from crypto.time_stamps import Stamp
from exchange import evidence_format as form
from exchange import times
from exchange.errors import Forbidden, Invalid, Rejected
from exchange.evidence_documents import check_documents, check_transfers, signature
from exchange.evidence_ledger import (
    check_continuation,
    check_head,
    check_inclusion,
    check_signature,
    check_stamp,
)
from exchange.evidence_parts import Bundle, Head, Leaf
from exchange.evidence_read import check_certificates, read
from exchange.evidence_result import (
    Checked,
    CheckedDocument,
    CheckedTransfer,
    Event,
    HeldKey,
    TreeHead,
)
from exchange.evidence_trust import Signers, Trust


@dataclass(frozen=True, slots=True)
class Checker:
    """Who checks: whom he trusts, when he checks, and what he knows beforehand."""

    trust: Trust
    at: datetime
    """Nothing may be dated later than this."""
    hub: str = "hub"
    """The unit whose certificate may sign as the hub: no other unit's will do."""
    head: str = ""
    """A signed head that the checker kept: the bundle must be under it or go on from it."""


def verify(data: bytes, checker: Checker) -> Checked:
    """What the evidence says, if it is true. Raises ``Invalid``, ``Rejected``, ``Forbidden``."""
    with remembered.within():
        return _verify(data, checker)


def _verify(data: bytes, checker: Checker) -> Checked:
    bundle = read(data)
    check_certificates(bundle)
    signers = Signers(bundle.certificates, checker.trust)
    hub = _check_seal(bundle, signers, checker)
    stamp = check_stamp(bundle, checker.trust)
    check_head(bundle.head, bundle, signers, stamp=stamp)
    check_inclusion(bundle)
    check_continuation(bundle, signers, checker.head)
    documents = check_documents(bundle, signers)
    transfers = check_transfers(bundle, documents, signers)
    _check_order(bundle)
    _check_dates(bundle, checker, stamp)
    signers.check_all_used()
    if signers.lapsed:
        first = signers.lapsed[0]
        raise Forbidden(first.code, **first.facts)
    _remark(bundle, checker, signers)
    found = _checked(
        bundle, checker, hub, documents=documents, transfers=transfers, signers=signers
    )
    return replace(found, stamp=stamp)


def _checked(
    bundle: Bundle,
    checker: Checker,
    hub: Certificate,
    *,
    documents: Mapping[str, CheckedDocument],
    transfers: list[CheckedTransfer],
    signers: Signers,
) -> Checked:
    manifest = bundle.manifest
    return Checked(
        case=manifest.case,
        matter=manifest.matter,
        scope=manifest.scope,
        unit=manifest.unit,
        exported_at=manifest.exported_at,
        checked_at=checker.at,
        suite=manifest.suite,
        hub=signature(hub),
        head=_tree_head(bundle.head),
        older=_tree_head(bundle.older) if bundle.older else None,
        titles=manifest.titles,
        documents=sorted(documents.values(), key=lambda each: each.recorded_at),
        transfers=transfers,
        events=[_event(leaf) for leaf in bundle.leaves],
        remarks=signers.remarks,
        keys=_keys(bundle, signers, documents),
    )


def _keys(
    bundle: Bundle, signers: Signers, documents: Mapping[str, CheckedDocument]
) -> list[HeldKey]:
    """Who held which key, and what was signed with it here."""
    header, *_ = jws.decode(bundle.seal)
    heads = {"head": bundle.head, **({"older-head": bundle.older} if bundle.older else {})}
    hub = {(bundle.manifest.hub, header["kid"], "seal")}
    hub |= {(bundle.manifest.hub, head.kid, what) for what, head in heads.items()}
    signed = [each.signature for each in documents.values()]
    told = sorted(hub | {(each.unit, each.kid, "document") for each in signed})
    return [
        HeldKey(signature(each), each.valid_from, each.valid_until, what)
        for each in sorted(signers.used.values(), key=lambda each: each.common_name)
        if (what := tuple(w for u, k, w in told if (u, k) == _holder(each)))
    ]


def _holder(certificate: Certificate) -> tuple[str, str]:
    return certificate.common_name, certificate.public_key.kid


def _check_seal(bundle: Bundle, signers: Signers, checker: Checker) -> Certificate:
    """The manifest is the hub's: so no member was left out, and none was added."""
    manifest = bundle.manifest
    if manifest.hub != checker.hub:
        raise Rejected("evidence.other-hub", found=manifest.hub, expected=checker.hub)
    try:
        header, *_ = jws.decode(bundle.seal)
    except CryptoError as error:
        raise Invalid("evidence.token", member=form.SEAL, reason=error.code) from None
    moment = manifest.exported_at
    found = signers.find(manifest.hub, header.get("kid", ""), moment, moment)
    check_signature(bundle.seal, found, form.SEAL)
    if header.get("typ") != form.SEAL_TYPE:
        raise Rejected("evidence.signature", member=form.SEAL, reason="typ")
    key = found.public_key
    if (found.organization, key.suite) != (manifest.organization, manifest.suite):
        raise Rejected("evidence.other-organization", found=found.organization)
    return found


def _check_order(bundle: Bundle) -> None:
    """Opened first, told as sent before its receipt, and no clock that ran backwards for long."""
    leaves = bundle.leaves
    for before, after in pairwise(leaves):
        if after.at < before.at - times.SKEW:
            raise Rejected("evidence.dates", seq=after.seq)
    recorded = {leaf.ref: leaf.seq for leaf in leaves if leaf.kind == "document"}
    sent: dict[str, int] = {}
    for leaf in leaves:
        if leaf.kind in form.NOTES:
            if recorded[leaf.told["document"]] > leaf.seq:
                raise Rejected("evidence.order", seq=leaf.seq)
            sent.setdefault(leaf.told["effect"], leaf.seq)
    for leaf in leaves:
        if leaf.kind == "receipt":
            _check_receipt(leaf, sent)
    _check_opening(bundle)


def _check_receipt(leaf: Leaf, sent: dict[str, int]) -> None:
    if sent.get(leaf.told["effect"], -1) > leaf.seq:
        raise Rejected("evidence.order", seq=leaf.seq)


def _check_opening(bundle: Bundle) -> None:
    opened = [leaf for leaf in bundle.leaves if leaf.kind == "case-opened"]
    if bundle.manifest.scope == "case":
        if [leaf.told.get("matter") for leaf in opened] != [bundle.manifest.matter]:
            raise Rejected("evidence.opening")
    elif any(leaf.kind not in (*form.NOTES, "document", "receipt") for leaf in bundle.leaves):
        raise Rejected("evidence.not-the-units", unit=bundle.manifest.unit)
    notes = sum(leaf.kind in form.NOTES for leaf in bundle.leaves)
    if bundle.manifest.scope in form.ONE_NOTE and notes != 1:
        raise Rejected("evidence.not-the-units", unit=bundle.manifest.unit)


def _check_dates(bundle: Bundle, checker: Checker, stamp: Stamp | None) -> None:
    """Entries, then the head over them, its stamp, then the manifest over it, then the check."""
    stamped = [stamp.at] if stamp else []
    ends = [bundle.manifest.exported_at, checker.at]
    moments = [bundle.leaves[-1].at, bundle.head.at, *stamped, *ends]
    if any(later < earlier - times.SKEW for earlier, later in pairwise(moments)):
        raise Rejected("evidence.dates", seq=bundle.head.size)


def _remark(bundle: Bundle, checker: Checker, signers: Signers) -> None:
    """True all the same, but the reader should know."""
    if not checker.trust.lists:
        signers.remark("evidence.no-lists", {})
    if bundle.stamp is None:
        signers.remark("evidence.no-stamp", {})
    elif not checker.trust.stamp_anchors:
        signers.remark("evidence.stamp-unchecked", {})
    for each in signers.used.values():
        if each.valid_until < checker.at:
            facts = {"unit": each.common_name, "at": times.stamp(each.valid_until)}
            signers.remark("evidence.expired-since", facts)
    effects = {leaf.told["effect"] for leaf in bundle.leaves if leaf.kind in form.NOTES}
    for leaf in bundle.leaves:
        if leaf.kind == "receipt" and leaf.told["effect"] not in effects:
            signers.remark("evidence.sent-elsewhere", {"seq": leaf.seq})


def _tree_head(head: Head) -> TreeHead:
    return TreeHead(head.origin, head.size, head.root.hex(), head.at)


def _event(leaf: Leaf) -> Event:
    own = ("kind", "ref", "at", "case")
    details = {key: value for key, value in leaf.told.items() if key not in own}
    return Event(leaf.seq, leaf.at, leaf.kind, leaf.ref, details)
