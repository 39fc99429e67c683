"""Is what the bundle tells in the hub's ledger: its head, each entry's place, what came before."""

from __future__ import annotations

from crypto import jws, merkle, time_stamps
from crypto.certificates import Certificate
from crypto.errors import BadSignature, CryptoError
from crypto.suites import suite
from crypto.time_stamps import Stamp
from exchange import evidence_format as form
from exchange.errors import Forbidden, Rejected
from exchange.evidence_parts import Bundle, Head
from exchange.evidence_trust import Signers, Trust


def check_signature(token: str, certificate: Certificate, member: str) -> None:
    """A compact JWS under the key of a certificate."""
    try:
        jws.verify(token, certificate.public_key)
    except CryptoError as error:
        raise Rejected("evidence.signature", member=member, reason=error.code) from None


def check_stamp(bundle: Bundle, trust: Trust) -> Stamp | None:
    """The time stamp on the head; None: there is none, or the checker knows nobody who could have made it."""
    if bundle.stamp is None or not trust.stamp_anchors:
        return None
    try:
        return time_stamps.checked(bundle.stamp, bundle.head.token.encode(), trust.stamp_anchors)
    except CryptoError as error:
        if error.code == "crypto.time-stamp-no-anchor":
            raise Forbidden("evidence.stamp-untrusted") from None
        reason = str(error.facts.get("reason", error.code))
        raise Rejected("evidence.stamp", reason=reason) from None


def check_head(head: Head, bundle: Bundle, signers: Signers, *, stamp: Stamp | None = None) -> None:
    """Signed by the hub, for this ledger. What bears a stamp was not signed after it, nor known before."""
    manifest, member = bundle.manifest, form.HEAD if head is bundle.head else form.OLDER
    found = signers.find(manifest.hub, head.kid, head.at, stamp.at if stamp else head.at)
    check_signature(head.token, found, member)
    if head.origin != manifest.origin:
        raise Rejected("evidence.other-ledger", origin=manifest.origin)
    if (found.organization, found.public_key.suite) != (manifest.organization, manifest.suite):
        raise Rejected("evidence.other-organization", found=found.organization)


def check_inclusion(bundle: Bundle) -> None:
    """Every entry is a leaf of the head's tree, at its own place."""
    digest, head, paths = suite(bundle.manifest.suite).digest, bundle.head, bundle.proofs.paths
    if set(paths) != {leaf.seq for leaf in bundle.leaves}:
        raise Rejected("evidence.paths-differ")
    for leaf in bundle.leaves:
        node = merkle.leaf_hash(digest, leaf.body)
        try:
            merkle.verify_inclusion(node, leaf.seq, head.size, paths[leaf.seq], head.root, digest)
        except BadSignature:
            raise Rejected("evidence.not-in-ledger", seq=leaf.seq) from None
        if leaf.case != bundle.manifest.case:
            raise Rejected("evidence.other-case", seq=leaf.seq)


def check_continuation(bundle: Bundle, signers: Signers, kept: str) -> None:
    """The ledger goes on from the older head, and that is the one that the checker ``kept``."""
    older, head, path = bundle.older, bundle.head, bundle.proofs.consistency
    if older is not None and path is not None:
        check_head(older, bundle, signers)
        digest = suite(bundle.manifest.suite).digest
        try:
            merkle.verify_consistency(older.size, head.size, path, older.root, head.root, digest)
        except BadSignature:
            raise Rejected("evidence.not-continued", size=older.size) from None
    known = {head.token, older.token if older else ""}
    if kept and kept not in known:
        raise Rejected("evidence.head-not-covered")
