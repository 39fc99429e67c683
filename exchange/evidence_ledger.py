"""Is what the bundle tells in the hub's ledger: its head, each entry's place, what came before."""

from __future__ import annotations

from crypto import jws, merkle
from crypto.certificates import Certificate
from crypto.errors import BadSignature, CryptoError
from crypto.suites import suite
from exchange import evidence_format as form
from exchange.errors import Rejected
from exchange.evidence_parts import Bundle, Head
from exchange.evidence_trust import Signers


def check_signature(token: str, certificate: Certificate, member: str) -> None:
    """A compact JWS under the key of a certificate."""
    try:
        jws.verify(token, certificate.public_key)
    except CryptoError as error:
        raise Rejected("evidence.signature", member=member, reason=error.code) from None


def check_head(head: Head, bundle: Bundle, signers: Signers, member: str = form.HEAD) -> None:
    """Signed by the hub, for this ledger."""
    manifest = bundle.manifest
    found = signers.find(manifest.hub, head.kid, head.at, head.at)
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
        check_head(older, bundle, signers, form.OLDER)
        digest = suite(bundle.manifest.suite).digest
        try:
            merkle.verify_consistency(older.size, head.size, path, older.root, head.root, digest)
        except BadSignature:
            raise Rejected("evidence.not-continued", size=older.size) from None
    known = {head.token, older.token if older else ""}
    if kept and kept not in known:
        raise Rejected("evidence.head-not-covered")
